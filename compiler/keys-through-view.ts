import { inputsOf } from './increment.ts';
import type { Manifest } from './manifest-types.ts';
import type { Change } from './plan/increment/changes.ts';
import type { IncrementalModel } from './plan/increment/incremental-model.ts';
import { planIncrement } from './plan/increment/plan-increment.ts';
import { dirtySql } from './plan/increment/unit-sql.ts';
import { identifier as id } from './plan/sql-text.ts';

/** How changes of the tables behind a view find its rows by one of their columns; `whole`: they do not, and why. */
export type KeysThroughView = {
  /** The view, and those behind it. */
  readonly views: readonly string[];
  /** The tables behind them. */
  readonly tables: readonly string[];
} & (
  | {
      readonly kind: 'followed';
      /** The values of the column that changes can touch, as a SELECT of one column of that name; undefined where none of them is behind the view. */
      keysSql(changes: readonly Change[]): string | undefined;
    }
  | { readonly kind: 'whole'; readonly reason: string }
);

/**
 * Changes behind a view, as an incremental model that reads it would follow them. The parser must have been loaded.
 *
 * @example
 * keysThroughView(manifest, 'marts.visits', 'user_id')
 */
export function keysThroughView(manifest: Manifest, view: string, column: string): KeysThroughView {
  const byName = new Map(manifest.models.map((model) => [model.name, model]));
  const asked: IncrementalModel = {
    name: view,
    sql: `select ${id(column)} from ${view}`,
    key: [column],
    by: 'key',
    calendar: manifest.project.calendar,
    ...inputsOf({ reads: [view] }, byName),
  };
  const behind = { views: [...asked.views.keys()], tables: asked.inputs.map(({ name }) => name) };
  const plan = planIncrement(asked);
  if (plan.kind === 'whole') return { ...behind, kind: 'whole', reason: plan.reason };
  return { ...behind, kind: 'followed', keysSql: (changes) => dirtySql(asked, plan.unit, changes) };
}
