import { type Manifest, type QueryPlan, renderSql, shapesOf, type Value } from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { publishedName } from './target-names.ts';

export interface TargetQuery {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly plan: QueryPlan;
  /** The target's name; absent: the project's default. */
  readonly target?: string;
}

/** The SQL that a question becomes on a target. */
export function renderQuery({ manifest, engine, plan, target = manifest.project.target }: TargetQuery): string {
  const models = new Map(manifest.models.map((m) => [m.name, m]));
  const names = (name: string) => publishedName(manifest, target, models.get(name)!.name);
  return renderSql(plan.sql, engine.capabilities.dialect, names, { shapeOf: shapesOf(manifest) });
}

/**
 * Asks a target. Rows hold the plan's columns in order.
 *
 * @example
 * const { rows } = await queryTarget({ manifest, engine, plan })
 */
export async function queryTarget(query: TargetQuery): Promise<{ readonly rows: readonly (readonly Value[])[] }> {
  return { rows: (await query.engine.ask(renderQuery(query))).rows };
}
