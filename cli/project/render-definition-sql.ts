import {
  type Manifest,
  type ManifestTarget,
  planQuery,
  planSegment,
  renderSql,
  shapesOf,
} from '../../compiler/index.ts';
import { publishedName } from '../../runtime/run/target-names.ts';

/** Any instant serves: a reader of the SQL sees where it stands. */
const shownInstant = '2000-01-01T00:00:00Z';

/** Canonical SQL as the target would run it. */
export function renderForTarget(
  manifest: Manifest,
  sql: string,
  target: Pick<ManifestTarget, 'engine' | 'name'>,
): string {
  return renderSql(sql, target.engine, (model) => publishedName(manifest, target.name, model), {
    runAt: shownInstant,
    shapeOf: shapesOf(manifest),
  });
}

/** The SQL of a model, a metric's total or a data test, or undefined where there is none (a source). */
export function renderDefinitionSql(
  manifest: Manifest,
  name: string,
  target: Pick<ManifestTarget, 'engine' | 'name'>,
): string | undefined {
  const sql = findCanonicalSql(manifest, name);
  return sql === undefined ? undefined : renderForTarget(manifest, sql, target);
}

/** The SELECT of a segment's members, or undefined where it is not computed. */
export function renderSegmentSql(
  manifest: Manifest,
  name: string,
  target: Pick<ManifestTarget, 'engine' | 'name'>,
): string | undefined {
  const { plan } = planSegment(manifest, { ask: 'members', segment: name }, shownInstant);
  return plan && renderForTarget(manifest, plan.sql, target);
}

function findCanonicalSql(manifest: Manifest, name: string): string | undefined {
  const model = manifest.models.find((candidate) => candidate.name === name);
  if (model) return model.sql;
  const metric = manifest.metrics.find((candidate) => candidate.name === name);
  if (metric?.computed) {
    return planQuery(manifest, { metrics: [name], by: [], order: [], asOf: shownInstant }).plan?.sql;
  }
  const test = manifest.tests.find((candidate) => candidate.name === name);
  return test?.check.mode === 'query' ? test.check.failures : undefined;
}
