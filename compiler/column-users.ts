import { catalogOf } from './catalog-of.ts';
import { columnReaders } from './column-lineage.ts';
import {
  activityColumns,
  asText,
  type ColumnUse,
  createReader,
  excludedBy,
  readOver,
  uniqueUses,
  use,
} from './column-uses.ts';
import { inferSelect } from './expression/infer-select.ts';
import { parseSelect } from './expression/parse-select.ts';
import type { Manifest, ManifestMetric, ManifestSegment, ManifestTest } from './manifest-types.ts';
import { leavesOf } from './plan/cohort/leaves.ts';
import type { CohortRule } from './plan/cohort/rule.ts';
import { segmentColumns } from './segment-columns.ts';
import { shapesOf } from './shapes-of.ts';

/** A metric, a segment or a data test that would notice if a column changed. */
export interface ColumnUser {
  readonly kind: 'metric' | 'segment' | 'test';
  readonly name: string;
  /** The columns it reads among the one asked for and those computed from it; none where it reads metrics or segments alone. */
  readonly uses: readonly ColumnUse[];
  /** Of a metric: those of its inputs that read the column; of a segment the metrics and segments named in it. */
  readonly through: readonly string[];
  readonly path: string;
  readonly line: number;
}

/**
 * The metrics, segments and data tests that read a column, or a column computed from it.
 *
 * @example
 * findColumnUsers(manifest, 'marts.orders', 'amount') // [{ kind: 'metric', name: 'revenue', uses: [ … ], path: 'metrics/revenue.yml', line: 7, … }]
 */
export function findColumnUsers(manifest: Manifest, model: string, column: string): readonly ColumnUser[] {
  const below = new Set([`${model}.${column}`, ...columnReaders(manifest, model, column)]);
  const among = (uses: readonly ColumnUse[]) => uses.filter((use) => below.has(`${use.model}.${use.column}`));
  const metrics = findMetrics(manifest, among);
  return [...metrics, ...findSegments(manifest, among, metrics), ...findTests(manifest, among)];
}

function findMetrics(manifest: Manifest, among: Among): readonly ColumnUser[] {
  const byName = new Map(manifest.metrics.map((metric) => [metric.name, metric]));
  const found = new Map<string, ColumnUser | undefined>();
  const visit = (metric: ManifestMetric): ColumnUser | undefined => {
    if (found.has(metric.name)) return found.get(metric.name);
    const uses = among(metricColumns(manifest, metric));
    const inputs = metric.inputs.flatMap((name) => byName.get(name) ?? []);
    const through = inputs.filter((input) => visit(input)).map(({ name }) => name);
    const { name, path, line } = metric;
    const reads = uses.length > 0 || through.length > 0;
    const user: ColumnUser | undefined = reads ? { kind: 'metric', name, uses, through, path, line } : undefined;
    found.set(name, user);
    return user;
  };
  return manifest.metrics.flatMap((metric) => visit(metric) ?? []);
}

function findSegments(manifest: Manifest, among: Among, metrics: readonly ColumnUser[]): readonly ColumnUser[] {
  const byName = new Map(manifest.segments.map((segment) => [segment.name, segment]));
  const reading = new Set(metrics.map(({ name }) => name));
  const found = new Map<string, ColumnUser | undefined>();
  const visit = (segment: ManifestSegment): ColumnUser | undefined => {
    if (found.has(segment.name)) return found.get(segment.name);
    const uses = among(segmentColumns(manifest, segment));
    const inputs = segment.inputs.filter((name) => byName.has(name) && visit(byName.get(name)!));
    const through = [...segment.metrics.filter((name) => reading.has(name)), ...inputs];
    const { name, path, line } = segment;
    const reads = uses.length > 0 || through.length > 0;
    const user: ColumnUser | undefined = reads ? { kind: 'segment', name, uses, through, path, line } : undefined;
    found.set(name, user);
    return user;
  };
  return manifest.segments.flatMap((segment) => visit(segment) ?? []);
}

