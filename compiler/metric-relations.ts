import type { Grain } from './definition/metric.ts';
import type { Manifest, ManifestMetric } from './manifest-types.ts';
import { periodOfDaySql } from './plan/period.ts';
import type { QueryColumn, QueryPlan, QueryRequest } from './plan/query-types.ts';
import { identifier as id } from './plan/sql-text.ts';
import { planQuery } from './query.ts';

/** Something that must hold of what a metric answers: canonical SQL of the rows in which it does not. */
export interface MetricRelation {
  readonly metric: string;
  readonly relation: 'groups' | 'periods' | 'kept';
  readonly words: string;
  readonly sql: string;
}

/**
 * What must hold of a metric whatever its figures are (semantics.md §2): groups add up to the total, a month is its days and a year its months, and what is kept answers as the rows do. Of a
 * distinct count the total lies between its largest part and the sum of them. Nothing of what has no rule to be merged by.
 *
 * @example
 * metricRelations(manifest, metric, { asOf: '2025-07-01T00:00:00Z', stored })
 */
export function metricRelations(
  manifest: Manifest,
  metric: ManifestMetric,
  on: { readonly asOf: string; readonly stored: ReadonlySet<string> },
): readonly MetricRelation[] {
  if (!metric.computed) return [];
  const ask = (by: readonly string[], grain?: Grain, stored?: ReadonlySet<string>) => {
    const request: QueryRequest = { metrics: [metric.name], by, order: [], asOf: on.asOf, ...(grain ? { grain } : {}) };
    return planQuery(manifest, request, stored).plan;
  };
  const setting = { manifest, metric, ask };
  return [...groupsAddUp(setting), ...periodsAddUp(setting), ...keptAnswersAlike(setting, on.stored)];
}

interface Setting {
  readonly manifest: Manifest;
  readonly metric: ManifestMetric;
  readonly ask: (by: readonly string[], grain?: Grain, stored?: ReadonlySet<string>) => QueryPlan | undefined;
}

/** How parts make a whole, as a condition that does not hold; undefined where nothing can be said. */
function whyNot({ additivity, type }: ManifestMetric): string | undefined {
  const sum = 'coalesce(sum(x.part), 0)';
  const whole = 'coalesce(sum(x.whole), 0)';
  switch (additivity) {
    case 'sum':
      return differ(type, sum, whole);
    case 'min':
    case 'max':
      return `${additivity}(x.part) is distinct from ${additivity}(x.whole)`;
    case 'distinct':
      return `${whole} > ${sum} or ${whole} < coalesce(max(x.part), 0)`;
    default:
      return undefined;
  }
}

/** Sums of floating point numbers depend on the order of the rows. */
function differ(type: string, a: string, b: string): string {
  return type === 'double' ? `abs(${a} - ${b}) > 0.000000001 * greatest(abs(${a}), abs(${b}))` : `${a} <> ${b}`;
}

const verbs = { sum: 'add up to', min: 'have the least of', max: 'have the greatest of' } as const;

function groupsAddUp({ metric, ask }: Setting): MetricRelation[] {
  const not = whyNot(metric);
  const needed = metric.requires ?? [];
  const free = metric.dimensions.map(({ name }) => name).filter((name) => !needed.includes(name));
  if (not === undefined || free.length === 0) return [];
  const whole = ask(needed);
  return free.flatMap((dimension) => {
    const parts = ask([...needed, dimension]);
    if (!parts || !whole) return [];
    const keys = labels(whole).map((label, i) => ({ part: id(labels(parts)[i]!), whole: id(label), as: label }));
    const words =
      metric.additivity === 'distinct'
        ? `the total lies between its largest \`${dimension}\` and the sum of them`
        : `its groups by \`${dimension}\` ${verbs[metric.additivity as keyof typeof verbs]} the total`;
    return [{ metric: metric.name, relation: 'groups', words, sql: setAgainst(metric, parts, whole, keys, not) }];
  });
}

function periodsAddUp({ manifest, metric, ask }: Setting): MetricRelation[] {
  const not = whyNot(metric);
  if (not === undefined) return [];
  const needed = metric.requires ?? [];
  const pairs = [
    ['day', 'month'],
    ['month', 'year'],
  ] as const;
  return pairs.flatMap(([finer, coarser]) => {
    const [parts, whole] = [ask(needed, finer), ask(needed, coarser)];
    if (!parts || !whole) return [];
    const period = {
      part: periodOfDaySql(`f.${id(finer)}`, coarser, manifest.project.calendar),
      whole: id(coarser),
      as: coarser,
    };
    const others = labels(whole).map((label, i) => ({ part: id(labels(parts)[i]!), whole: id(label), as: label }));
    const words =
      metric.additivity === 'distinct'
        ? `each ${coarser} lies between its largest ${finer} and the sum of them`
        : `the ${finer}s of each ${coarser} ${verbs[metric.additivity as keyof typeof verbs]} it`;
    const sql = setAgainst(metric, parts, whole, [period, ...others], not);
    return [{ metric: metric.name, relation: 'periods', words, sql }];
  });
}

