import { renderType } from '../../../compiler/index.ts';
import { EngineError, type FileLoad, type LoadResult, type Session } from '../engine.ts';
import { quoteText } from '../quote-name.ts';
import { blameFiles, describeFiles } from './blame-files.ts';
import { ColumnFinder } from './found-columns.ts';
import { gatherFiles } from './gather-files.ts';
import type { PartOfPortion, Portion } from './portions.ts';
import { explainRefusal, isRefusal, readTyped } from './value-rules.ts';

/** Where rows stand before they go into a target: `c0` … `cN` typed, `reason`, `row`; a reason makes a row a rejected one, '' none at all. */
const stage = 'temp.etalon_stage';

/** What bounds the memory and disk of a load of any size: rows that wait in the stage, and files that they are of. */
const fullStage = 2_000_000;
const fullParts = 2_000;

/** Rows of the stage from the first to before the last, counted from 0. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

export interface StagedRows {
  /** How many there are in all: what slices are cut of. */
  readonly count: number;
  /** SQL of typed values, then file, line, batch and instant of loading. */
  readonly good: (slice?: Slice) => string;
  /** SQL of file, line, batch, instant of loading, reason and row. */
  readonly rejected: (slice?: Slice) => string;
  readonly goodCount: number;
  readonly rejectedCount: number;
}

/** Takes over what is staged, before the stage is emptied. */
export type Sink = (rows: StagedRows) => Promise<void>;

interface Counts {
  readonly name: string;
  rows: number;
  rejected: number;
}

/** What stands in the stage, in this order. */
interface Staged {
  readonly parts: PartOfPortion[];
  rows: number;
}

async function createStage(session: Session, load: FileLoad): Promise<Staged> {
  const columns = load.columns.map(({ type }, index) => `c${index} ${renderType(type, 'duckdb')}`);
  await session.execute(
    `create or replace temp table etalon_stage (${[...columns, 'reason varchar', 'row varchar'].join(', ')})`,
  );
  return { parts: [], rows: 0 };
}

function stageSql({ columns }: FileLoad, { source }: Portion): string {
  const texts = source.texts.map((text, index) => `${text} as t${index}`);
  const typed = columns.map(
    ({ type, zone }, index) =>
      `${type.name === 'json' && source.knownJson ? `t${index}` : readTyped(`t${index}`, type, zone)} as c${index}`,
  );
  const reasons = columns.map((column, index) => explainRefusal(column, `t${index}`, `c${index}`));
  const values = columns.map((_, index) => `c${index}`);
  const read = `select ${[...texts, `${source.fault} as fault`, '*'].join(', ')} from (${source.from})`;
  const judged = `select *, coalesce(fault, nullif(concat_ws('; ', ${reasons.join(', ')}), '')) as reason from (select ${[...typed, '*'].join(', ')} from (${read}))`;
  const row = `case when reason <> '' then ${source.row} end`;
  return `insert into ${stage} select ${[...values, 'reason', row].join(', ')} from (${judged})`;
}

async function stagePortion(
  session: Session,
  load: FileLoad,
  portion: Portion,
  staged: Staged,
  finder: ColumnFinder,
): Promise<void> {
  const { parts, scratch } = portion;
  const files = parts.map(({ file }) => file);
  try {
    const expected = parts.reduce((sum, part) => sum + part.rows, 0);
    const { count } = await session.execute(stageSql(load, portion));
    if (count !== expected)
      throw new EngineError('data', `${describeFiles(files)} has ${expected} rows, of which DuckDB read ${count}`);
    await finder.look(session, portion);
    staged.parts.push(...parts);
    staged.rows += count;
  } catch (error) {
    throw blameFiles(error, files);
  } finally {
    scratch?.remove();
  }
}

/** The parts that have rows, and the number of the first row of each, from 0. */
interface Places {
  readonly files: readonly string[];
  readonly starts: readonly number[];
}

function findPlaces(parts: readonly PartOfPortion[]): Places {
  const filled = parts.filter(({ rows }) => rows > 0);
  let next = 0;
  const starts = filled.map(({ rows }) => {
    const start = next;
    next += rows;
    return start;
  });
  return { files: filled.map(({ file }) => file.name), starts };
}

/** SQL of which part a row is of, from 1, by halves: a join would sort the rows. */
function findPart(starts: readonly number[], from = 0, to = starts.length): string {
  if (to - from === 1) return String(to);
  const middle = (from + to) >> 1;
  return `case when place < ${starts[middle]} then ${findPart(starts, from, middle)} else ${findPart(starts, middle, to)} end`;
}

