import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { createHashKey } from '../../runtime/run/hash-key.ts';
import { type Ended, runEtalon } from '../project/run-etalon.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { canary, hashKey, plantedFiles } from './planted-project.ts';

const targets = ['dev', 'pg'] as const;
const password = 'canary-password"with\\signs';

/** Takes what a channel would be told. */
async function openHook(told: string[]): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      told.push(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200).end('ok');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/services/canary-hook`, close: () => void server.close() };
}

/** Secrets where none should stand, and values in what does not compile. */
const slips: readonly (readonly [string, string, string])[] = [
  ['project.yml', 'url_env: DATABASE_URL', 'url: "postgres://ann:canary-password@db/shop"'],
  ['project.yml', 'url_env: DATABASE_URL', 'url_env: "postgres://ann:canary-password@db/shop"'],
  ['project.yml', 'url_env: DATABASE_URL', 'url_env: DATABASE_URL, password: canary-password'],
  ['project.yml', 'url_env: HOOK', 'url_env: "https://hooks.slack.com/services/T0/canary-hook"'],
  ['project.yml', 'url_env: HOOK', 'url: "https://hooks.slack.com/services/T0/canary-hook"'],
  ['project.yml', 'hash_key_env: HASH_KEY', 'hash_key_env: canary-key-of-hashes'],
];

describe.each(targets)('what is planted on target %s is told nowhere', (target) => {
  const obstacle = target === 'pg' ? findPostgresObstacle() : undefined;
  describe.skipIf(obstacle !== undefined)(obstacle ? `(skipped: ${obstacle})` : 'by any command', () => {
    let folder: string;
    let database: Awaited<ReturnType<typeof freshDatabase>> | undefined;
    let env: Readonly<Record<string, string>>;
    let hook: Awaited<ReturnType<typeof openHook>>;
    const told: string[] = [];
    const heard = new Map<string, Ended>();
    const etalon = async (...words: string[]): Promise<Ended> => {
      const ended = await runEtalon(folder, words, env);
      heard.set(words.join(' '), ended);
      return ended;
    };
    const here = ['--target', target];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'etalon-planted-'));
      for (const [path, text] of Object.entries(plantedFiles)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      if (target === 'pg') database = await freshDatabase();
      const secret = `postgres://ann:${encodeURIComponent(password)}@127.0.0.1:1/shop?connect_timeout=2`;
      hook = await openHook(told);
      env = { DATABASE_URL: database?.url ?? secret, HASH_KEY: hashKey, HOOK: hook.url, ETALON_DEBUG: '1' };
      env = { ...env, CRM_WEBHOOK: hook.url, CRM_SECRET: 'canary-secret-of-the-crm' };
    });
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true });
      hook?.close();
      await database?.drop();
    });

    it('a run in which all goes wrong that can', async () => {
      const { code, out } = await etalon('run', '--json', ...here);
      expect(code).toBe(5);
      const { steps, tests } = JSON.parse(out);
      const told = Object.fromEntries(
        steps.map((step: { model: string; error?: string; status: string }) => [step.model, step.error ?? step.status]),
      );
      expect(told).toMatchObject({
        'raw.people': 'built',
        'raw.bare': expect.stringContaining('has none of the columns'),
        'raw.twice': expect.stringContaining('has a name twice'),
        'clean.people': 'built',
        'clean.strict': 'failed',
        'clean.number': expect.stringContaining('could not be built'),
        'clean.day': expect.stringContaining('could not be built'),
        'clean.amount': expect.stringContaining('could not be built'),
        'clean.zone': expect.stringContaining('could not be built'),
        'clean.pattern': expect.stringContaining('could not be built'),
        'clean.tested': expect.stringContaining('could not be built'),
        'clean.asked': 'built',
        'marts.live': 'built',
      });
      const found = [...tests, ...steps.flatMap((step: { tests: unknown[] }) => step.tests)];
      const byName = Object.fromEntries(found.map((test) => [test.test, test]));
      // What is not personal is shown, so that it is no wonder that nothing is.
      expect(byName['clean.people.country.accepted'].sample[0]).toEqual({ n: 1, country: 'Visibleland' });
      expect(byName['clean.people.email.matches'].sample[0]).toEqual({ n: 1, email: '***' });
      expect(byName.shown.sample[0]).toEqual({ x: '***', y: '***', z: '***', place: 'Visibleland', rows: 1 });
      expect(byName.agrees.sample[0]).toMatchObject({ email: '***' });
      expect(byName['clean.asked.sql'] ?? found.find(({ status }) => status === 'error')).toMatchObject({
        status: 'error',
      });
    });

    it('the other commands', async () => {
      for (const words of [
        ['run', '--events', '--full-refresh', ...here],
        ['run', ...here],
        ['build', ...here],
        ['build', '--events', ...here],
        ['build', '--json', ...here],
        ['test', ...here],
        ['test', '--json', ...here],
        ['test', '--events', ...here],
        ['test', '--examples', '--json'],
        ['backfill', '--from', '2025-05-01', '--to', '2025-05-03', ...here],
        ['backfill', '--from', '2025-05-01', '--to', '2025-05-03', '--plan', '--json', ...here],
        ['query', 'users', '--by', 'country', ...here],
        ['query', 'users', '--by', 'country', '--format', 'csv', ...here],
        ['query', 'broken', '--json', ...here],
        ['query', 'broken', '--sql', ...here],
        ['status', ...here],
        ['status', '--json', ...here],
        ['docs', 'build', '--json', ...here],
        ['compile', '--json'],
        ['compile', '--check'],
        ['list', '--json'],
        ['pii'],
        ['pii', '--json'],
        ['lineage', 'clean.people.email'],
        ['lineage', 'users', '--json'],
        ['doctor', ...here],
        ['doctor', '--json', '--target', 'pg'],
        ['clean', ...here],
        ['retry', ...here],
        ['retry', '--events', ...here],
        ['state', 'verify', '--deep', ...here],
        ['state', 'verify', '--deep', '--json', ...here],
        ['state', 'adopt', '--json', ...here],
        ['gc', '--json', ...here],
        ['schema', '--json'],
        ['completion', 'bash'],
      ])
        await etalon(...words);
      const said = ['--role', 'crm', '--purpose', 'Summer catalogue', ...here];
      for (const words of [
        ['segment', 'size', 'known', ...here],
        ['segment', 'members', 'known', '--json', ...here],
        ['segment', 'export', 'known', '--to', 'target/known.csv', ...said],
        ['segment', 'export', 'known', '--to-webhook', 'CRM_WEBHOOK', '--secret-env', 'CRM_SECRET', ...said],
        ['audit', 'list', '--json', ...here],
      ])
        expect((await etalon(...words)).code, words.join(' ')).toBe(0);
      expect(told.at(-1)).toMatch(/"segment":"known".*Visibleland/);
      const names = Object.keys(plantedFiles).flatMap(
        (path) => /^models\/(.*)\.yml$/.exec(path)?.[1]?.replace('/', '.') ?? [],
      );
      for (const name of [...names, 'users', 'broken', 'shown', 'agrees']) {
        await etalon('explain', name, '--sql', ...here);
        await etalon('explain', name, '--sql', '--json', ...here);
      }
      expect(heard.get(`query broken --json --target ${target}`)).toMatchObject({
        code: 1,
        err: expect.stringMatching(/error: /),
      });
      expect(heard.get(`explain clean.people --sql --target ${target}`)!.out).toMatch(/sha256\(.*\$1/s);
    });

    it('a key that is missing or short, and a target that is not there', async () => {
      const before = env;
      env = { ...before, HASH_KEY: '' };
      expect(await etalon('run', '--select', 'clean.people', ...here)).toMatchObject({
        code: 2,
        err: expect.stringContaining('HASH_KEY, which is not set'),
      });
      expect(await etalon('status', '--select', 'clean.people', ...here)).toMatchObject({ code: 0 });
      for (const words of [['doctor'], ['doctor', '--json']]) {
        const { code, out, err } = await etalon(...words, ...here);
        expect([code, out + err]).toEqual([2, expect.stringContaining('HASH_KEY, which is not set')]);
      }
      env = { ...before, HASH_KEY: 'canary-short' };
      expect(await etalon('build', '--json', ...here)).toMatchObject({
        code: 2,
        err: expect.stringContaining('shorter than 16'),
      });
      for (const query of ['', `&password=${encodeURIComponent(password)}`]) {
        env = {
          ...before,
          DATABASE_URL: `postgres://ann:${encodeURIComponent(password)}@127.0.0.1:1/shop?connect_timeout=2${query}`,
        };
        for (const words of [['run'], ['doctor', '--json'], ['query', 'users'], ['status', '--json']])
          expect((await etalon(...words, '--target', 'pg')).code, words.join(' ')).not.toBe(0);
      }
      env = before;
    });

    it('a fault of ours, which is written down', async () => {
      let looks = 0;
      const clock = () => {
        looks += 1;
        if (looks === 1) throw new Error(`a fault that knows ${hashKey} and ${env.DATABASE_URL}`);
        return '2025-06-01T00:00:00Z';
      };
      const ended = await runEtalon(folder, ['run', ...here], { ...env, ETALON_DEBUG: '1' }, { clock });
      heard.set('a fault', ended);
      expect(ended.code).toBe(70);
      const [fault] = readdirSync(join(folder, 'target/faults'));
      expect(readFileSync(join(folder, 'target/faults', fault!), 'utf8')).toContain('a fault that knows ***');
    });

    it('what does not compile, and a secret in a file', async () => {
      for (const [number, [path, right, wrong]] of slips.entries()) {
        const sound = plantedFiles[path]!;
        expect(sound).toContain(right);
        writeFileSync(join(folder, path), sound.replace(right, wrong));
        for (const words of [['compile'], ['compile', '--json'], ['run'], ['doctor'], ['doctor', '--json']]) {
          const ended = await runEtalon(folder, words, env);
          heard.set(`${words.join(' ')} with slip ${number}`, ended);
          expect(ended.code, words.join(' ')).not.toBe(0);
        }
        writeFileSync(join(folder, path), sound);
      }
    });

    it('nor in what a channel is told', () => {
      expect(told.length).toBeGreaterThan(0);
      expect(told.join()).toContain('clean.strict');
      for (const text of told) expect(text).not.toMatch(canary);
    });

    it('neither on the screen nor in a file beside the database', () => {
      const { inner, outer } = createHashKey(hashKey);
      const secrets = [inner.reveal(), outer.reveal(), ...(database ? [new URL(database.url).password] : [])];
      const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(
          (entry) =>
            entry.isFile() &&
            /(^|[/\\])(target|\.etalon|\.vscode)([/\\]|$)/.test(entry.parentPath.slice(folder.length)),
        )
        .filter((entry) => !/\.duckdb(\.|$)/.test(entry.name))
        .map(
          (entry) =>
            [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'utf8')] as const,
        );
      expect(files.map(([path]) => path.slice(folder.length + 1))).toEqual(
        expect.arrayContaining(['target/manifest.json', 'target/docs/index.html', 'target/known.csv']),
      );
      expect(heard.size).toBeGreaterThan(100);
      for (const [words, { out, err }] of heard) {
        expect(out, words).not.toMatch(canary);
        expect(err, words).not.toMatch(canary);
        for (const secret of secrets) expect(out + err, words).not.toContain(secret);
      }
      for (const [path, text] of files) {
        expect(canary.exec(text)?.input.slice(0, 200), path).toBeUndefined();
        for (const secret of secrets) expect(text.includes(secret), path).toBe(false);
      }
    });

    it('nor in the journal, though the rows are there', async () => {
      const engine = await openEngine(
        target === 'pg'
          ? { engine: 'postgres', url: database!.url }
          : { engine: 'duckdb', path: join(folder, 'target/tiny.duckdb') },
      );
      try {
        const text = async (sql: string) =>
          JSON.stringify((await engine.execute(sql)).rows, (_, value) =>
            typeof value === 'bigint' ? String(value) : value,
          );
        const { rows: tables } = await engine.execute(
          "select table_name from information_schema.tables where table_schema = 'etalon_state'",
        );
        expect(tables.length).toBeGreaterThan(8);
        for (const [table] of tables)
          expect(await text(`select * from etalon_state."${table}"`), String(table)).not.toMatch(canary);
        expect(await text('select row_keys from etalon_state.failures')).toContain('***');
        expect(await text('select message from etalon_state.errors')).toContain('could not be built');
        const reasons = await text('select reason from raw.people__rejected');
        expect(reasons).toContain('`phone` is not an integer');
        expect(reasons).not.toMatch(canary);
        for (const table of ['raw.people', 'clean.people', 'raw.people__rejected'])
          expect(await text(`select * from ${table}`), table).toMatch(canary);
      } finally {
        await engine.close();
      }
    });
  });
});