function labels({ columns }: QueryPlan): string[] {
  return columns.filter(({ role }) => role === 'dimension').map(({ name }) => name);
}

interface Key {
  readonly part: string;
  readonly whole: string;
  readonly as: string;
}

/** Parts and wholes one below the other, a row for each of which the condition holds that must not. */
function setAgainst(
  { name, additivity }: ManifestMetric,
  parts: QueryPlan,
  whole: QueryPlan,
  keys: readonly Key[],
  not: string,
): string {
  const value = `f.${id(name)}`;
  // A null of the value's own type.
  const none = `case when false then ${value} end`;
  const side = (plan: QueryPlan, key: 'part' | 'whole', columns: string) =>
    `select ${[...keys.map((one) => `${one[key]} as ${id(one.as)}`), columns].join(', ')} from (${plan.sql}) as f`;
  const both = `${side(parts, 'part', `${value} as part, ${none} as whole`)} union all ${side(whole, 'whole', `${none} as part, ${value} as whole`)}`;
  const fold = additivity === 'min' || additivity === 'max' ? additivity : 'sum';
  const select = [
    ...keys.map(({ as }) => `x.${id(as)} as ${id(as)}`),
    `${fold}(x.part) as parts`,
    `${fold}(x.whole) as whole`,
  ];
  const groups = keys.length > 0 ? ` group by ${keys.map((_, i) => i + 1).join(', ')}` : '';
  return `select ${select.join(', ')} from (${both}) as x${groups} having ${not}${inOrder(keys)}`;
}

/** By what is kept and from the rows: the same rows. Asked by each grain that is kept and all dimensions, and without either. */
function keptAnswersAlike({ metric, ask }: Setting, stored: ReadonlySet<string>): MetricRelation[] {
  const dimensions = metric.dimensions.map(({ name }) => name);
  const questions: { readonly by: readonly string[]; readonly grain?: Grain; readonly words: string }[] = metric.rule
    ? [{ by: [], words: 'what is kept answers as the rows do' }]
    : [
        ...metric.grains.map((grain) => ({
          by: dimensions,
          grain,
          words: `what is kept by ${grain} answers as the rows do`,
        })),
        { by: metric.requires ?? [], words: 'what is kept gives the total of the rows' },
      ];
  return questions.flatMap(({ by, grain, words }) => {
    const [kept, rows] = [ask(by, grain, stored), ask(by, grain)];
    if (!kept?.stored || !rows) return [];
    return [{ metric: metric.name, relation: 'kept' as const, words, sql: sideBySide(kept, rows) }];
  });
}

/** Rows of two answers to one question that are not the same. */
function sideBySide(kept: QueryPlan, rows: QueryPlan): string {
  const isKey = ({ role }: QueryColumn) => role === 'grain' || role === 'dimension';
  const keys = kept.columns.filter(isKey).map(({ name }) => id(name));
  const values = kept.columns.filter((column) => !isKey(column) && column.type !== 'boolean');
  const list = [...keys, ...values.map(({ name }) => id(name))].map((name) => `f.${name} as ${name}`).join(', ');
  const both = `select 1 as side, ${list} from (${kept.sql}) as f union all select 2 as side, ${list} from (${rows.sql}) as f`;
  const of = (side: number, name: string) => `max(x.${id(name)}) filter (where x.side = ${side})`;
  const differs = values.map(({ name, type }) => {
    const [a, b] = [of(1, name), of(2, name)];
    return `((${a}) is null) <> ((${b}) is null) or ${type === 'double' ? differ(type, a, b) : `${a} <> ${b}`}`;
  });
  const select = [
    ...keys.map((name) => `x.${name} as ${name}`),
    ...values.flatMap(({ name }) => [`${of(1, name)} as ${id(`${name}_kept`)}`, `${of(2, name)} as ${id(name)}`]),
  ];
  const groups = keys.length > 0 ? ` group by ${keys.map((name) => `x.${name}`).join(', ')}` : '';
  const counts = 'count(*) filter (where x.side = 1) <> count(*) filter (where x.side = 2)';
  return `select ${select.join(', ')} from (${both}) as x${groups} having ${[counts, ...differs].join(' or ')}${inOrder(keys)}`;
}

/** The first rows that are told of are the same on every engine. */
function inOrder(keys: readonly unknown[]): string {
  return keys.length > 0 ? ` order by ${keys.map((_, i) => `${i + 1} nulls last`).join(', ')}` : '';
}
