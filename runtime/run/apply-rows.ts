import { type ManifestModel, type QualifiedName, qualify, quoteIdentifier } from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { renderIncrement } from './increment-names.ts';
import type { RunContext } from './run-context.ts';
import type { StagedRows } from './stage-rows.ts';
import { changesName } from './target-names.ts';

/** The log of a table: its columns, the build in which a row came or went, and which of them it did. */
export async function createLog(session: Session, model: ManifestModel, relation: QualifiedName): Promise<void> {
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  await session.execute(
    `create table if not exists ${qualify(changesName(relation))} as select ${columns}, cast(0 as bigint) as _build, true as _came from ${qualify(relation)} limit 0`,
  );
}

/** Writes what differs into the log: rows of the table that the staged ones do not have, and the other way round. */
export async function logChanges(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  staged: StagedRows,
  build: number,
): Promise<void> {
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const before = renderIncrement(context, staged.replaced, staged.names);
  const after = `select ${columns} from ${qualify(staged.rows)}`;
  await session.execute(
    `insert into ${qualify(changesName(relation))} (${columns}, _build, _came) select ${columns}, ${build}, false from ((${before}) except all (${after})) as gone union all select ${columns}, ${build}, true from ((${after}) except all (${before})) as came`,
  );
}

/** Makes the changes of the log in the table; returns how many rows came or went. Rows are told apart by the key, and copies of one key are written together. */
export async function applyChanges(
  session: Session,
  model: ManifestModel,
  relation: QualifiedName,
  staged: StagedRows,
  build: number,
): Promise<number> {
  const columns = model.columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const ofBuild = `${qualify(changesName(relation))} where _build = ${build}`;
  const found = await session.execute(`select count(*) from ${ofBuild}`);
  const changed = Number(found.rows[0]?.[0] ?? 0);
  if (changed === 0) return 0;
  const touched = hasKeyAmong(model, ofBuild);
  await session.execute(`delete from ${qualify(relation)} where ${touched}`);
  await session.execute(
    `insert into ${qualify(relation)} (${columns}) select ${columns} from ${qualify(staged.rows)} where ${touched}`,
  );
  return changed;
}

/** Rows whose key is among those of `rows`, a table with a condition; a null in a key is a value like others. */
export function hasKeyAmong(model: ManifestModel, rows: string): string {
  const keys = model.key.map(quoteIdentifier);
  const row = keys.length === 1 ? keys[0]! : `(${keys.join(', ')})`;
  const isNull = keys.map((key) => `${key} is null`).join(' or ');
  const safe = keys.flatMap((key) => [`coalesce(cast(${key} as varchar), '')`, `${key} is null`]).join(', ');
  return `(${row} in (select ${keys.join(', ')} from ${rows}) or ((${isNull}) and (${safe}) in (select ${safe} from ${rows} and (${isNull}))))`;
}
