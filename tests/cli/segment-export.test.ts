import { createHash, createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenTarget, openEngine } from '../../runtime/engine/open-engine.ts';
import { type Ended, mustRun, runEtalon } from '../project/run-etalon.ts';
import { startCli } from '../support/cli.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { writeShop } from './write-shop.ts';

const more = `segments:
  handed:
    entity: user
    where: {property: country is not null}
    export: {columns: [user_id, country, signed_up_at, is_test], limit: 6, roles: [crm, support]}
  narrow:
    entity: user
    where: {property: country is not null}
    export: {columns: [user_id], limit: 5}
  parts:
    entity: user
    split:
      rfm: {activity: purchase, within: 365 days, recency: [30, 90], frequency: [2]}
      parts: {champions: r = 3 and f = 2, fresh: r = 3, others: else}
    export: {columns: [part, user_id]}
  silent: {entity: user, where: {property: country is not null}}
  noted: {entity: user, status: draft, where: {property: country is not null}, export: {columns: [user_id]}}
  gone: {entity: user, status: archived, where: {property: country is not null}, export: {columns: [user_id]}}
  crowd:
    entity: user
    where: {property: country is not null}
    expect: {size: {max: 2}}
    export: {columns: [user_id]}
  of_crowd: {entity: user, where: {segment: crowd}, export: {columns: [user_id]}}
`;

const secret = 'a secret that is long enough';
const said = ['--role', 'crm', '--purpose', 'Summer catalogue'];
const asOf = ['--as-of', '2025-06-01T00:00:00Z'];
const obstacle = findPostgresObstacle();

interface Received {
  readonly key: string;
  readonly signature: string;
  readonly text: string;
}

