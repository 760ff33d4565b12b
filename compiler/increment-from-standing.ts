import { parseType } from './definition/type-name.ts';
import { getIncrement, type RowsSql } from './increment.ts';
import type { Manifest, ManifestModel } from './manifest-types.ts';
import { addedGroups, addedRowsSql } from './plan/increment/added-groups.ts';
import type { Change } from './plan/increment/changes.ts';
import { firstRowKeys } from './plan/increment/first-rows.ts';
import type { IncrementalModel, Unit } from './plan/increment/incremental-model.ts';
import type { StoredTypes } from './plan/increment/stored-types.ts';
import { inUnits, type UnitTable } from './plan/increment/unit-sql.ts';
import { shapesOf } from './shapes-of.ts';

/*
 * Increments that go on from the rows that stand, and so hold only of a version that has exactly what the query yielded over its inputs as they were: what is added to anything else is added to a wrong
 * sum. Whether it has, the caller knows.
 */

/** What rows that came add to the groups of a model, and how that is put together with the groups that stand. */
export interface AddedSql {
  /** One number: how many rows went. Only where it is 0 holds the rest. */
  readonly gone: string;
  /** The SQL that fills the table of units: the groups of the rows that came, with all columns of the model. */
  readonly groups: string;
  /** As `rowsSql`, from that table. */
  readonly rows: (units: Pick<UnitTable, 'name' | 'mayBeNull'>) => RowsSql;
}

/**
 * Of a model that groups rows of one table: its increment from the rows that came alone. Undefined where the query says more than that, or the changes do.
 *
 * @example
 * addedSql(manifest, model, [{ model: 'clean.events', seen: 6, raw: false }])
 */
export function addedSql(manifest: Manifest, model: ManifestModel, changes: readonly Change[]): AddedSql | undefined {
  const known = readStanding(manifest, model, changes);
  const added = known && addedGroups(known.asked, changes, known.types);
  if (added === undefined) return undefined;
  const { asked, types } = known!;
  const unit: Unit = { kind: 'key', columns: model.key };
  const key = model.key.map((column) => `"${column}"`);
  return {
    ...added,
    rows: (units) => {
      const isReplaced = inUnits(asked, unit, { ...units, ranges: [] }, key);
      return { sql: addedRowsSql(asked, units.name, isReplaced, types), isReplaced };
    },
  };
}

/**
 * Of a model that keeps the first row of each key: the SQL that fills the table of units with the keys whose first row may be another now. Undefined for others.
 *
 * @example
 * firstKeysSql(manifest, model, [{ model: 'clean.events', seen: 6, raw: false }])
 */
export function firstKeysSql(manifest: Manifest, model: ManifestModel, changes: readonly Change[]): string | undefined {
  const known = readStanding(manifest, model, changes);
  if (known === undefined || known.unit.kind !== 'key') return undefined;
  return firstRowKeys(known.asked, known.unit.columns, changes, known.types);
}

function readStanding(
  manifest: Manifest,
  model: ManifestModel,
  changes: readonly Change[],
): { readonly asked: IncrementalModel; readonly unit: Unit; readonly types: StoredTypes } | undefined {
  const { late, lookback, partial, reads } = model.incremental ?? {};
  if (late !== undefined || lookback !== undefined || partial === false || reads !== undefined) return undefined;
  // The log of somebody else's table names rows about the watermark more than once: good for finding what they touch, not for counting.
  if (changes.length === 0 || changes.some(({ model: name }) => !isCounted(manifest, name))) return undefined;
  const own = model.columns.flatMap(({ name, type }) => {
    const known = type === undefined ? undefined : parseType(type);
    return known === undefined ? [] : [[name, known] as const];
  });
  return { ...getIncrement(manifest, model), types: { shapeOf: shapesOf(manifest), own: new Map(own) } };
}

function isCounted(manifest: Manifest, name: string): boolean {
  const input = manifest.models.find((one) => one.name === name);
  return input?.form !== 'source' || input.source?.from === 'files';
}
