import { catalogOf } from './catalog-of.ts';
import { columnReaders } from './column-lineage.ts';
import type { ColumnSource } from './expression/contract.ts';
import { type ColumnResolver, inferExpression } from './expression/infer-expression.ts';
import { inferSelect } from './expression/infer-select.ts';
import { parseExpression } from './expression/parse-expression.ts';
import { parseSelect } from './expression/parse-select.ts';
import type { Manifest, ManifestMetric, ManifestTest } from './manifest-types.ts';
import type { CatalogModel } from './plan/catalog.ts';
import { leavesOf } from './plan/cohort/leaves.ts';
import type { CohortRule } from './plan/cohort/rule.ts';
import { baseAlias, resolveColumn } from './plan/joins.ts';
import { shapesOf } from './shapes-of.ts';
import type { SqlText } from './source/source-file.ts';

/**
 * What a metric or a data test does with a column. `shown`: a test's query yields it beside what it looks at, so that a failing row is found; `dimension`: a query may
 * group by it.
 */
export interface ColumnUse {
  readonly model: string;
  readonly column: string;
  readonly how: 'aggregated' | 'filtered' | 'time' | 'dimension' | 'tested' | 'shown';
}

/** A metric or a data test that would notice if a column changed. */
export interface ColumnUser {
  readonly kind: 'metric' | 'test';
  readonly name: string;
  /** The columns it reads among the one asked for and those computed from it; none where it reads metrics alone. */
  readonly uses: readonly ColumnUse[];
  /** Of a metric: those of its inputs that read the column. */
  readonly through: readonly string[];
  readonly path: string;
  readonly line: number;
}

/**
 * The metrics and data tests that read a column, or a column computed from it.
 *
 * @example
 * findColumnUsers(manifest, 'marts.orders', 'amount') // [{ kind: 'metric', name: 'revenue', uses: [ … ], path: 'metrics/revenue.yml', line: 7, … }]
 */
export function findColumnUsers(manifest: Manifest, model: string, column: string): readonly ColumnUser[] {
  const below = new Set([`${model}.${column}`, ...columnReaders(manifest, model, column)]);
  const among = (uses: readonly ColumnUse[]) => uses.filter((use) => below.has(`${use.model}.${use.column}`));
  return [...findMetrics(manifest, among), ...findTests(manifest, among)];
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
    ...excludedBy(manifest, metric, base.name),
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
        ...named(leaf.key!, 'aggregated'),
        ...named(leaf.time!, 'time'),
        ...(leaf.until === undefined ? [] : named(leaf.until, 'time')),
        ...read(leaf.where).map((source) => use(source, 'filtered')),
        ...read(leaf.value).map((source) => use(source, source.how === 'filtered' ? 'filtered' : 'aggregated')),
        ...(leaf.order === undefined ? [] : named(leaf.order, 'filtered')),
        ...(isAnchor ? read(cohort.where).map((source) => use(source, 'filtered')) : []),
        ...(isAnchor ? cohort.by.flatMap((name) => named(name, 'dimension')) : []),
        ...excludedBy(manifest, metric, leaf.model!, leaf.key),
      ];
    }),
  );
}

/** Reads expressions and names over a model, through its relations. */
function createReader(manifest: Manifest, base: CatalogModel) {
  const catalog = catalogOf(manifest);
  const resolve: ColumnResolver = (path) => {
    const { column } = resolveColumn(catalog, base, path);
    if (!column) return undefined;
    const own = { model: column.model, column: column.column, how: 'same' as const };
    const aliases = new Map([[baseAlias, base.name], ...column.joins.map((join) => [join.alias, join.model] as const)]);
    const joined = column.joins.flatMap(({ model, from, on }) =>
      on.flatMap(([left, right]): ColumnSource[] => [
        { model: aliases.get(from)!, column: left, how: 'filtered' },
        { model, column: right, how: 'filtered' },
      ]),
    );
    return { sources: [own, ...joined] };
  };
  const read = (sql: string | undefined) => (sql === undefined ? [] : readExpression(sql, resolve, manifest));
  const named = (path: string, how: ColumnUse['how']) =>
    (resolve(path.split('.'))?.sources ?? []).map((source) => use(source, source.how === 'same' ? how : 'filtered'));
  return { read, named };
}

function excludedBy(manifest: Manifest, metric: ManifestMetric, base: string, own?: string): ColumnUse[] {
  return manifest.project.exclusions
    .filter(({ name }) => metric.exclude.includes(name))
    .flatMap(({ key, in: model, where }) => [
      { model: base, column: own ?? key, how: 'filtered' as const },
      { model, column: key, how: 'filtered' as const },
      ...readOver(where, model, manifest).map((source) => use(source, 'filtered')),
    ]);
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

function readOver(sql: string, model: string, manifest: Manifest): readonly ColumnSource[] {
  const { expression } = parseExpression(asText(sql));
  const shapeOf = shapesOf(manifest);
  return expression ? inferExpression(expression, shapeOf(model) ?? [], { model, shapeOf }).sources : [];
}

function readExpression(sql: string, resolve: ColumnResolver, manifest: Manifest): readonly ColumnSource[] {
  const { expression } = parseExpression(asText(sql));
  return expression ? inferExpression(expression, resolve, { shapeOf: shapesOf(manifest) }).sources : [];
}

function asText(text: string): SqlText {
  const start = { offset: 0, line: 1, column: 1 };
  return { text, span: { file: '', start, end: start } };
}

function use({ model, column }: ColumnSource, how: ColumnUse['how']): ColumnUse {
  return { model, column, how };
}

const strength: Readonly<Record<ColumnUse['how'], number>> = {
  aggregated: 0,
  filtered: 1,
  time: 2,
  dimension: 3,
  tested: 0,
  shown: 1,
};

/** Each column once, with the strongest of its uses: to be grouped by says little of a column that is summed. */
function uniqueUses(uses: readonly ColumnUse[]): readonly ColumnUse[] {
  const found = new Map<string, ColumnUse>();
  for (const one of uses) {
    const name = `${one.model}.${one.column}`;
    const known = found.get(name);
    if (!known || strength[one.how] < strength[known.how]) found.set(name, one);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
