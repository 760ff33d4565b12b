import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../runtime/engine/engine.ts';
import { identifyProcess } from '../../runtime/engine/process-identity.ts';
import { readHistory } from '../../runtime/run/read-history.ts';
import { run } from '../../runtime/run/run.ts';
import type { RunEvent } from '../../runtime/run/run-types.ts';
import { engines } from './on-engines.ts';
import { sampleManifest } from './sample-manifest.ts';
import { watchEngine } from './watch-engine.ts';

const manifest = sampleManifest([
  {
    name: 'raw.numbers',
    columns: 'n integer, seen timestamp',
    source: { from: 'table', table: 'app.numbers', loadedAt: 'seen' },
  },
  { name: 'clean.first', columns: 'n integer', sql: 'select n from raw.numbers' },
  {
    name: 'marts.slow',
    columns: 'n integer',
    sql: 'select count(*) as n from clean.first a, clean.first b, clean.first c, clean.first d where a.n + b.n + c.n + d.n < 0',
  },
  { name: 'marts.below', columns: 'n integer', sql: 'select n from marts.slow' },
]);

async function fill(engine: Engine, rows: number): Promise<void> {
  await engine.execute('create schema app');
  await engine.execute('create table app.numbers (n bigint, seen timestamptz)');
  const values = Array.from({ length: rows }, (_, n) => `(${n}, timestamptz '2025-01-01T00:00:00Z')`);
  await engine.execute(`insert into app.numbers values ${values.join(', ')}`);
}

function runOnce(engine: Engine, signal?: AbortSignal, emit: (event: RunEvent) => void = () => undefined) {
  const effects = {
    clock: () => '2025-06-01T00:00:00Z',
    emit,
    folder: '.',
    ...(signal === undefined ? {} : { signal }),
  };
  return run({ manifest, engine, effects, command: 'run', threads: 2 });
}

describe.each(engines)('an interrupted run on %s', (_, onEngine) => {
  test('stops the query in the database, marks what it left, and the next run goes on from there', () =>
    onEngine(async (engine) => {
      await fill(engine, 400);
      const stop = new AbortController();
      // 400⁴ combinations take minutes: only a cancelled query ends in time.
      const watched = watchEngine(engine, {
        before: (sql) => {
          if (sql.startsWith('create table') && sql.includes('marts__slow')) setTimeout(() => stop.abort(), 100);
        },
      });
      const result = await runOnce(watched, stop.signal);
      expect(result).toMatchObject({ status: 'interrupted', exitCode: 130 });
      expect(result.steps.map((step) => [step.model, step.status])).toEqual([
        ['raw.numbers', 'built'],
        ['clean.first', 'built'],
        ['marts.slow', 'skipped'],
        ['marts.below', 'skipped'],
      ]);
      expect(result.steps[2]?.reason).toBe('the run was interrupted');
      const history = await readHistory({ engine, manifest });
      expect(history.runs[0]).toMatchObject({ status: 'interrupted', built: 2, skipped: 2 });
      expect(history.models['marts.slow']).toMatchObject({ status: 'failing', reason: 'the run was interrupted' });
      await engine.execute('delete from app.numbers where n > 3');
      expect(await runOnce(engine)).toMatchObject({ status: 'done', exitCode: 0 });
    }));

  test('before anything begins, builds nothing', () =>
    onEngine(async (engine) => {
      await fill(engine, 3);
      const result = await runOnce(engine, AbortSignal.abort());
      expect(result).toMatchObject({ status: 'interrupted', exitCode: 130 });
      expect(result.steps.every((step) => step.status === 'skipped')).toBe(true);
      expect(await runOnce(engine)).toMatchObject({ status: 'done' });
    }));
});

describe.each(engines)('two runs at once on %s', (_, onEngine) => {
  test('the second is told who writes, the first is not disturbed', () =>
    onEngine(async (engine) => {
      await fill(engine, 3);
      let second: Promise<unknown> | undefined;
      const first = await runOnce(
        watchEngine(engine, {
          before: async (sql) => {
            if (second !== undefined || !sql.startsWith('create table "etalon_tables"')) return;
            second = runOnce(engine).catch((error: unknown) => error);
            await second;
          },
        }),
      );
      expect(first).toMatchObject({ status: 'done' });
      const refusal = await second;
      expect(refusal).toMatchObject({ kind: 'busy' });
      expect(String(refusal)).toContain(
        `run \`${first.id}\` (\`etalon run\`, pid ${process.pid} on ${hostname()} since 2`,
      );
    }));

  test('a claim of a run that died in this process, or with its process, is taken over and its run closed', () =>
    onEngine(async (engine) => {
      await fill(engine, 3);
      await runOnce(engine);
      await engine.execute("insert into etalon_state.runs (id, number, status) values ('dead', 2, 'running')");
      const { boot, space } = identifyProcess();
      await engine.execute(
        `insert into etalon_state.claimants (run, token, command, host, pid, process, acquired_at, heartbeat_at)
         values ('dead', 1, 'run', '${hostname()}', 999999, '${boot} ${space} 1', current_timestamp, current_timestamp)`,
      );
      await engine.execute("insert into etalon_state.claims values ('dead', 1, 'marts.slow', 'write')");
      expect(await runOnce(engine)).toMatchObject({ status: 'done' });
      const { runs } = await readHistory({ engine, manifest });
      expect(runs.find((record) => record.id === 'dead')).toMatchObject({ status: 'interrupted' });
    }));
});

describe.each(engines)('events on %s', (_, onEngine) => {
  test('tell the run, each step and the end, in order', () =>
    onEngine(async (engine) => {
      await fill(engine, 3);
      const events: RunEvent[] = [];
      await runOnce(engine, undefined, (event) => events.push(event));
      expect(events.map((event) => event.event)).toEqual([
        'run_started',
        ...Array.from({ length: 4 }, () => ['step_started', 'step_ended']).flat(),
        'run_ended',
      ]);
      expect(events[0]).toMatchObject({ models: 4, target: engine.label });
    }));
});
