import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { run } from '../../runtime/run/run.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { arrivalSql, arrivalsTable, groups, readProject } from './read-project.ts';

beforeAll(() => loadParser());

const models = ['kept', 'made'] as const;

/** A statement of a reader, as rows of texts. */
type Read = (sql: string) => Promise<readonly (readonly (string | null)[])[]>;

/** Views of somebody else: one reads a published name, one reads that view. */
const dependents = models.flatMap((model) => [
  `create view app.${model}_report as select batch, build, count(*) as groups, sum(amount) as amount from marts.${model} group by batch, build`,
  `create view app.${model}_top as select groups, amount, batch, build from app.${model}_report where groups > 0`,
]);

const questions = models.flatMap((model) => [
  `select count(distinct batch), count(distinct build), count(*), sum(amount) from marts.${model}`,
  `select 1, count(*), sum(groups), sum(amount) from app.${model}_report`,
  `select count(*), 1, max(groups), sum(amount) from app.${model}_top`,
]);

interface Readings {
  readonly count: number;
  readonly faults: readonly string[];
}

/** Asks until it is told to stop, and keeps what no reader may ever see. */
async function readOn(read: Read, signal: AbortSignal, from: number): Promise<Readings> {
  const faults: string[] = [];
  let count = 0;
  for (let at = from; !signal.aborted && faults.length < 5; at += 1) {
    const sql = questions[at % questions.length]!;
    count += 1;
    try {
      const [row] = await read(sql);
      const seen = row?.map(Number);
      if (seen?.join() !== [1, 1, groups, 0].join()) faults.push(`${sql}: ${seen?.join(' ')}`);
    } catch (error) {
      faults.push(`${sql}: ${String(error)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { count, faults };
}

async function publish(engine: Engine, edits: number): Promise<void> {
  const effects = { clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder: '.' };
  const result = await run({ manifest: readProject(edits), engine, effects, command: 'run', threads: 2 });
  expect(result.steps.filter(({ status }) => status === 'failed')).toEqual([]);
}

async function begin(engine: Engine): Promise<void> {
  await engine.execute('create schema app');
  await engine.execute(arrivalsTable);
  await engine.execute(arrivalSql(1));
  await publish(engine, 0);
  for (const view of dependents) await engine.execute(view);
}

/** News and edits in turn: both models are published each time, one of them in place where there are only news. */
async function publishOn(engine: Engine, runs: number): Promise<void> {
  for (let round = 1; round <= runs; round += 1) {
    if (round % 2 === 1) await engine.execute(arrivalSql(1 + Math.ceil(round / 2)));
    await publish(engine, Math.floor(round / 2));
  }
  const { rows } = await engine.execute(
    "select model, count(*) from etalon_state.versions where model like 'marts.%' group by model order by model",
  );
  expect(rows).toEqual(models.map((model) => [`marts.${model}`, runs + 1]));
}

/** Readers ask while `publishOn` goes on. */
async function readWhilePublishing(engine: Engine, runs: number, readers: readonly Read[]): Promise<void> {
  const stop = new AbortController();
  const reading = readers.map((read, index) => readOn(read, stop.signal, index));
  try {
    await publishOn(engine, runs);
  } finally {
    stop.abort();
  }
  const readings = await Promise.all(reading);
  expect(readings.flatMap(({ faults }) => faults)).toEqual([]);
  const count = readings.reduce((sum, one) => sum + one.count, 0);
  console.info(`${engine.label}: ${count} reads beside ${runs * models.length} publishes`);
  expect(count).toBeGreaterThan(runs * models.length);
}

test('readers on DuckDB see one whole batch of one definition, whatever is published', {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-readers-'));
  const open = () => openEngine({ engine: 'duckdb', path: join(folder, 'read.duckdb'), threads: 2 });
  const engine = await open();
  const reader = await open();
  try {
    await begin(engine);
    const read: Read = async (sql) => (await reader.execute(sql)).rows.map((row) => row.map(String));
    await readWhilePublishing(engine, 40, [read, read]);
  } finally {
    await reader.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

const obstacle = findPostgresObstacle();

describe.skipIf(obstacle !== undefined)(`readers on PostgreSQL${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  const asReader = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('set role etalon_reader');
    const read: Read = async (sql) => (await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows;
    return { client, read };
  };

  test('see one whole batch of one definition, and keep their rights and views', { timeout: 600_000 }, async () => {
    const database = await freshDatabase();
    const engine = await openEngine({ engine: 'postgres', url: database.url, threads: 2 });
    const readers: Awaited<ReturnType<typeof asReader>>[] = [];
    try {
      await begin(engine);
      await engine.execute('create role etalon_reader');
      await engine.execute('grant usage on schema marts, app to etalon_reader');
      await engine.execute('grant select on all tables in schema marts, app to etalon_reader');
      await engine.execute("comment on view app.kept_report is 'For the meeting on Monday.'");
      for (let i = 0; i < 3; i += 1) readers.push(await asReader(database.url));
      const rights = () =>
        engine.execute(
          "select table_schema, table_name, grantee, privilege_type from information_schema.table_privileges where grantee = 'etalon_reader' order by 1, 2, 3, 4",
        );
      const before = (await rights()).rows;
      expect(before).toHaveLength(7);
      await readWhilePublishing(
        engine,
        100,
        readers.map(({ read }) => read),
      );
      expect((await rights()).rows).toEqual(before);
      const { rows } = await engine.execute("select obj_description('app.kept_report'::regclass)");
      expect(rows).toEqual([['For the meeting on Monday.']]);
    } finally {
      for (const { client } of readers) await client.end();
      await engine.close();
      await database.drop();
    }
  });
});
