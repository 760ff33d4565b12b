import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../compiler/index.ts';
import type { RunResult } from '../runtime/run/run-types.ts';
import { countRowsRead } from './count-rows-read.ts';
import { duckdbSide, postgresSide, type Side } from './incremental-sides.ts';
import { best, type Figure, type Timing } from './measure.ts';
import { withPostgres } from './postgres-server.ts';
import { getManifest, timeRun } from './run-in-process.ts';

export type EngineName = 'duckdb' | 'postgres';

/** A file that arrives after the first build, and what somebody does about it by hand: from the table `arrived`, in SQL of both engines. */
export interface Arrival {
  /** `NAME.parquet` in the folder. */
  readonly name: string;
  readonly work: string;
  readonly byHand: readonly string[];
  readonly target?: Readonly<Partial<Record<EngineName, string>>>;
  /** Of the run, what the figure should say besides. */
  readonly note?: (result: RunResult) => string;
}

/** A project in a folder with `data/history-*.parquet`, and files that arrive one after another. */
export interface IncrementalCase {
  readonly folder: string;
  /** What the figures begin with: `10 M events`. */
  readonly words: string;
  /** The columns of all files, in SQL of PostgreSQL. */
  readonly columns: string;
  /** From the table `raw`. */
  readonly createTables: readonly string[];
  readonly arrivals: readonly Arrival[];
  /** Queries of one row that both sides must answer alike, ours and that of the tables by hand. */
  readonly agree?: readonly { readonly ours: string; readonly hand: string }[];
  /** Measured besides, after the first build; `title` is what the figures begin with. */
  readonly ask?: (manifest: Manifest, ours: Side, hand: Side, title: string) => Promise<readonly Figure[]>;
}

interface Sides {
  readonly engine: EngineName;
  readonly manifest: Manifest;
  readonly ours: Side;
  readonly hand: Side;
}

/** The first build, and each arrival, on each engine: what a run costs against the same delete and insert by hand. */
export async function measureIncrements(
  one: IncrementalCase,
  engines: readonly EngineName[],
): Promise<readonly Figure[]> {
  const { folder, columns } = one;
  const manifest = await getManifest(folder);
  const figures: Figure[] = [];
  if (engines.includes('duckdb')) {
    const sides = { ours: duckdbSide(folder, 'ours'), hand: duckdbSide(folder, 'hand') };
    figures.push(...(await measure(one, { engine: 'duckdb', manifest, ...sides })));
  }
  if (engines.includes('postgres')) {
    const found = await withPostgres(async (server) => {
      await server.execute('create database ours template template0', 'create database hand template template0');
      const [ours, hand] = [
        postgresSide(folder, server, 'ours', columns),
        postgresSide(folder, server, 'hand', columns),
      ];
      return measure(one, { engine: 'postgres', manifest, ours, hand });
    });
    figures.push(...(found ?? []));
  }
  return figures;
}

/** In turns: what disturbs one disturbs the other. Before them one more, in which rows are counted and nothing is timed. */
const turns = 3;

async function measure(one: IncrementalCase, sides: Sides): Promise<readonly Figure[]> {
  const { folder, arrivals } = one;
  const { manifest, ours, hand } = sides;
  const first = await timeRun(folder, manifest, ours.target, 2);
  const files = join(folder, 'data', 'history-*.parquet');
  const byHand = await hand.runByHand(files, ['create table raw as select * from arrived', ...one.createTables]);
  await compare(one, sides);
  const asked = (await one.ask?.(manifest, ours, hand, titleOf(one, sides.engine))) ?? [];
  await ours.keep();
  await hand.keep();
  const measured = new Map<Arrival, Measured>();
  for (let turn = 0; turn <= turns; turn += 1) {
    await ours.restore();
    await hand.restore();
    for (const arrival of arrivals) measured.set(arrival, await addFile(folder, arrival, sides, measured.get(arrival)));
    if (turn === 0) await compare(one, sides);
    for (const { name } of arrivals) rmSync(join(folder, 'data', `${name}.parquet`));
  }
  return [...figuresOf(one, sides.engine, first, byHand, measured), ...asked];
}

