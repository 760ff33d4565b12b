import { catalogOf } from './catalog-of.ts';
import { writeExpression } from './expression/write-sql.ts';
import type { Manifest, ManifestMetric, ManifestModel } from './manifest-types.ts';
import type { Catalog } from './plan/catalog.ts';
import { resolveColumn } from './plan/joins.ts';
import { parseCanonical } from './plan/metric/facts.ts';
import { type FormulaAggregate, readFormula } from './plan/metric/formula.ts';
import { identifier as id } from './plan/sql-text.ts';

/** What to ask beside a metric, to know how many people are behind its numbers. */
export interface PeopleCounts {
  /** The manifest with the counting metrics in it: to be asked of. */
  readonly manifest: Manifest;
  /** By metric; one whose rows name nobody is not there. */
  readonly countsOf: ReadonlyMap<string, PeopleCount>;
}

export interface PeopleCount {
  /** Metrics of `manifest`: one for each part of the formula and each key of people in its rows. */
  readonly names: readonly string[];
  /** Of a metric that divides one count by another, counts of the same key: who is in the one and not in the other is a group as well. */
  readonly apart: readonly (readonly [string, string])[];
  /** Of a metric whose rows reach back (`window`): those that count who is in the rows of a period alone. Two of its numbers, one less the other, tell of these. */
  readonly own: readonly string[];
}

/**
 * For each plain metric others that count the people in the rows which it takes: distinct keys of the project's entities and pseudonyms, in its own model or behind one relation. Each aggregate is
 * counted by itself, with its filter: of a rate over 500 people the numerator may be 3 of them. The parser must have been loaded.
 *
 * @example
 * const { manifest: asked, countsOf } = countPeople(manifest)
 * planQuery(asked, { metrics: ['revenue', ...countsOf.get('revenue')!.names], by: ['country'], order: [], asOf })
 */
export function countPeople(manifest: Manifest): PeopleCounts {
  const counting = new Map<string, ManifestMetric>();
  const nameOf = (metric: Omit<ManifestMetric, 'name'>): string => {
    const { expression, model, time, where, exclude, ownTimezone, dimensions, window, toDate, compare } = metric;
    const what = [expression, model, time, where, exclude, ownTimezone, dimensions, window, toDate, compare];
    const key = JSON.stringify(what);
    const found = counting.get(key) ?? { ...metric, name: `people__${counting.size + 1}` };
    counting.set(key, found);
    return found.name;
  };
  const countsOf = new Map<string, PeopleCount>();
  const known: Known = {
    catalog: catalogOf(manifest),
    metrics: new Map(manifest.metrics.map((metric) => [metric.name, metric])),
    models: new Map(manifest.models.map((model) => [model.name, model])),
    entities: new Set(manifest.project.entities.map(({ key }) => key)),
  };
  for (const metric of manifest.metrics) {
    if (!metric.computed || metric.rule) continue;
    const parts = partsOf(known, metric);
    const counts = parts.flatMap((part) =>
      countingMetrics(known, part).map(({ key, metric: count }) => ({ key, name: nameOf(count) })),
    );
    const isShare = metric.additivity === 'ratio' && parts.every(({ aggregate }) => aggregate.name === 'count');
    // The last day of each period shares no rows with another day.
    const reaching = parts.filter(({ reach }) => Object.keys(reach).length > 0 && reach.window !== '1 day');
    const own = reaching.flatMap((part) =>
      countingMetrics(known, { ...part, reach: {}, compares: [] }).map(({ metric: count }) => nameOf(count)),
    );
    const names = [...new Set([...counts.map(({ name }) => name), ...own])];
    const apart = isShare ? pairsOf(counts) : [];
    if (counts.length > 0) countsOf.set(metric.name, { names, apart, own: [...new Set(own)] });
  }
  return { manifest: { ...manifest, metrics: [...manifest.metrics, ...counting.values()] }, countsOf };
}

interface Count {
  /** The column that says who. */
  readonly key: string;
  readonly name: string;
}