describe.each([
  { name: 'dev', why: undefined },
  { name: 'prod', why: obstacle },
])('exports from $name', ({ name, why }) => {
  let folder: string;
  let hook: Server;
  /** The status that a request is answered with; undefined: none, ever. */
  let answer: (request: number) => number | undefined = () => 200;
  const received: Received[] = [];
  let env: Record<string, string> = {};
  let target: OpenTarget;
  let drop: (() => Promise<void>) | undefined;

  const run = (words: readonly string[], surroundings = {}): Promise<Ended> =>
    runEtalon(folder, [...words, '--target', name], env, surroundings);
  const hand = (segment: string, ...words: string[]) => run(['segment', 'export', segment, ...words]);
  const send = (segment: string, ...words: string[]) =>
    hand(segment, '--to-webhook', 'CRM_WEBHOOK', '--secret-env', 'CRM_SECRET', ...said, ...asOf, ...words);
  const ledger = async () =>
    JSON.parse(await mustRun(folder, ['audit', 'list', '--json', '--target', name], env)) as readonly {
      readonly number: number;
      readonly id: string;
      readonly what: string;
      readonly rows: number;
      readonly hash: string;
      readonly idsHash: string;
      readonly contentHash: string;
      readonly watermark: string;
      readonly [key: string]: unknown;
    }[];
  const change = async (sql: string) => {
    const engine = await openEngine(target);
    try {
      return await engine.execute(sql);
    } finally {
      await engine.close();
    }
  };

  beforeAll(async () => {
    if (why !== undefined) return;
    folder = mkdtempSync(join(tmpdir(), 'etalon-export-'));
    hook = createServer((request, response) => {
      void readBody(request).then((text) => {
        const { 'idempotency-key': key, 'etalon-signature': signature } = request.headers;
        received.push({ key: String(key), signature: String(signature), text });
        const status = answer(received.length);
        if (status !== undefined) response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const { port } = hook.address() as AddressInfo;
    env = { CRM_WEBHOOK: `http://127.0.0.1:${port}/in?token=hidden`, CRM_SECRET: secret, ETALON_USER: 'eva' };
    target = { engine: 'duckdb', path: join(folder, 'target/shop.duckdb') };
    if (name === 'prod') {
      const database = await freshDatabase();
      env = { ...env, SHOP_URL: database.url };
      target = { engine: 'postgres', url: database.url };
      drop = database.drop;
    }
    writeShop(folder, (path, text) =>
      path === 'models/raw/orders.yml'
        ? `${text.replace('loaded_at: arrived_at\n', '')}freshness: {error_after: 2 days}\n`
        : text,
    );
    writeFileSync(join(folder, 'segments/more.yml'), more);
    const { code, err } = await run(['run']);
    expect(code, err).toBe(5);
    expect(err).toContain('`crowd` has at most 2 members: it has 6; look: etalon segment attrition crowd');
  }, 120_000);
  afterAll(async () => {
    await new Promise((resolve) => (hook ? hook.close(resolve) : resolve(undefined)));
    await drop?.();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(why !== undefined)(
    `what may not leave does not, and is not written down${why ? ` (${why})` : ''}`,
    async () => {
      const refused = async (
        segment: string,
        told: string,
        code = 1,
        words: readonly string[] = [...said, ...asOf],
      ) => {
        const ended = await hand(segment, '--to', 'no.csv', ...words);
        expect(ended.err).toContain(told);
        expect(ended.code).toBe(code);
      };
      await refused('silent', 'segment `silent` does not say what may leave the house');
      await refused('noted', 'segment `noted` is a draft');
      await refused('gone', 'segment `gone` is archived');
      await refused('narrow', '`narrow` has more than 5 members as of 2025-06-01T00:00:00Z, and `export: limit` is 5');
      await refused('handed', 'the role `guest` may not export `handed`', 1, [
        '--role',
        'guest',
        '--purpose',
        'Just so',
      ]);
      await refused('handed', 'an export says in which role it is made', 2, ['--purpose', 'Summer catalogue']);
      await refused('handed', 'an export says what its rows are wanted for', 2, ['--role', 'crm']);
      await refused('handed', 'is complete only up to', 1, [...said, '--as-of', '2100-01-01']);
      await refused('handed', '`handed` has no part `best`', 2, [...said, '--part', 'best']);
      await refused('crowd', 'the data test `crowd.size` fails: `crowd` has at most 2 members: it has 6');
      await refused('of_crowd', 'the data test `crowd.size` fails');
      expect((await hand('handed', '--to', 'no.txt', ...said)).err).toContain(
        "the name's ending says how it is written",
      );
      expect((await hand('handed', ...said)).err).toContain('an export goes to a file or to a webhook');
      const later = { clock: () => '2100-01-01T00:00:00Z' };
      const stale = await run(['segment', 'export', 'parts', '--to', 'no.csv', ...said, ...asOf], later);
      expect(stale).toMatchObject({ code: 1, err: expect.stringContaining('made from `raw.orders`, which is stale') });
      writeFileSync(join(folder, 'there.csv'), 'mine');
      const there = await hand('handed', '--to', 'there.csv', ...said);
      expect(there).toMatchObject({ code: 2, err: expect.stringContaining('`there.csv` is there already') });
      expect(readFileSync(join(folder, 'there.csv'), 'utf8')).toBe('mine');
      expect(readdirSync(folder).filter((file) => /no\.|tmp/.test(file))).toEqual([]);
      expect(await ledger()).toEqual([]);
      expect(await run(['audit', 'verify'])).toMatchObject({ code: 0, out: 'the ledger is whole: 0 lines\n' });
    },
  );

  it.skipIf(why !== undefined)(
    `a file has the columns of the definition, and the ledger says so${why ? ` (${why})` : ''}`,
    async () => {
      const out = await mustRun(
        folder,
        ['segment', 'export', 'handed', '--to', 'handed.csv', ...said, ...asOf, '--target', name],
        env,
      );
      const text = readFileSync(join(folder, 'handed.csv'), 'utf8');
      const [head, ...rows] = text.trimEnd().split('\n');
      expect(head).toBe('user_id,country,signed_up_at,is_test');
      expect(rows.sort()).toEqual([
        'anna,DE,2025-01-10T09:00:00Z,false',
        'ben,DE,2025-02-03T12:00:00Z,false',
        'cleo,FR,2025-02-20T18:00:00Z,false',
        'dan,DE,2025-03-01T08:00:00Z,true',
        'eva,FR,2025-04-12T20:00:00Z,false',
        'finn,DE,2025-05-30T10:00:00Z,false',
      ]);
      expect(statSync(join(folder, 'handed.csv')).mode & 0o777).toBe(0o600);
      const [line] = await ledger();
      expect(line).toMatchObject({
        number: 1,
        what: 'file',
        role: 'crm',
        purpose: 'Summer catalogue',
        segment: 'handed',
        segmentVersion: 1,
        asOf: '2025-06-01T00:00:00Z',
        columns: ['user_id', 'country', 'signed_up_at', 'is_test'],
        destination: 'handed.csv',
        rows: 6,
        who: expect.stringMatching(/^eva@/),
      });
      expect(out).toContain(`line 1 of the ledger, ${line!.hash}`);
      // Whoever finds the file can tell from it which export it was.
      expect(line!.contentHash).toBe(sha(text));
      expect(line!.idsHash).toBe(sha([line!.id, 'anna', 'ben', 'cleo', 'dan', 'eva', 'finn'].join('\n')));
      expect(line!.watermark).toBe(sha(`${line!.id}\n${text.split('\n')[1]!.split(',')[0]}`));
    },
  );

  it.skipIf(why !== undefined)(
    `Parquet keeps types, and of a split one part may go${why ? ` (${why})` : ''}`,
    async () => {
      await mustRun(
        folder,
        ['segment', 'export', 'handed', '--to', 'handed.parquet', ...said, ...asOf, '--target', name],
        env,
      );
      const engine = await openEngine({ engine: 'duckdb', path: ':memory:', folders: [folder] });
      const path = join(folder, 'handed.parquet');
      const { rows, columns } = await engine.execute(`select * from read_parquet('${path}') order by user_id limit 1`);
      await engine.close();
      expect(columns.map(({ type }) => type)).toEqual(['text', 'text', 'timestamp', 'boolean']);
      expect(rows).toEqual([['anna', 'DE', '2025-01-10T09:00:00Z', false]]);
      await mustRun(
        folder,
        ['segment', 'export', 'parts', '--part', 'others', '--to', 'others.csv', ...said, ...asOf, '--target', name],
        env,
      );
      expect(readFileSync(join(folder, 'others.csv'), 'utf8')).toBe('part,user_id\nothers,cleo\n');
      expect((await ledger()).at(-1)).toMatchObject({ segment: 'parts.others', rows: 1 });
      expect(readdirSync(folder).filter((file) => file.includes('tmp'))).toEqual([]);
    },
  );

  it.skipIf(why !== undefined)(`a webhook gets signed batches, each once${why ? ` (${why})` : ''}`, async () => {
    received.length = 0;
    const { code, out, err } = await send('handed', '--batch', '4');
    expect(code, err).toBe(0);
    expect(err).toContain('2 batches delivered');
    expect(out + err).not.toMatch(/token=hidden|long enough/);
    const { id } = (await ledger()).at(-1)!;
    expect(received.map(({ key }) => key)).toEqual([`${id}/1`, `${id}/2`]);
    for (const { signature, text } of received) {
      const [, at, digest] = /^t=(.*),v1=([0-9a-f]{64})$/.exec(signature)!;
      expect(digest).toBe(createHmac('sha256', secret).update(`${at}.${text}`).digest('hex'));
    }
    const bodies = received.map(
      ({ text }) => JSON.parse(text) as { rows: { user_id: string; country: string }[]; batch: number },
    );
    expect(bodies.map(({ rows }) => rows.length)).toEqual([4, 2]);
    expect(bodies[0]).toMatchObject({
      export: id,
      segment: 'handed',
      version: 1,
      batches: 2,
      as_of: '2025-06-01T00:00:00Z',
    });
    expect(bodies.flatMap(({ rows }) => rows.map((row) => row.user_id)).sort()).toEqual([
      'anna',
      'ben',
      'cleo',
      'dan',
      'eva',
      'finn',
    ]);
    expect((await ledger()).slice(-2).map(({ what }) => what)).toEqual(['webhook', 'delivered']);
  });

  it.skipIf(why !== undefined)(
    `a delivery that stopped goes on where it stopped, with the same batches${why ? ` (${why})` : ''}`,
    async () => {
      received.length = 0;
      answer = (request) => (request < 3 ? 200 : 400);
      const stopped = await send('handed', '--batch', '2');
      expect(stopped).toMatchObject({
        code: 5,
        err: expect.stringContaining('2 batches delivered, 1 left: the webhook answers 400'),
      });
      const { id } = (await ledger()).at(-1)!;
      expect(stopped.err).toContain(`go on: etalon segment resume ${id}`);
      const sent = received.at(-1)!;
      // Meanwhile the definition is another: what goes on is what was written down.
      writeFileSync(
        join(folder, 'segments/more.yml'),
        more.replace('[user_id, country, signed_up_at, is_test]', '[user_id]'),
      );
      answer = () => 200;
      const resume = ['segment', 'resume', id, '--to-webhook', 'CRM_WEBHOOK', '--secret-env', 'CRM_SECRET'];
      expect(await run(resume)).toMatchObject({ code: 0, err: expect.stringContaining('1 batch delivered') });
      expect(received.map(({ key }) => key)).toEqual([`${id}/1`, `${id}/2`, `${id}/3`, `${id}/3`]);
      expect(received.at(-1)!.text).toBe(sent.text);
      expect(await run(resume)).toMatchObject({ code: 2, err: expect.stringContaining('is done') });
      expect((await ledger()).at(-1)).toMatchObject({ what: 'delivered', id });
      const left = await change(
        'select count(*) from etalon_state.export_batches where body is not null or sent_at is null',
      );
      expect(Number(left.rows[0]![0])).toBe(0);
      writeFileSync(join(folder, 'segments/more.yml'), more);
    },
  );

  it.skipIf(why !== undefined)(
    `a delivery whose process is killed between batches is neither lost nor doubled${why ? ` (${why})` : ''}`,
    async () => {
      received.length = 0;
      const words = ['segment', 'export', 'handed', '--to-webhook', 'CRM_WEBHOOK', '--secret-env', 'CRM_SECRET'];
      const child = startCli([...words, ...said, ...asOf, '--batch', '2', '--target', name], { cwd: folder, env });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // The second is taken, and its sender dies before it hears so.
      answer = (request) => {
        if (request === 2) child.kill('SIGKILL');
        return request === 2 ? undefined : 200;
      };
      await ended;
      const { id, what } = (await ledger()).at(-1)!;
      expect([child.signalCode, what]).toEqual(['SIGKILL', 'webhook']);
      answer = () => 200;
      const resume = ['segment', 'resume', id, '--to-webhook', 'CRM_WEBHOOK', '--secret-env', 'CRM_SECRET'];
      expect(await run(resume)).toMatchObject({ code: 0, err: expect.stringContaining('2 batches delivered') });
      // It comes once more as the very same, so that its key says that it was there.
      expect(received.map(({ key }) => key)).toEqual([`${id}/1`, `${id}/2`, `${id}/2`, `${id}/3`]);
      expect(received[2]!.text).toBe(received[1]!.text);
      const kept = new Map(received.map(({ key, text }) => [key, JSON.parse(text) as { rows: { user_id: string }[] }]));
      const users = [...kept.values()].flatMap(({ rows }) => rows.map((row) => row.user_id));
      expect(users.sort()).toEqual(['anna', 'ben', 'cleo', 'dan', 'eva', 'finn']);
      expect((await ledger()).at(-1)).toMatchObject({ what: 'delivered', id });
    },
  );

  it.skipIf(why !== undefined)(
    `a receiver that is busy is asked again with the same key${why ? ` (${why})` : ''}`,
    async () => {
      received.length = 0;
      answer = (request) => (request === 1 ? 503 : 200);
      expect(await send('handed')).toMatchObject({ code: 0 });
      expect(new Set(received.map(({ key }) => key)).size).toBe(1);
      expect(received).toHaveLength(2);
      answer = () => 200;
      for (const url of ['http://example.com/in', 'not an address']) {
        const before = env;
        env = { ...env, CRM_WEBHOOK: url };
        expect(await send('handed')).toMatchObject({
          code: 2,
          err: expect.stringContaining('does not hold an address'),
        });
        env = { ...before, CRM_SECRET: 'x1y2z3' };
        expect(await send('handed')).toMatchObject({ code: 2, err: expect.stringContaining('is shorter than') });
        env = before;
      }
    },
  );

  it.skipIf(why !== undefined)(
    `the ledger tells what was changed, removed or moved in it${why ? ` (${why})` : ''}`,
    async () => {
      const lines = await ledger();
      expect(lines.length).toBeGreaterThan(6);
      const whole = await run(['audit', 'verify', '--holds', lines[2]!.hash]);
      expect(whole).toMatchObject({
        code: 0,
        out: expect.stringContaining(`the ledger is whole: ${lines.length} lines`),
      });
      const foreign = await run(['audit', 'verify', '--holds', 'f'.repeat(64)]);
      expect(foreign).toMatchObject({ code: 1, out: expect.stringContaining('no line has the hash') });
      const verify = async () => {
        const { code, out } = await run(['audit', 'verify', '--json']);
        expect(code).toBe(1);
        return (JSON.parse(out) as { findings: { line: number; what: string }[] }).findings.map(({ line, what }) => [
          line,
          what,
        ]);
      };
      const table = 'etalon_state.export_ledger';
      await change(`create table etalon_state.kept as select * from ${table}`);
      const restore = async () => {
        await change(`delete from ${table}`);
        await change(`insert into ${table} select * from etalon_state.kept`);
        expect((await run(['audit', 'verify'])).code).toBe(0);
      };
      await change(`update ${table} set row_count = 1, purpose = 'nothing of note' where number = 2`);
      expect(await verify()).toEqual([[2, 'changed']]);
      await restore();
      await change(`delete from ${table} where number = 3`);
      expect(await verify()).toEqual([[3, 'removed']]);
      await restore();
      await change(`delete from ${table} where number = ${lines.length}`);
      expect(await verify()).toEqual([[lines.length, 'removed']]);
      await restore();
      await change(`update ${table} set number = case number when 1 then 2 else 1 end where number in (1, 2)`);
      expect((await verify()).slice(0, 2)).toEqual([
        [1, 'reordered'],
        [2, 'reordered'],
      ]);
      await restore();
      await change('drop table etalon_state.kept');
    },
  );

  it.skipIf(why !== undefined)(
    `an input that is behind its definition stops an export${why ? ` (${why})` : ''}`,
    async () => {
      const path = join(folder, 'models/marts/users.yml');
      const before = readFileSync(path, 'utf8');
      writeFileSync(path, before.replace('country: null', 'country: {is: upper(country), type: text}'));
      const ended = await hand('handed', '--to', 'later.csv', ...said, ...asOf);
      expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('made from `marts.users`, which is stale') });
      expect(existsSync(join(folder, 'later.csv'))).toBe(false);
      writeFileSync(path, before);
    },
  );
});

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
