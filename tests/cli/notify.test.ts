import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTinyProject, runCli, type TemporaryProject } from '../support/cli.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';

const obstacle = findPostgresObstacle();

/** A webhook that writes down what it is told, and answers as it is told to. */
interface Webhook {
  readonly url: string;
  readonly heard: string[];
  answer: number;
  close(): Promise<void>;
}

async function openWebhook(): Promise<Webhook> {
  const heard: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      heard.push(`${request.method} ${request.headers['content-type']} ${Buffer.concat(chunks).toString('utf8')}`);
      response.writeHead(webhook.answer).end('ok');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const webhook: Webhook = {
    url: `http://127.0.0.1:${port}/services/T0/B0/s3cr3t-t0ken`,
    heard,
    answer: 200,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  return webhook;
}

const notify = (more = '') => `project: tiny
language: 1
calendar: {timezone: Europe/Berlin}
notify: {slack: {url_env: TINY_HOOK}${more}}
targets:
  dev: {engine: duckdb, path: target/tiny.duckdb}
  prod: {engine: postgres, url_env: TINY_URL}
target: dev
`;

const good = 'order_id,paid_at,country,amount\n1,2025-01-03T10:00:00Z,Entenhausen,10.00\n';
const bad = 'order_id,paid_at,country,amount\n1,2025-01-03T10:00:00Z,Entenhausen,-4711.00\n';

const targets = [
  ['dev', 'DuckDB', undefined],
  ['prod', 'PostgreSQL', obstacle],
] as const;

describe.each(targets)('a run on %s tells a webhook', (target, engine, missing) => {
  const titled = (title: string) => `${title}, on ${engine}${missing ? ` (skipped: ${missing})` : ''}`;
  let project: TemporaryProject;
  let webhook: Webhook;
  let database: Awaited<ReturnType<typeof freshDatabase>> | undefined;
  const printed: string[] = [];
  const etalon = async (...words: string[]) => {
    const env = { TINY_HOOK: webhook.url, ...(database ? { TINY_URL: database.url } : {}) };
    const found = await runCli([...words, '--target', target], { cwd: project.folder, env });
    printed.push(found.out, found.err);
    return found;
  };
  const told = () => webhook.heard.splice(0);

  beforeAll(async () => {
    if (missing !== undefined) return;
    if (target === 'prod') database = await freshDatabase();
    webhook = await openWebhook();
    project = createTinyProject();
    project.write('project.yml', notify());
    const raw = 'description: Orders.\nowner: shop\nsource: {files: data/orders-*.csv, on_change: reload}\ncolumns:\n';
    project.write(
      'models/raw/orders.yml',
      `${raw}  order_id: {type: text, required: true}\n  paid_at: timestamp\n  country: text\n  amount: decimal(12,2)\n`,
    );
    project.write('models/marts/days.yml', 'description: Days.\nowner: shop\ncolumns: {paid_at: timestamp}\n');
    project.write('models/marts/days.sql', 'select distinct paid_at from marts.orders\n');
    project.write('data/orders-1.csv', good);
    expect((await etalon('run')).code).toBe(0);
  });
  afterAll(async () => {
    if (missing !== undefined) return;
    project.remove();
    await webhook.close();
    await database?.drop();
  });

  it.skipIf(missing !== undefined)(titled('once of a problem, and of nothing where all is well'), async () => {
    expect(told()).toEqual([]);
    project.write('data/orders-1.csv', bad);
    expect((await etalon('run')).code).toBe(5);
    const [message, ...more] = told();
    expect(more).toEqual([]);
    const text = JSON.parse(message!.slice(message!.indexOf('{'))).text as string;
    expect(message).toMatch(/^POST application\/json /);
    expect(text.split('\n')).toEqual([
      `*tiny* on \`${target}\`: 1 problem`,
      ':red_circle: `marts.orders.amount.range`: `amount` is at least 0: 1 of 1 rows fail',
      '      not brought up to date below: `marts.days`',
      '      owner: shop',
      expect.stringMatching(/^_etalon run, run \d{8}T\d{6}-[0-9a-f]{8}_$/),
    ]);
    expect((await etalon('run')).code).toBe(5);
    expect(told()).toEqual([]);
  });

  it.skipIf(missing !== undefined)(titled('shown by status with its root cause and since when'), async () => {
    const { out } = await etalon('status');
    expect(out).toMatch(
      /\nproblems\nerror {2}marts\.orders\.amount\.range {2}since 20[\d-]+ [\d:]+ {2}`amount` is at least 0: 1 of 1 rows fail; 1 model below skipped: marts\.days\n/,
    );
    const { problems } = JSON.parse((await etalon('status', '--json')).out);
    expect(problems).toMatchObject([{ kind: 'test', subject: 'marts.orders.amount.range', skipped: ['marts.days'] }]);
  });

  it.skipIf(missing !== undefined)(
    titled('that it is over; where the webhook fails, a warning and once more'),
    async () => {
      project.write('data/orders-1.csv', good);
      webhook.answer = 500;
      const failing = await etalon('run');
      expect(failing.code, failing.err).toBe(0);
      expect(failing.err).toContain('warning: nobody could be told of problems (TINY_HOOK): the webhook answers 500');
      expect(told()).toHaveLength(1);
      webhook.answer = 200;
      expect((await etalon('run')).code).toBe(0);
      expect(told()).toEqual([expect.stringMatching(/`marts\.orders\.amount\.range` is right again \(wrong since 20/)]);
      expect((await etalon('run')).code).toBe(0);
      expect(told()).toEqual([]);
      expect((await etalon('status')).out).not.toContain('problems');
    },
  );

  it.skipIf(missing !== undefined)(
    titled('of a test that cannot be told where nobody says where, in a warning'),
    async () => {
      const env = database ? { TINY_URL: database.url } : {};
      const { code, err } = await runCli(['run', '--target', target], { cwd: project.folder, env });
      expect(code).toBe(0);
      expect(err).toContain('nobody is told of problems: `notify` wants the environment variable TINY_HOOK');
    },
  );

  it.skipIf(missing !== undefined)(titled('and neither its address nor a value of a row is anywhere'), () => {
    expect(printed.join('')).not.toMatch(/s3cr3t-t0ken|4711|Entenhausen/);
  });
});
