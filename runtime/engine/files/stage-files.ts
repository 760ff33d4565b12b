import { declareDuckdbType } from '../duckdb/duckdb-types.ts';
import { EngineError, type FileLoad, type FileToLoad, type LoadResult, type Session } from '../engine.ts';
import { quoteText } from '../quote-name.ts';
import { findSourceRows, removeScratch, type SourceRows } from './source-rows.ts';
import { explainRefusal, readTyped } from './value-rules.ts';

/** Where rows stand before they go into a target: `c0` … `cN` typed, `file`, `base`, `reason`, `row`; a reason makes a row a rejected one, '' none at all. */
const stage = 'temp.etalon_stage';

/** Rows that wait in the stage before they are handed on: what bounds the memory and disk of a load of any size. */
const fullStage = 2_000_000;

export interface StagedRows {
  /** Typed values, then file, line, batch and instant of loading. */
  readonly good: string;
  /** File, line, batch, instant of loading, reason and row. */
  readonly rejected: string;
  readonly goodCount: number;
  readonly rejectedCount: number;
}

/** Takes over what is staged, before the stage is emptied. */
export type Sink = (rows: StagedRows) => Promise<void>;

interface Counts {
  rows: number;
  rejected: number;
}

async function createStage(session: Session, load: FileLoad): Promise<void> {
  const columns = load.columns.map(({ type }, index) => `c${index} ${declareDuckdbType(type)}`);
  await session.execute(
    `create or replace temp table etalon_stage (${[...columns, 'file varchar', 'base bigint', 'reason varchar', 'row varchar'].join(', ')})`,
  );
}

function stageSql(load: FileLoad, file: FileToLoad, rows: SourceRows, base: number): string {
  const { columns } = load;
  const texts = rows.texts.map((text, index) => `${text} as t${index}`);
  const typed = columns.map(
    ({ type, zone }, index) =>
      `${type.name === 'json' && rows.knownJson ? `t${index}` : readTyped(`t${index}`, type, zone)} as c${index}`,
  );
  const reasons = columns.map((column, index) => explainRefusal(column, `t${index}`, `c${index}`));
  const values = columns.map((_, index) => `c${index}`);
  const read = `select ${[...texts, `${rows.fault} as fault`, '*'].join(', ')} from (${rows.from})`;
  const judged = `select *, coalesce(fault, nullif(concat_ws('; ', ${reasons.join(', ')}), '')) as reason from (select ${[...typed, '*'].join(', ')} from (${read}))`;
  const row = `case when reason <> '' then ${rows.row} end`;
  return `insert into ${stage} select ${[...values, quoteText(file.name), String(base), 'reason', row].join(', ')} from (${judged})`;
}

/** A fault of DuckDB in reading a file is the file's. */
function blameFile(error: unknown, file: FileToLoad): unknown {
  if (
    !(error instanceof EngineError) ||
    !['data', 'sql', 'unreachable'].includes(error.kind) ||
    error.message.includes(`\`${file.name}\``)
  )
    return error;
  return new EngineError('data', `\`${file.name}\` cannot be read: ${error.message.replaceAll(file.path, file.name)}`, {
    cause: error,
  });
}

/** Answers with the number of rows staged. */
async function stageFile(
  session: Session,
  load: FileLoad,
  file: FileToLoad,
  folder: string,
  base: number,
): Promise<number> {
  try {
    const rows = await findSourceRows(session, load, file, folder);
    if (rows === undefined) return 0;
    try {
      const { count } = await session.execute(stageSql(load, file, rows, base));
      if (rows.rows === undefined || rows.rows === count) return count;
      throw new EngineError('data', `\`${file.name}\` has ${rows.rows} rows, of which DuckDB read ${count}`);
    } finally {
      removeScratch(rows);
    }
  } catch (error) {
    throw blameFile(error, file);
  }
}

/**
 * A row's number is its place in the stage: DuckDB inserts in the file's order even from several threads, and numbers what it inserts without gaps.
 * `row_number() over ()` would do the whole load on one thread, at a third of the speed.
 */
async function handOn(
  session: Session,
  load: FileLoad,
  perFile: ReadonlyMap<string, Counts>,
  sink: Sink,
): Promise<void> {
  const { rows } = await session.execute(
    `select file, count(*) filter (where reason is null), count(*) filter (where reason <> ''), min(rowid - base) from ${stage} group by file`,
  );
  const sums = { good: 0, rejected: 0 };
  for (const [name, good, rejected] of rows) {
    const counts = perFile.get(String(name))!;
    counts.rows += Number(good);
    counts.rejected += Number(rejected);
    sums.good += Number(good);
    sums.rejected += Number(rejected);
  }
  if (sums.good + sums.rejected === 0) return;
  const line = `rowid - base - (${rows[0]![3]}) + 1`;
  const values = load.columns.map((_, index) => `c${index}`);
  const loaded = [`${load.batch}::bigint`, `${quoteText(load.loadedAt)}::timestamptz`];
  await sink({
    good: `select ${[...values, 'file', line, ...loaded].join(', ')} from ${stage} where reason is null`,
    rejected: `select ${['file', line, ...loaded, 'reason', 'row'].join(', ')} from ${stage} where reason <> ''`,
    goodCount: sums.good,
    rejectedCount: sums.rejected,
  });
}

/** Reads files in DuckDB, row by row judged by one set of rules, and hands them on in portions. `session` is DuckDB's, inside a transaction. */
export async function stageFiles(session: Session, load: FileLoad, folder: string, sink: Sink): Promise<LoadResult> {
  const perFile = new Map<string, Counts & { readonly name: string }>(
    load.files.map(({ name }) => [name, { name, rows: 0, rejected: 0 }]),
  );
  await createStage(session, load);
  let base = 0;
  for (const file of load.files) {
    base += await stageFile(session, load, file, folder, base);
    if (base < fullStage) continue;
    await handOn(session, load, perFile, sink);
    await createStage(session, load);
    base = 0;
  }
  await handOn(session, load, perFile, sink);
  await session.execute(`drop table ${stage}`);
  return { perFile: [...perFile.values()] };
}
