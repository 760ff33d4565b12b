import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, loadParser, type Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openBackfill } from '../../runtime/run/backfill/backfill.ts';
import { createHashKey } from '../../runtime/run/hash-key.ts';
import { run } from '../../runtime/run/run.ts';
import { runExamples } from '../../runtime/run/run-examples.ts';
import { adoptState } from '../../runtime/upkeep/adopt-state.ts';
import { verifyState } from '../../runtime/upkeep/verify-state.ts';
import { engines, postgresObstacle } from './on-engines.ts';
import { watchEngine } from './watch-engine.ts';

if (postgresObstacle !== undefined) console.warn(`skipped on PostgreSQL: ${postgresObstacle}`);

const texts: Readonly<Record<string, string>> = {
  'project.yml':
    'project: tiny\nlanguage: 1\nhash_key_env: TINY_KEY\ntargets:\n  dev: {engine: duckdb, path: target/t.duckdb}\n',
  'models/raw/users.yml':
    'description: Users.\nsource: {files: data/*.csv}\nkey: n\ncolumns:\n  n: integer\n  at: timestamp\n  email: {type: text, pii: email}\n',
  'models/clean/users.yml': `description: Users.
from: raw.users
key: n
time: at
incremental: {by: day}
columns:
  n:
  at:
  person: {hash: lower(email)}
  number: {hash: n}
`,
  'models/clean/addresses.yml':
    'description: One row per address.\nfrom: raw.users\nkey: address\ndedupe: {keep: last, by: at}\nincremental: {by: key}\ncolumns:\n  address: {hash: lower(email)}\n  at:\nwhere: email is not null\n',
  'metrics/people.yml': `from: clean.users
time: at
metrics:
  people:
    is: count(distinct person)
    description: People.
    examples:
      - title: Two spellings of one address are one person
        given:
          raw.users:
            - {n: 1, at: 2025-01-03T10:00:00Z, email: Ann@example.test}
            - {n: 2, at: 2025-01-03T11:00:00Z, email: ann@example.test}
            - {n: 3, at: 2025-01-03T12:00:00Z, email: null}
        expect: [{people: 1}]
`,
  'models/marts/days.yml': 'description: Days.\nkey: day\ncolumns:\n  day: date\n  people: integer\n',
  'models/marts/days.sql':
    'select cast("at" at time zone \'UTC\' as date) as day, count(distinct person) as people from clean.users group by 1',
};

/** Nothing, one letter, the lengths around the blocks of SHA-256, and what takes several bytes a letter. */
const emails = [
  '',
  'a',
  'ann@example.test',
  'x'.repeat(55),
  'x'.repeat(56),
  'x'.repeat(64),
  'y'.repeat(300),
  'ünï@пример.рф',
  '🙂',
];

const keys: readonly (readonly [string, string])[] = [
  ['shorter than a block', 'a key of twenty-odd letters'],
  ['as long as a block', 'k'.repeat(64)],
  ['longer than a block', 'k'.repeat(65)],
  ['of letters of several bytes', 'ключ'.repeat(9)],
];

let manifest: Manifest;
beforeAll(async () => {
  await loadParser();
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const compiled = compileFiles(files);
  expect(compiled.diagnostics).toEqual([]);
  manifest = compiled.manifest!;
});

