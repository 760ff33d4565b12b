import { type ManifestModel, type QualifiedName, qualify, quoteIdentifier } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { changesName } from './target-names.ts';

/** Rows computed beside a table, for those of its units that are touched. */
export interface ComputedRows {
  readonly rows: QualifiedName;
  /** SQL that selects the rows of the table which they take the place of. */
  readonly replaced: string;
}

/** The log of a table: its columns, the build in which a row came or went, and which of them it did. */
export async function createLog(session: Session, model: ManifestModel, relation: QualifiedName): Promise<void> {
  await session.execute(
    `create table if not exists ${qualify(changesName(relation))} as select ${listColumns(model)}, cast(0 as bigint) as _build, true as _came from ${qualify(relation)} limit 0`,
  );
}

/**
 * Writes what differs into the log: rows of the table that the computed ones do not have, and the other way round, as often as they differ. Both are counted in one grouping, at half of
 * the cost of an EXCEPT ALL there and one back.
 */
export async function logChanges(
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  { rows, replaced }: ComputedRows,
  build: number,
): Promise<void> {
  const columns = listColumns(model);
  const both = `select ${columns}, -1 as _copies from (${replaced}) as gone union all select ${columns}, 1 as _copies from ${qualify(rows)}`;
  const differing = `select ${columns}, cast(sum(_copies) as bigint) as _copies from (${both}) as both_sides group by ${columns} having sum(_copies) <> 0`;
  await session.execute(
    `insert into ${qualify(changesName(relation))} (${columns}, _build, _came) select ${columns}, ${build}, _copies > 0 from (${differing}) as differing, generate_series(1, abs(_copies))`,
  );
}

/**
 * Makes the changes of the log in the table; returns how many rows came or went. Rows are told apart by the key, and by the time that a unit goes by: where a key stands in
 * several periods, those that were not computed stay as they are. Copies of one row are written together.
 */
export async function applyChanges(
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  computed: Pick<ComputedRows, 'rows'>,
  build: number,
): Promise<number> {
  const columns = listColumns(model);
  const told = [
    ...new Set([...model.key, ...(model.increment?.kind === 'increment' ? model.increment.unit.columns : [])]),
  ];
  const ofBuild = `${qualify(changesName(relation))} where _build = ${build}`;
  const isGone = 'not _came';
  const someNull = told.map((column) => `${quoteIdentifier(column)} is null`).join(' or ');
  const found = await session.execute(
    `select count(*), count(*) filter (where ${isGone}), count(*) filter (where ${isGone} and (${someNull})) from ${ofBuild}`,
  );
  const [changed, gone, absent] = (found.rows[0] ?? []).map(Number) as [number, number, number];
  if (changed === 0) return 0;
  const came = `select ${columns} from ${ofBuild} and _came`;
  const insert = `insert into ${qualify(relation)} (${columns})`;
  if (gone === 0) {
    // Nothing is looked up in the table then, which would cost as much as it is long.
    await session.execute(`${insert} ${came}`);
    return changed;
  }
  const among = isAmong(told, `${ofBuild} and ${isGone}`, absent > 0);
  await session.execute(`delete from ${qualify(relation)} where ${among}`);
  await session.execute(
    `${insert} select ${columns} from ${qualify(computed.rows)} where ${among} union all ${came} and not coalesce(${among}, false)`,
  );
  return changed;
}

/** Rows whose key is among those of `rows`, a table with a condition; a null in a key is a value like others. */
export function hasKeyAmong(model: ManifestModel, rows: string): string {
  return isAmong(model.key, rows, true);
}

/** Without nulls it is a plain IN, of which engines make a join that skips what lies outside. */
function isAmong(columns: readonly string[], rows: string, mayBeNull: boolean): string {
  const names = columns.map(quoteIdentifier);
  const row = names.length === 1 ? names[0]! : `(${names.join(', ')})`;
  const plain = `${row} in (select ${names.join(', ')} from ${rows})`;
  if (!mayBeNull) return plain;
  const isNull = names.map((name) => `${name} is null`).join(' or ');
  const safe = names.flatMap((name) => [`coalesce(cast(${name} as varchar), '')`, `${name} is null`]).join(', ');
  return `(${plain} or ((${isNull}) and (${safe}) in (select ${safe} from ${rows} and (${isNull}))))`;
}

function listColumns(model: ManifestModel): string {
  return model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
}
