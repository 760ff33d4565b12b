import {
  type ColumnType,
  canonicalType,
  type DialectName,
  type ManifestColumn,
  type ManifestModel,
  parseType,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  quoteLiteral,
  renderSql,
  tellsArrival,
  type Value,
} from '../../compiler/index.ts';
import { type Engine, EngineError, type Session } from '../engine/engine.ts';
import type { SourceHistory } from '../schedule/find-loss.ts';
import type { KnownCursor, ObservedTable, SeenArrivals, TableShape } from '../schedule/target-state.ts';
import { describeMissing } from './describe-missing.ts';
import { StepError } from './run-context.ts';
import { changesName } from './target-names.ts';

/** The table that a source reads: `app.events`, or one without a schema in the engine's own. */
export async function findSourceTable(session: Session, model: ManifestModel): Promise<QualifiedName> {
  const written = model.source?.table ?? '';
  const dot = written.indexOf('.');
  if (dot >= 0) return { schema: written.slice(0, dot), table: written.slice(dot + 1) };
  const schema = (await session.execute('select current_schema()')).rows[0]?.[0];
  return { schema: String(schema), table: written };
}

/** What is known of a source table: how far it was read, and the view over it where its rows are written down as they come. */
export interface KnownTable {
  readonly cursor: KnownCursor | undefined;
  readonly relation: QualifiedName | undefined;
  /** Its columns were written down when it was last read; absent: whether they are others is not asked. */
  readonly shape?: 'recorded' | 'new';
}

/** One query: how many rows there are, the last arrival, and what has become of the rows that the last cursor knew. */
export async function observeTable(
  engine: Engine,
  model: ManifestModel,
  { cursor, relation, shape }: KnownTable,
  now: string,
): Promise<ObservedTable> {
  if (model.source?.loadedAt === undefined) return { unknown: true };
  const table = await findSourceTable(engine, model);
  const arrival = castColumn(getColumn(model, model.source.loadedAt));
  const known = tellsArrival(model);
  const last = known ? `max(${arrival}) filter (where ${arrival} <= ${instant(now)})` : `max(${arrival})`;
  const mark = known && cursor?.counts ? cursor.watermark : undefined;
  try {
    const { dialect } = engine.capabilities;
    const counts = mark === undefined ? [] : countsSql(model, mark);
    const sql = renderSql(
      `select ${['count(*)', last, ...counts].join(', ')} from ${model.name}`,
      dialect,
      () => table,
    );
    const moved =
      mark === undefined || relation === undefined
        ? 'null'
        : `select count(*) from (${movedSql(model, relation, mark, dialect)}) as m`;
    const columns = shape === undefined ? 'null, null' : shapeSql(model, table, shape === 'recorded');
    const found = await engine.execute(`select t.*, (${moved}), ${columns} from (${sql}) as t`);
    const [rows, watermark, ...seen] = found.rows[0] ?? [];
    const [came = null, seenColumns = null, knownColumns = null] = seen.splice(-3);
    return {
      rows: Number(rows ?? 0),
      ...(watermark === null || watermark === undefined ? {} : { watermark: String(watermark) }),
      ...(mark === undefined ? {} : { counts: toCounts(seen) }),
      ...(came === null ? {} : { moved: Number(came) }),
      ...(seenColumns === null ? {} : { shape: toShape(String(seenColumns), knownColumns) }),
    };
  } catch (error) {
    if (!(error instanceof EngineError) || (error.kind !== 'sql' && error.kind !== 'data')) throw error;
    // The view of its declared columns may have lost one, or hold something else; the table itself may still be read.
    if (mark !== undefined) {
      const columns = shape === undefined ? {} : { shape };
      return observeTable(engine, model, { cursor: undefined, relation: undefined, ...columns }, now);
    }
    return { problem: (await describeMissing(engine, model, table)) ?? error.message };
  }
}

const tab = 'chr(9)';
const line = 'chr(10)';

/**
 * SQL of a table's columns with the engine's words for their types, and of what was written down of them, as two values: so that one query tells of the rows and of the columns.
 */
function shapeSql(model: ManifestModel, table: QualifiedName, isRecorded: boolean): string {
  const list = (type: string) => `string_agg(column_name || ${tab} || ${type}, ${line})`;
  const precise = "coalesce('(' || numeric_precision || ',' || numeric_scale || ')', '')";
  const now = `select ${list(`data_type || ${precise}`)} from information_schema.columns
    where table_catalog = current_database() and table_schema = ${quoteLiteral(table.schema)} and table_name = ${quoteLiteral(table.table)}`;
  const known = `select ${list('database_type')} from etalon_state.source_columns where model = ${quoteLiteral(model.name)}`;
  return `(${now}), (${isRecorded ? known : 'select null'})`;
}

function toShape(now: string, known: Value): TableShape {
  return { now: now.split('\n'), ...(known === null ? {} : { known: String(known).split('\n') }) };
}

/** What a cursor at `watermark` is to remember, as the table is now; and what it has become of what the cursor before counted. */
export async function countArrivals(
  session: Session,
  engine: Engine,
  model: ManifestModel,
  table: QualifiedName,
  watermark: string,
  before: string | undefined,
): Promise<{ readonly rows: number; readonly counts: SeenArrivals; readonly since: SeenArrivals }> {
  const counts = [...countsSql(model, watermark), ...countsSql(model, before ?? watermark)];
  const sql = `select ${['count(*)', ...counts].map((count, index) => `${count} as c${index}`).join(', ')} from ${model.name}`;
  const found = await session.execute(renderSql(sql, engine.capabilities.dialect, () => table));
  const [rows, ...seen] = found.rows[0] ?? [];
  return { rows: Number(rows ?? 0), counts: toCounts(seen), since: toCounts(seen.slice(3)) };
}

