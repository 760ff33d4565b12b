import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../compiler/index.ts';
import type { RunResult } from '../runtime/run/run-types.ts';
import { countRowsRead } from './count-rows-read.ts';
import { addLate, addNewDay, createTables } from './incremental-by-hand.ts';
import { type History, historyOf, writeHistory, writeLate, writeNewDay, writeProject } from './incremental-project.ts';
import { duckdbSide, postgresSide, type Side } from './incremental-sides.ts';
import { type Benchmark, best, type Figure, type Timing } from './measure.ts';
import { withPostgres } from './postgres-server.ts';
import { getManifest, timeRun } from './run-in-process.ts';
import { withFolder } from './temporary-folder.ts';

type EngineName = 'duckdb' | 'postgres';

interface Case {
  readonly engine: EngineName;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly history: History;
  readonly ours: Side;
  readonly hand: Side;
}

/**
 * A long history of events, then one new day, then late rows over many old days: what a run costs against the first build, and against the same delete and insert by hand. The cost of
 * a day must go with the day and not with the history.
 */
export function incrementalBenchmark(millions: number, engines: readonly EngineName[]): Benchmark {
  return {
    name: `incremental-${millions}m`,
    run: () =>
      withFolder(async (folder) => {
        const history = historyOf(millions * 1_000_000);
        writeProject(folder);
        await writeHistory(folder, history);
        await writeNewDay(join(folder, 'new-day.parquet'), history);
        await writeLate(join(folder, 'late.parquet'), history);
        const common = { folder, manifest: await getManifest(folder), history };
        const figures: Figure[] = [];
        if (engines.includes('duckdb')) {
          const sides = { ours: duckdbSide(folder, 'ours'), hand: duckdbSide(folder, 'hand') };
          figures.push(...(await measure({ engine: 'duckdb', ...common, ...sides })));
        }
        if (engines.includes('postgres')) {
          const found = await withPostgres(async (server) => {
            await server.execute('create database ours template template0', 'create database hand template template0');
            const sides = { ours: postgresSide(folder, server, 'ours'), hand: postgresSide(folder, server, 'hand') };
            return measure({ engine: 'postgres', ...common, ...sides });
          });
          figures.push(...(found ?? []));
        }
        return figures;
      }),
  };
}

/** In turns: what disturbs one disturbs the other. Before them one more, in which rows are counted and nothing is timed. */
const turns = 3;

async function measure(one: Case): Promise<readonly Figure[]> {
  const { folder, manifest, history, ours, hand } = one;
  const first = await timeRun(folder, manifest, ours.target, 2);
  const files = join(folder, 'data', 'history-*.parquet');
  const byHand = await hand.runByHand(files, ['create table raw as select * from arrived', ...createTables()]);
  await ours.keep();
  await hand.keep();
  let day: Measured | undefined;
  let late: Measured | undefined;
  for (let turn = 0; turn <= turns; turn += 1) {
    await ours.restore();
    await hand.restore();
    day = await addFile(one, 'new-day', addNewDay(history), day);
    late = await addFile(one, 'late', addLate(history), late);
    for (const name of ['new-day', 'late']) rmSync(join(folder, 'data', `${name}.parquet`));
  }
  return figuresOf(one, first, byHand, day!, late!);
}

interface Measured {
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly ours?: Timing;
  readonly hand?: Timing;
}

async function addFile(
  { folder, manifest, ours, hand }: Case,
  name: string,
  statements: readonly string[],
  before: Measured | undefined,
): Promise<Measured> {
  const file = join(folder, 'data', `${name}.parquet`);
  cpSync(join(folder, `${name}.parquet`), file);
  const run = () => timeRun(folder, manifest, ours.target, 2);
  if (before === undefined) {
    const { value, rowsRead } = await countRowsRead(ours.target, run);
    await hand.runByHand(file, statements);
    return { rowsRead, rowsWritten: countWritten(value.result) };
  }
  const { result, ...timing } = await run();
  if (process.env.ETALON_BENCH_STEPS)
    for (const { model, seconds, repaired } of result.steps)
      process.stderr.write(`  ${model} ${seconds} s ${JSON.stringify(repaired)}\n`);
  const byHand = await hand.runByHand(file, statements);
  return { ...before, ours: best(timing, before.ours), hand: best(byHand, before.hand) };
}

/** Rows that came or went, of all models. */
function countWritten({ steps }: RunResult): number {
  const whole = steps.find((step) => step.status === 'built' && !step.repaired && step.filesLoaded === undefined);
  if (whole) throw new Error(`${whole.model} was rebuilt whole: ${whole.reason}`);
  return steps.reduce((sum, step) => sum + (step.repaired?.rows ?? 0), 0);
}

function figuresOf(one: Case, first: Timing, byHand: Timing, day: Measured, late: Measured): readonly Figure[] {
  const { engine, history } = one;
  const words = `${history.rows / 1e6} M events, ${engine === 'duckdb' ? 'DuckDB' : 'PostgreSQL'}`;
  const target = history.rows === 10_000_000 ? { target: engine === 'duckdb' ? '0.5 s' : '2 s' } : {};
  const increment = (work: string, { ours, hand, rowsRead, rowsWritten }: Measured): Figure => ({
    work: `${words}: ${work}`,
    ...ours!,
    floor: { what: 'delete and insert by hand', ...hand! },
    note: `${Math.round(first.seconds / ours!.seconds)}x faster than the first build, ${inMillions(rowsRead)} rows read, ${inMillions(rowsWritten)} written`,
  });
  return [
    {
      work: `${words}: first build`,
      seconds: first.seconds,
      ...(first.cpuSeconds === undefined ? {} : { cpuSeconds: first.cpuSeconds }),
      floor: { what: 'the same SQL by hand', ...byHand },
    },
    { ...increment('one new day', day), ...target },
    increment(`${history.lateRows} late rows over ${history.lateDays} days`, late),
  ];
}

function inMillions(rows: number): string {
  return `${(rows / 1e6).toFixed(rows < 1e6 ? 2 : 1)} M`;
}