function pairsOf(counts: readonly Count[]): readonly (readonly [string, string])[] {
  return counts.flatMap((a, at) =>
    counts.slice(at + 1).flatMap((b) => (a.key === b.key && a.name !== b.name ? [[a.name, b.name] as const] : [])),
  );
}

interface Known {
  readonly catalog: Catalog;
  readonly metrics: ReadonlyMap<string, ManifestMetric>;
  readonly models: ReadonlyMap<string, ManifestModel>;
  /** Keys of the project's entities. */
  readonly entities: ReadonlySet<string>;
}

/** How far the rows reach that a part is counted in, and which periods it is set against. */
interface Framing {
  readonly reach: Pick<ManifestMetric, 'window' | 'toDate'>;
  readonly compares: readonly NonNullable<ManifestMetric['compare']>[];
}

/** An aggregate somewhere below a metric. */
interface Part extends Framing {
  readonly metric: ManifestMetric;
  readonly aggregate: FormulaAggregate;
}

function partsOf({ metrics }: Known, root: ManifestMetric): readonly Part[] {
  const visit = (metric: ManifestMetric, above: Framing): readonly Part[] => {
    const { window, toDate, compare } = metric;
    const isFramed = window !== undefined || toDate !== undefined;
    const reach = { ...(window === undefined ? {} : { window }), ...(toDate === undefined ? {} : { toDate }) };
    const framing = {
      reach: isFramed ? reach : above.reach,
      compares: compare ? [...above.compares, compare] : above.compares,
    };
    const parsed = metric.expression === undefined ? undefined : parseCanonical(metric.expression, []);
    const own = metric.model === undefined || !parsed ? [] : readFormula(parsed).aggregates;
    const inputs = metric.inputs.flatMap((name) => metrics.get(name) ?? []);
    return [
      ...own.map((aggregate) => ({ metric, aggregate, ...framing })),
      ...inputs.flatMap((input) => visit(input, framing)),
    ];
  };
  return visit(root, { reach: {}, compares: [] });
}

/** A metric for each key of people in the part's rows, now and in each period that it is set against. */
function countingMetrics(
  known: Known,
  part: Part,
): readonly { readonly key: string; readonly metric: Omit<ManifestMetric, 'name'> }[] {
  const { name, compare, fill, per, window, toDate, ...rest } = part.metric;
  const conditions = conditionsOf(part.aggregate);
  const filter = conditions.length > 0 ? ` filter (where ${conditions.join(' and ')})` : '';
  return keysOf(known, part.metric.model!).flatMap((path) => {
    const expression = `count(distinct ${path.map(id).join('.')})${filter}`;
    const count = {
      ...rest,
      ...part.reach,
      form: 'simple' as const,
      is: expression,
      expression,
      inputs: [],
      type: 'integer' as const,
      additivity: 'distinct' as const,
    };
    const then = part.compares.map((compare) => ({ ...count, compare: { ...compare, as: 'value' as const } }));
    return [count, ...then].map((each) => ({ key: path.at(-1)!, metric: each }));
  });
}

/** Rows that add nothing to the aggregate tell of nobody. */
function conditionsOf({ name, call }: FormulaAggregate): readonly string[] {
  const [argument] = call.args ?? [];
  return [
    ...(call.agg_filter ? [`(${writeExpression(call.agg_filter)})`] : []),
    ...(argument === undefined ? [] : [`(${writeExpression(argument)}) ${name === 'sum' ? '<> 0' : 'is not null'}`]),
  ];
}

/** Columns of the model that say whose a row is; where it has none, those behind its relations. */
function keysOf({ catalog, models, entities }: Known, name: string): readonly (readonly string[])[] {
  const model = models.get(name);
  if (!model) return [];
  const keys = ({ columns }: ManifestModel): readonly string[] =>
    columns.filter((column) => entities.has(column.name) || column.personal?.tags.includes('id')).map((c) => c.name);
  const own = keys(model).map((column) => [column]);
  if (own.length > 0) return own;
  return model.relations
    .flatMap((relation) => {
      const target = models.get(relation.to);
      return target ? keys(target).map((column) => [relation.name, column]) : [];
    })
    .filter((path) => resolveColumn(catalog, model, path).column !== undefined);
}
