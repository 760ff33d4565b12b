import { loadParser, type Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { run } from '../../runtime/run/run.ts';
import type { RunOptions } from '../../runtime/run/run-options.ts';
import type { RunEvent, RunResult } from '../../runtime/run/run-types.ts';
import { sampleManifest } from './sample-manifest.ts';
import { watchEngine } from './watch-engine.ts';

await loadParser();

/** A source, a table that everything reads, and two marts with nothing else in common; below one of them a third. */
export function forkedManifest(change = ''): Manifest {
  return sampleManifest(
    [
      {
        name: 'raw.numbers',
        columns: 'n integer, seen timestamp',
        source: { from: 'table', table: 'app.numbers', loadedAt: 'seen' },
      },
      { name: 'clean.numbers', columns: 'n integer', sql: 'select n from raw.numbers' },
      { name: 'marts.left', columns: 'n integer', sql: `select n + 1 as n from clean.numbers ${change}` },
      { name: 'marts.right', columns: 'n integer', sql: `select n + 2 as n from clean.numbers ${change}` },
      { name: 'marts.under', columns: 'n integer', sql: 'select n from marts.left' },
    ],
    [{ name: 'left is not empty', model: 'marts.left', failures: 'select 1 as x from marts.left having count(*) = 0' }],
  );
}

export async function fill(engine: Engine): Promise<void> {
  await engine.execute('create schema app');
  await engine.execute('create table app.numbers (n bigint, seen timestamptz)');
  await engine.execute("insert into app.numbers select 1, timestamptz '2025-01-01T00:00:00Z'");
}

/** Something that happens once, and may be waited for. */
export interface Signal {
  readonly happened: Promise<void>;
  readonly give: () => void;
}

export function createSignal(): Signal {
  let give = (): void => undefined;
  const happened = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { happened, give };
}

type Asked = Partial<Pick<RunOptions, 'select' | 'ifBusy' | 'waitSeconds' | 'testsOnly' | 'fullRefresh'>> & {
  readonly manifest?: Manifest;
  readonly onEvent?: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
};

export function runForked(engine: Engine, asked: Asked = {}): Promise<RunResult> {
  const { manifest = forkedManifest(), onEvent = () => undefined, signal, ...rest } = asked;
  const effects = { clock: () => '2025-06-01T00:00:00Z', emit: onEvent, folder: '.', ...(signal ? { signal } : {}) };
  return run({ manifest, engine, effects, command: 'run', threads: 2, ...rest });
}

/** The engine comes to the statement that begins to make a relation of the model, says so, and goes on when it is told to. */
export function stopBefore(
  engine: Engine,
  model: string,
): { readonly engine: Engine; readonly reached: Promise<void>; readonly goOn: () => void } {
  const start = `create table "etalon_tables"."${model.replace('.', '__')}__`;
  const reached = createSignal();
  const released = createSignal();
  const before = async (sql: string): Promise<void> => {
    if (!sql.startsWith(start)) return;
    reached.give();
    await released.happened;
  };
  return { engine: watchEngine(engine, { before }), reached: reached.happened, goOn: released.give };
}

export const statuses = (result: RunResult): Readonly<Record<string, string>> =>
  Object.fromEntries(result.steps.map((step) => [step.model, step.status]));

export const rowsOf = async (engine: Engine, sql: string): Promise<readonly (readonly unknown[])[]> =>
  (await engine.execute(sql)).rows;
