import {
  incrementShapes,
  lookedAtName,
  type Manifest,
  type NameResolver,
  type QualifiedName,
  renderSql,
} from '../../compiler/index.ts';
import { type Naming, relationOf } from '../run/run-context.ts';
import { changesName, inTables } from '../run/target-names.ts';

/** Renders the SQL of a segment in a run: models by the versions that the run records, their logs, and the table of those who are looked at. */
export function createRender(
  context: Naming,
  manifest: Manifest,
  lookedAt?: QualifiedName,
): (canonicalSql: string) => string {
  const names: NameResolver = (name) => {
    if (name === lookedAtName && lookedAt) return lookedAt;
    const beside = /^(raw|clean|marts)__(changes|rows)\.(.*)$/s.exec(name);
    if (!beside) return relationOf(context, name);
    const stored = inTables(context.published.get(`${beside[1]}.${beside[3]}`)!.relation);
    return beside[2] === 'changes' ? changesName(stored) : stored;
  };
  const { dialect } = context.engine.capabilities;
  const shapeOf = incrementShapes(manifest);
  return (sql) => renderSql(sql, dialect, names, { runAt: context.startedAt, shapeOf });
}
