import {
  incrementShapes,
  type ManifestModel,
  type NameResolver,
  type QualifiedName,
  quoteIdentifier,
  renderSql,
} from '../../compiler/index.ts';
import { type Naming, type RunContext, relationOf } from './run-context.ts';
import { changesName, inTables } from './target-names.ts';

/** The logical name under which canonical SQL reads the table of units. */
export function unitsOf(model: ManifestModel): string {
  return besideOf(model, 'units');
}

/** The logical name of the table of periods that wait for a backfill. */
export function lateOf(model: ManifestModel): string {
  return besideOf(model, 'late');
}

/** The logical name of the log of a model's changes. */
export function logOf(model: ManifestModel): string {
  return besideOf(model, 'changes');
}

/** The logical name of what lies beside a model's table. */
export function besideOf(model: ManifestModel, what: 'units' | 'late' | 'changes' | 'rows'): string {
  const [layer, name] = model.name.split('.') as [string, string];
  return `${layer}__${what}.${quoteIdentifier(name)}`;
}

/** What the SQL of increments reads: versions, what lies beside them, and the table of units. */
export function incrementNames(
  context: RunContext,
  model: ManifestModel,
  relation: QualifiedName,
  scratch: { readonly units?: QualifiedName; readonly late?: QualifiedName } = {},
): NameResolver {
  return (name) => {
    const beside = /^(raw|clean|marts)__(changes|rows|units|late)\.(.*)$/s.exec(name);
    if (!beside) return name === model.name ? relation : relationOf(context, name);
    const own = scratch[beside[2] as 'units' | 'late'];
    if (own !== undefined) return own;
    const of = `${beside[1]}.${beside[3]}`;
    const stored = of === model.name ? relation : inTables(context.published.get(of)!.relation);
    return beside[2] === 'changes' ? changesName(stored) : stored;
  };
}

export function renderIncrement(context: Naming, sql: string, names: NameResolver): string {
  return renderSql(sql, context.engine.capabilities.dialect, names, {
    runAt: context.startedAt,
    shapeOf: incrementShapes(context.manifest),
  });
}