async function compare({ agree = [] }: IncrementalCase, { ours, hand }: Sides): Promise<void> {
  for (const queries of agree) {
    const [left, right] = [await ours.ask(queries.ours), await hand.ask(queries.hand)];
    if (left !== right) throw new Error(`the two sides differ: ${queries.ours} is ${left}, by hand ${right}`);
  }
}

interface Measured {
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly note?: string;
  readonly ours?: Timing;
  readonly hand?: Timing;
}

async function addFile(
  folder: string,
  { name, byHand, note }: Arrival,
  { manifest, ours, hand }: Sides,
  before: Measured | undefined,
): Promise<Measured> {
  const file = join(folder, 'data', `${name}.parquet`);
  cpSync(join(folder, `${name}.parquet`), file);
  const run = () => timeRun(folder, manifest, ours.target, 2);
  if (before === undefined) {
    const { value, rowsRead } = await countRowsRead(ours.target, run);
    await hand.runByHand(file, byHand);
    return {
      rowsRead,
      rowsWritten: countWritten(manifest, value.result),
      ...(note ? { note: note(value.result) } : {}),
    };
  }
  const { result, ...timing } = await run();
  if (process.env.ETALON_BENCH_STEPS)
    for (const { model, seconds, repaired } of result.steps)
      process.stderr.write(`  ${model} ${seconds} s ${JSON.stringify(repaired)}\n`);
  const handTiming = await hand.runByHand(file, byHand);
  return { ...before, ours: best(timing, before.ours), hand: best(handTiming, before.hand) };
}

/** Rows that came or went, of all models. Views are made again for nothing. */
function countWritten({ models }: Manifest, { steps }: RunResult): number {
  const stored = new Set(models.filter(({ materialized }) => materialized === 'incremental').map(({ name }) => name));
  const whole = steps.find(({ model, status, repaired }) => stored.has(model) && status === 'built' && !repaired);
  if (whole) throw new Error(`${whole.model} was rebuilt whole: ${whole.reason}`);
  return steps.reduce((sum, step) => sum + (step.repaired?.rows ?? 0), 0);
}

function figuresOf(
  one: IncrementalCase,
  engine: EngineName,
  first: Timing,
  byHand: Timing,
  measured: ReadonlyMap<Arrival, Measured>,
): readonly Figure[] {
  const title = titleOf(one, engine);
  const increments = one.arrivals.map((arrival): Figure => {
    const { ours, hand, rowsRead, rowsWritten, note } = measured.get(arrival)!;
    const target = arrival.target?.[engine];
    const counts = `${inMillions(rowsRead)} rows read, ${inMillions(rowsWritten)} written`;
    const faster = `${Math.round(first.seconds / ours!.seconds)}x faster than the first build`;
    return {
      work: `${title}: ${arrival.work}`,
      ...ours!,
      floor: { what: 'delete and insert by hand', ...hand! },
      note: [faster, counts, ...(note === undefined ? [] : [note])].join(', '),
      ...(target === undefined ? {} : { target }),
    };
  });
  const { seconds, cpuSeconds } = first;
  const cpu = cpuSeconds === undefined ? {} : { cpuSeconds };
  return [
    { work: `${title}: first build`, seconds, ...cpu, floor: { what: 'the same SQL by hand', ...byHand } },
    ...increments,
  ];
}

function titleOf({ words }: IncrementalCase, engine: EngineName): string {
  return `${words}, ${engine === 'duckdb' ? 'DuckDB' : 'PostgreSQL'}`;
}

function inMillions(rows: number): string {
  return `${(rows / 1e6).toFixed(rows < 1e6 ? 2 : 1)} M`;
}
