import { beforeAll, describe, expect, test } from 'vitest';
import { compileFiles, loadParser, type Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { run } from '../../runtime/run/run.ts';
import type { RunResult } from '../../runtime/run/run-types.ts';
import { engines } from './on-engines.ts';
import { watchEngine } from './watch-engine.ts';

/*
 * A table that others write to goes on while a run reads it: what a model is made from was counted before the model was made. That is no row lost, and no reason to stop.
 */

const texts = {
  'project.yml': 'project: live\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: live.duckdb}}\n',
  'models/raw/orders.yml':
    'description: Orders of the app.\nsource: {table: app.orders}\nloaded_at: seen\ncolumns: {id: integer, seen: timestamp}\n',
  'models/clean/orders.yml':
    'description: One row per order.\nfrom: raw.orders\nkey: id\ndedupe: {keep: last, by: seen}\nincremental: {by: key}\ncolumns: {id: null, seen: null}\n',
};

let manifest: Manifest;
beforeAll(async () => {
  await loadParser();
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  manifest = compileFiles(files).manifest!;
});

const runOn = (engine: Engine): Promise<RunResult> => {
  const effects = { clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder: '.' };
  return run({ manifest, engine, effects, command: 'run', threads: 2 });
};

const lastAccount = async (engine: Engine): Promise<readonly string[]> => {
  const { rows } = await engine.execute(
    'select part, row_count from etalon_state.accounts where build = (select max(build) from etalon_state.accounts) order by part',
  );
  return rows.map((row) => row.join(' '));
};

describe.each(engines)('the account of a table that goes on while it is read, on %s', (_, onEngine) => {
  test.each([
    [
      'a row that came meanwhile',
      "insert into app.orders values (3, timestamptz '2025-01-03 00:00:00+00')",
      '2 3 -1',
      '3 3 0',
    ],
    ['a row that went meanwhile', 'delete from app.orders where id = 2', '2 1 1', '1 1 0'],
  ])('%s', (_what, meanwhile, during, after) =>
    onEngine(async (engine) => {
      await engine.execute('create schema app');
      await engine.execute('create table app.orders (id bigint, seen timestamptz)');
      await engine.execute(
        "insert into app.orders values (1, timestamptz '2025-01-01 00:00:00+00'), (2, timestamptz '2025-01-02 00:00:00+00')",
      );
      let isDone = false;
      const before = async (sql: string): Promise<void> => {
        if (isDone || !sql.startsWith('create table "etalon_tables"."clean__orders__')) return;
        isDone = true;
        await engine.execute(meanwhile);
      };
      const sumOf = async (): Promise<string> => {
        const parts = new Map((await lastAccount(engine)).map((line) => line.split(' ') as [string, string]));
        return [parts.get('in'), parts.get('out'), parts.get('rest') ?? '0'].join(' ');
      };
      expect((await runOn(watchEngine(engine, { before }))).exitCode).toBe(0);
      expect(isDone).toBe(true);
      expect(await sumOf()).toBe(during);
      // Once the source was looked at again, all is accounted for.
      expect((await runOn(engine)).exitCode).toBe(0);
      expect(await sumOf()).toBe(after);
    }),
  );
});