const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
const csv = (rows: readonly (readonly [number, string, string | null])[]) =>
  `n,at,email\n${rows.map(([n, at, email]) => `${n},${at}T08:00:00Z,${email === null ? '' : quote(email)}\n`).join('')}`;

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-hash-'));
  mkdirSync(join(folder, 'data'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runWith(engine: Engine, folder: string, key: string) {
  const effects = { clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder };
  const options = { manifest, engine, effects, threads: 1, hashKey: createHashKey(key) };
  const result = await run({ ...options, command: 'run' });
  expect(result.exitCode, JSON.stringify(result.steps)).toBe(0);
  return Object.fromEntries(result.steps.map((step) => [step.model, step]));
}

async function readPeople(engine: Engine): Promise<(string | null)[]> {
  const { rows } = await engine.execute('select person from clean.users order by n');
  return rows.map(([person]) => person as string | null);
}

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');

describe.each(engines)('hash: on %s', (_, on) => {
  it.each(keys)('is HMAC-SHA-256, bit for bit, by a key %s', async (_words, key) => {
    await inFolder(async (folder) => {
      writeFileSync(
        join(folder, 'data/1.csv'),
        csv([...emails, null].map((email, n) => [n, '2025-05-01', email] as const)),
      );
      await on(async (engine) => {
        await runWith(engine, folder, key);
        expect(await readPeople(engine)).toEqual([...emails.map((email) => hmac(key, email.toLowerCase())), null]);
        const { rows } = await engine.execute('select number from clean.users where n = 3');
        expect(rows).toEqual([[hmac(key, '3')]]);
      });
    });
  });

  it('is computed for what came and no more, and anew under another key', async () => {
    await inFolder(async (folder) => {
      const [first, second] = [keys[0]![1], keys[2]![1]];
      writeFileSync(
        join(folder, 'data/1.csv'),
        csv([
          [1, '2025-05-01', 'a'],
          [2, '2025-05-02', 'b'],
        ]),
      );
      await on(async (engine) => {
        expect(await runWith(engine, folder, first)).toMatchObject({ 'clean.users': { reason: 'never built' } });
        expect(await runWith(engine, folder, first)).toMatchObject({ 'clean.users': { status: 'fresh' } });
        writeFileSync(join(folder, 'data/2.csv'), csv([[3, '2025-05-02', 'a']]));
        expect(await runWith(engine, folder, first)).toMatchObject({
          'clean.users': { status: 'built', repaired: { rows: 1 } },
        });
        expect(await readPeople(engine)).toEqual(['a', 'b', 'a'].map((email) => hmac(first, email)));

        const effects = { clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder };
        const options = { manifest, engine, effects, threads: 1, hashKey: createHashKey(second) };
        const { plan } = await openBackfill(options, { from: '2025-05-01', to: '2025-05-03' });
        expect(plan.refused).toMatchObject([
          { model: 'clean.users', why: expect.stringContaining('the key of its `hash:` columns changed') },
        ]);
        expect(await runWith(engine, folder, second)).toMatchObject({
          'clean.users': { status: 'built', reason: 'the key of its `hash:` columns changed' },
          'marts.days': { status: 'built' },
        });
        expect(await readPeople(engine)).toEqual(['a', 'b', 'a'].map((email) => hmac(second, email)));
      });
    });
  });

  it('is the key of an account too, which goes with it under another key', async () => {
    await inFolder(async (folder) => {
      const [first, second] = [keys[0]![1], keys[2]![1]];
      writeFileSync(
        join(folder, 'data/1.csv'),
        csv([
          [1, '2025-05-01', 'a'],
          [2, '2025-05-02', 'A'],
        ]),
      );
      await on(async (engine) => {
        for (const key of [first, second]) {
          await runWith(engine, folder, key);
          const { rows } = await engine.execute(
            'select a.address, duplicates from clean.addresses a join clean.addresses__account using (address)',
          );
          expect(rows.map(([address, copies]) => [address, Number(copies)])).toEqual([[hmac(key, 'a'), 1]]);
        }
      });
    });
  });

  it('is held to a rebuild, and adopted, by who has the key', async () => {
    await inFolder(async (folder) => {
      const [first, second] = keys.map(([, key]) => createHashKey(key));
      writeFileSync(join(folder, 'data/1.csv'), csv([[1, '2025-05-01', 'a']]));
      await on(async (engine) => {
        await runWith(engine, folder, keys[0]![1]);
        const place = { engine, manifest, folder, clock: () => '2025-06-01T00:00:00Z', deep: true };
        const hashed = ['clean.addresses', 'clean.addresses__account', 'clean.users'];
        const whyNot = async (hashKey?: typeof first) => {
          const { findings, compared, notCompared } = await verifyState({ ...place, ...(hashKey ? { hashKey } : {}) });
          expect(findings).toEqual([]);
          expect(hashed.filter((name) => compared.includes(name))).toEqual(notCompared.length === 0 ? hashed : []);
          return [...new Set(notCompared.map(({ why }) => why))];
        };
        expect(await whyNot(first)).toEqual([]);
        expect(await whyNot()).toEqual(['it is computed with the key of `hash:`, which is not known']);
        expect(await whyNot(second)).toEqual([expect.stringContaining('the key of its `hash:` columns changed')]);

        const adopt = async (hashKey?: typeof first) => {
          await engine.execute("update etalon_state.versions set valid_to = valid_from where model like 'clean.%'");
          const with_ = { ...place, threads: 1, emit: () => undefined, ...(hashKey ? { hashKey } : {}) };
          const { models } = await adoptState(with_);
          return models.filter(({ model }) => hashed.includes(model)).map(({ outcome }) => outcome);
        };
        expect(await adopt(first)).toEqual(['adopted', 'adopted', 'adopted']);
        expect(await runWith(engine, folder, keys[0]![1])).toMatchObject({ 'clean.users': { status: 'fresh' } });

        const { rows } = await engine.execute(
          "select relation from etalon_state.versions where model = 'clean.users' and valid_to is null",
        );
        await engine.execute(`update etalon_tables."${rows[0]![0]}" set person = 'x'`);
        const { findings } = await verifyState({ ...place, hashKey: first! });
        expect(findings).toMatchObject([{ what: 'rows', model: 'clean.users', difference: { missing: 1, extra: 1 } }]);
        expect(await adopt()).toEqual(['given-up', 'given-up', 'given-up']);
      });
    });
  });

  it('is computed in examples without the key', async () => {
    await on(async (engine) => {
      const { results } = await runExamples({ manifest, engine });
      expect(results).toMatchObject([{ metric: 'people', status: 'passed' }]);
    });
  });

  it('has its key in no statement, and in no table, view or setting of the target', async () => {
    await inFolder(async (folder) => {
      const key = keys[0]![1];
      const { inner, outer, id } = createHashKey(key);
      writeFileSync(join(folder, 'data/1.csv'), csv([[1, '2025-05-01', 'a']]));
      await on(async (engine) => {
        const statements: string[] = [];
        await runWith(watchEngine(engine, { before: (sql) => void statements.push(sql) }), folder, key);
        expect(statements.some((sql) => sql.includes('$1') && sql.includes('sha256'))).toBe(true);
        const { rows: tables } = await engine.execute(
          "select table_schema, table_name from information_schema.tables where table_schema in ('etalon_state', 'etalon_tables', 'raw', 'clean', 'marts')",
        );
        const held = [];
        for (const [schema, table] of tables) {
          const { rows } = await engine.execute(`select * from ${schema}."${table}"`);
          held.push(JSON.stringify(rows, (_name, value) => (typeof value === 'bigint' ? String(value) : value)));
        }
        const views = await engine.execute('select view_definition from information_schema.views');
        const all = [...statements, ...held, JSON.stringify(views.rows)].join('\n');
        for (const secret of [key, inner.reveal(), outer.reveal()]) expect(all).not.toContain(secret);
        expect(all).toContain(`.${id}`);
      });
    });
  });
});
