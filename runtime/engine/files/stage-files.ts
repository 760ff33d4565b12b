import { declareDuckdbType } from '../duckdb/duckdb-types.ts';
import type { FileLoad, FileToLoad, LoadResult, Session } from '../engine.ts';
import { quoteText } from '../quote-name.ts';
import { blameFile, findSourceRows, removeScratch, type SourceRows } from './source-rows.ts';
import { explainRefusal, readTyped } from './value-rules.ts';

/** Where rows stand before they go into a target: `c0` … `cN` typed, `file`, `line`, `reason`, `row`; a reason makes a row a rejected one. */
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

async function createStage(session: Session, load: FileLoad): Promise<void> {
  const columns = load.columns.map(({ type }, index) => `c${index} ${declareDuckdbType(type)}`);
  await session.execute(
    `create or replace temp table etalon_stage (${[...columns, 'file varchar', 'line bigint', 'reason varchar', 'row varchar'].join(', ')})`,
  );
}

function stageSql(load: FileLoad, file: FileToLoad, rows: SourceRows): string {
  const { columns } = load;
  const texts = rows.texts.map((text, index) => `${text} as t${index}`);
  const typed = columns.map(({ type, zone }, index) => `${readTyped(`t${index}`, type, zone)} as c${index}`);
  const reasons = columns.map((column, index) => explainRefusal(column, `t${index}`, `c${index}`));
  const values = columns.map((_, index) => `c${index}`);
  const read = `select ${[...texts, `${rows.fault} as fault`, '*'].join(', ')} from (${rows.from})`;
  const judged = `select *, coalesce(fault, nullif(concat_ws('; ', ${reasons.join(', ')}), '')) as reason from (select ${[...typed, '*'].join(', ')} from (${read}))`;
  const kept = rows.bad === undefined ? '' : ` where line not in (select line from ${badRows(rows.bad)})`;
  const row = `case when reason is not null then ${rows.row} end`;
  return `insert into ${stage} select ${[...values, quoteText(file.name), 'line', 'reason', row].join(', ')} from (${judged})${kept}`;
}

function badRows(path: string): string {
  const columns = "{line: 'bigint', reason: 'varchar', row: 'varchar'}";
  return `read_csv(${quoteText(path)}, columns = ${columns}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\n')`;
}

async function stageFile(session: Session, load: FileLoad, file: FileToLoad, folder: string): Promise<void> {
  const rows = await findSourceRows(session, load, file, folder);
  if (rows === undefined) return;
  try {
    await session.execute(stageSql(load, file, rows));
    if (rows.bad !== undefined) {
      await session.execute(
        `insert into ${stage} (file, line, reason, row) select ${quoteText(file.name)}, line, reason, row from ${badRows(rows.bad)}`,
      );
    }
  } finally {
    removeScratch(rows);
  }
}

function staged(load: FileLoad, counts: { readonly good: number; readonly rejected: number }): StagedRows {
  const values = load.columns.map((_, index) => `c${index}`);
  const batch = `${load.batch}::bigint`;
  const loadedAt = `${quoteText(load.loadedAt)}::timestamptz`;
  return {
    good: `select ${[...values, 'file', 'line', batch, loadedAt].join(', ')} from ${stage} where reason is null`,
    rejected: `select file, line, ${batch}, ${loadedAt}, reason, row from ${stage} where reason is not null order by file, line`,
    goodCount: counts.good,
    rejectedCount: counts.rejected,
  };
}

/** Reads files in DuckDB, row by row judged by one set of rules, and hands them on in portions. `session` is DuckDB's, inside a transaction. */
export async function stageFiles(session: Session, load: FileLoad, folder: string, sink: Sink): Promise<LoadResult> {
  const perFile = new Map(load.files.map(({ name }) => [name, { name, rows: 0, rejected: 0 }]));
  await createStage(session, load);

  async function handOn(): Promise<void> {
    const { rows } = await session.execute(
      `select file, count(*) filter (where reason is null), count(*) filter (where reason is not null) from ${stage} group by file`,
    );
    const sums = { good: 0, rejected: 0 };
    for (const [name, good, rejected] of rows) {
      const counts = perFile.get(String(name))!;
      counts.rows += Number(good);
      counts.rejected += Number(rejected);
      sums.good += Number(good);
      sums.rejected += Number(rejected);
    }
    if (sums.good + sums.rejected > 0) await sink(staged(load, sums));
  }

  for (const file of load.files) {
    try {
      await stageFile(session, load, file, folder);
    } catch (error) {
      throw blameFile(error, file);
    }
    const { rows } = await session.execute(`select count(*) from ${stage}`);
    if (Number(rows[0]?.[0]) >= fullStage) {
      await handOn();
      await createStage(session, load);
    }
  }
  await handOn();
  await session.execute(`drop table ${stage}`);
  return { perFile: [...perFile.values()] };
}