function countsSql(model: ManifestModel, watermark: string): readonly string[] {
  const arrival = castColumn(getColumn(model, model.source!.loadedAt!));
  return [
    `count(*) filter (where ${arrival} < ${settledBefore(model, watermark)})`,
    `count(*) filter (where ${arrival} <= ${instant(watermark)})`,
    `count(*) filter (where ${arrival} is null)`,
  ];
}

function toCounts([settled, arrived, absent]: readonly unknown[]): SeenArrivals {
  return { settled: Number(settled ?? 0), arrived: Number(arrived ?? 0), absent: Number(absent ?? 0) };
}

/**
 * Rows that can have come, gone or become others since the watermark was taken, or yet will: of these a count tells too little, and the log remembers each as it was last seen (`_build` is null there).
 * Later than that a row comes too late to be known but by number.
 */
export function unsettledSql(
  model: ManifestModel,
  relation: QualifiedName,
  watermark: string,
  dialect: DialectName,
): string {
  const arrival = `cast(${quoteIdentifier(model.source!.loadedAt!)} as timestamptz)`;
  const sql = `select ${listColumns(model)} from ${model.name} where ${arrival} >= ${settledBefore(model, watermark)}`;
  return renderSql(sql, dialect, () => relation);
}

/** Rows that came or went since the cursor at `watermark`, and which of them they did. */
export function movedSql(
  model: ManifestModel,
  relation: QualifiedName,
  watermark: string,
  dialect: DialectName,
): string {
  const columns = listColumns(model);
  const now = unsettledSql(model, relation, watermark, dialect);
  const then = `select ${columns} from ${qualify(changesName(relation))} where _build is null`;
  return `select ${columns}, false as _came from ((${then}) except all (${now})) as gone union all select ${columns}, true from ((${now}) except all (${then})) as came`;
}

function listColumns(model: ManifestModel): string {
  return model.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
}

/** What the table holds now, by month of arrival; where nothing says when a row arrived, only how many rows. */
export async function readTableHistory(
  session: Session,
  engine: Engine,
  model: ManifestModel,
  table: QualifiedName,
): Promise<SourceHistory> {
  const sql = tellsArrival(model)
    ? monthsSql(castColumn(getColumn(model, model.source!.loadedAt!)), model)
    : `select null as month, count(*) as row_count from ${model.name}`;
  const found = await session.execute(renderSql(sql, engine.capabilities.dialect, () => table));
  const months = found.rows.map(([month, rows]) => ({
    ...(month === null || month === undefined ? {} : { month: String(month) }),
    rows: Number(rows ?? 0),
  }));
  return tellsArrival(model) ? { arrival: model.source!.loadedAt!, months } : { months };
}

/** Canonical SQL of rows by the month in which they arrived, `since` an instant's month. */
export function monthsSql(arrival: string, model: ManifestModel, since?: string): string {
  const only = since === undefined ? '' : ` where ${arrival} >= timezone('UTC', date_trunc('month', ${since}))`;
  return `select ${monthOf(`timezone('UTC', ${arrival})`)} as month, count(*) as row_count from ${model.name}${only} group by 1`;
}

/** The first day of the month, of a canonical timestamp without a zone. */
export function monthOf(timestamp: string): string {
  return `cast(date_trunc('month', ${timestamp}) as date)`;
}

/** The instant, in UTC and without a zone, from which on rows can still come: canonical SQL. */
export function openSince(model: ManifestModel, watermark: string): string {
  return `timezone('UTC', ${settledBefore(model, watermark)})`;
}

/** Rows that arrive at the very instant of the watermark may still come, too. */
function settledBefore(model: ManifestModel, watermark: string): string {
  const { overlap } = model.source!;
  return overlap === undefined ? instant(watermark) : `${instant(watermark)} - interval ${quoteLiteral(overlap)}`;
}

function instant(text: string): string {
  return `cast(${quoteLiteral(text)} as timestamptz)`;
}

function getColumn(model: ManifestModel, name: string): ManifestColumn {
  return model.columns.find((column) => column.name === name)!;
}

/** A column that the table has no longer, as canonical SQL. */
export function nullColumn(column: ManifestColumn): string {
  return `cast(null as ${canonicalType(typeOf(column))})`;
}

/** A column of a source's table as its model has it, as canonical SQL. A timestamp that arrives without a zone is read in the zone declared. */
export function castColumn(column: ManifestColumn): string {
  const name = quoteIdentifier(column.from ?? column.name);
  const type = typeOf(column);
  if (type.name === 'timestamp' && column.zone !== undefined) {
    return `timezone(${quoteLiteral(column.zone)}, cast(${name} as timestamp))`;
  }
  return `cast(${name} as ${canonicalType(type)})`;
}

function typeOf(column: ManifestColumn): ColumnType {
  const type = parseType(column.type ?? 'text');
  if (type === undefined)
    throw new StepError(`the column \`${column.name}\` has the type \`${column.type}\`, which is none of the language`);
  return type;
}