/**
 * SQL of the stage with each row's part. A row's place is its number in the stage: DuckDB inserts in the files' order even from several threads, and numbers
 * what it inserts without gaps. `row_number() over ()` would do the whole load on one thread, at a third of the speed.
 */
function placeRows({ starts }: Places, first: string): string {
  return `select *, ${findPart(starts)} as part from (select *, rowid - ${first} as place from ${stage})`;
}

/** Few rows are refused or none at all, so only those are counted; how many there are in all is known. */
async function countRows(
  session: Session,
  placed: string,
  staged: Staged,
  perFile: ReadonlyMap<string, Counts>,
): Promise<Pick<StagedRows, 'goodCount' | 'rejectedCount'>> {
  const filled = staged.parts.filter(({ rows }) => rows > 0);
  const { rows } = await session.execute(
    `select part, count(*), count(*) filter (where reason <> '') from (${placed}) where reason is not null group by part`,
  );
  const sums = { goodCount: staged.rows, rejectedCount: 0 };
  for (const part of filled) perFile.get(part.file.name)!.rows += part.rows;
  for (const [part, outside, rejected] of rows) {
    const counts = perFile.get(filled[Number(part) - 1]!.file.name)!;
    counts.rows -= Number(outside);
    counts.rejected += Number(rejected);
    sums.goodCount -= Number(outside);
    sums.rejectedCount += Number(rejected);
  }
  return sums;
}

async function handOn(
  session: Session,
  load: FileLoad,
  staged: Staged,
  perFile: ReadonlyMap<string, Counts>,
  finder: ColumnFinder,
  sink: Sink,
): Promise<void> {
  if (staged.rows === 0) return;
  const ends = await session.execute(`select min(rowid), max(rowid) from ${stage}`);
  const [first, last] = ends.rows[0]!.map(String);
  if (BigInt(last!) - BigInt(first!) + 1n !== BigInt(staged.rows))
    throw new Error('rows of the stage are not numbered one by one');
  const places = findPlaces(staged.parts);
  const placed = placeRows(places, first!);
  const sums = await countRows(session, placed, staged, perFile);
  if (sums.goodCount + sums.rejectedCount === 0) return;
  await finder.count(session, stage, sums.rejectedCount === 0 ? undefined : load.columns.map(isRefusal));
  const values = load.columns.map((_, index) => `c${index}`);
  const file = `[${places.files.map(quoteText).join(', ')}][part]`;
  const line = `place - ([${places.starts.join(', ')}]::bigint[])[part] + 1`;
  const loaded = [`${load.batch}::bigint`, `${quoteText(load.loadedAt)}::timestamptz`];
  const rows = (columns: readonly string[], which: string) => (slice?: Slice) => {
    const within = slice === undefined ? '' : ` and place >= ${slice.from} and place < ${slice.to}`;
    return `select ${columns.join(', ')} from (${placed}) where ${which}${within}`;
  };
  await sink({
    count: staged.rows,
    good: rows([...values, file, line, ...loaded], 'reason is null'),
    rejected: rows([file, line, ...loaded, 'reason', 'row'], "reason <> ''"),
    ...sums,
  });
}

/** Reads files in DuckDB, row by row judged by one set of rules, and hands them on in portions. `session` is DuckDB's, inside a transaction. */
export async function stageFiles(session: Session, load: FileLoad, folder: string, sink: Sink): Promise<LoadResult> {
  const perFile = new Map<string, Counts>(load.files.map(({ name }) => [name, { name, rows: 0, rejected: 0 }]));
  const finder = new ColumnFinder(load);
  let staged = await createStage(session, load);
  const take = async (portion: Portion): Promise<void> => {
    await stagePortion(session, load, portion, staged, finder);
    if (staged.rows < fullStage && staged.parts.length < fullParts) return;
    await handOn(session, load, staged, perFile, finder, sink);
    staged = await createStage(session, load);
  };
  // DuckDB reads one portion while the next is looked at here.
  let taking: Promise<void> = Promise.resolve();
  try {
    for await (const portion of gatherFiles(session, load, folder)) {
      await taking.catch((error: unknown) => {
        portion.scratch?.remove();
        throw error;
      });
      taking = take(portion);
      taking.catch(() => undefined);
    }
  } finally {
    await taking;
  }
  await handOn(session, load, staged, perFile, finder, sink);
  await session.execute(`drop table ${stage}`);
  return { perFile: [...perFile.values()], found: finder.result() };
}