/** The data tests that look at one of some columns; those that only show it are left out. */
export function findColumnTests(manifest: Manifest, columns: readonly ColumnUse[]): readonly ColumnUser[] {
  const wanted = new Set(columns.map(({ model, column }) => `${model}.${column}`));
  return findTests(manifest, (uses) =>
    uses.filter(({ model, column, how }) => how === 'tested' && wanted.has(`${model}.${column}`)),
  );
}

type Among = (uses: readonly ColumnUse[]) => readonly ColumnUse[];

function findTests(manifest: Manifest, among: Among): readonly ColumnUser[] {
  return manifest.tests.flatMap((test): ColumnUser[] => {
    const uses = among(testColumns(manifest, test));
    const { name, path, line } = test;
    return uses.length > 0 ? [{ kind: 'test', name, uses, through: [], path, line }] : [];
  });
}

/** The columns that a metric reads itself; those that its inputs read are theirs. */
export function metricColumns(manifest: Manifest, metric: ManifestMetric): readonly ColumnUse[] {
  const catalog = catalogOf(manifest);
  if (metric.rule) return cohortColumns(manifest, metric, metric.rule);
  const base = metric.model === undefined ? undefined : catalog.models.get(metric.model);
  if (!base) return [];
  const { read, named } = createReader(manifest, base);
  return uniqueUses([
    ...read(metric.expression).map((source) => use(source, source.how === 'filtered' ? 'filtered' : 'aggregated')),
    ...read(metric.where).map((source) => use(source, 'filtered')),
    ...(metric.time === undefined ? [] : named(metric.time, 'time')),
    ...(metric.ownTimezone === undefined ? [] : named(metric.ownTimezone, 'time')),
    ...excludedBy(manifest, metric.exclude, base.name),
    ...metric.dimensions.flatMap(({ name }) => named(name, 'dimension')),
  ]);
}

/** The columns of the activities that a cohort form follows, and of its cohort. */
function cohortColumns(manifest: Manifest, metric: ManifestMetric, rule: CohortRule): readonly ColumnUse[] {
  const catalog = catalogOf(manifest);
  const cohort = 'cohort' in rule ? catalog.cohorts.get(rule.cohort) : undefined;
  const names = [...('steps' in rule ? rule.steps : [rule.activity]), ...(cohort ? [cohort.anchor] : [])];
  const leaves = names.flatMap((name) => leavesOf(catalog.activities.get(name)!, catalog.activities));
  return uniqueUses(
    [...new Set(leaves)].flatMap((leaf) => {
      const { read, named } = createReader(manifest, catalog.models.get(leaf.model!)!);
      const isAnchor = leaf.name === cohort?.anchor;
      return [
        ...activityColumns(manifest, leaf, true),
        ...(leaf.order === undefined ? [] : named(leaf.order, 'filtered')),
        ...(isAnchor ? read(cohort.where).map((source) => use(source, 'filtered')) : []),
        ...(isAnchor ? cohort.by.flatMap((name) => named(name, 'dimension')) : []),
        ...excludedBy(manifest, metric.exclude, leaf.model!, leaf.key),
      ];
    }),
  );
}

function testColumns(manifest: Manifest, test: ManifestTest): readonly ColumnUse[] {
  const { check, model } = test;
  if (check.mode === 'row') {
    const conditions = check.where === undefined ? [check.fails] : [check.fails, check.where];
    const sources = conditions.flatMap((sql) => readOver(sql, model ?? '', manifest));
    return uniqueUses(sources.map((source) => use(source, 'tested')));
  }
  const { select } = parseSelect(asText(check.failures));
  if (!select) return [];
  const shape = inferSelect(select, shapesOf(manifest));
  const tested = shape.filters.map((source) => use(source, 'tested'));
  const shown = shape.columns.flatMap(({ sources }) => sources).map((source) => use(source, 'shown'));
  return uniqueUses([...tested, ...shown]);
}
