import { isCalendarDay } from '../definition/calendar-day.ts';
import { type Grain, grains } from '../definition/metric.ts';
import { isTimezone } from '../definition/timezone.ts';
import { type Diagnostic, diagnostic, hasErrors } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Node } from '../expression/ast.ts';
import { writeExpression } from '../expression/write-sql.ts';
import type { Catalog, CatalogMetric } from './catalog.ts';
import { planCohortQuestion, refuseCompany } from './cohort/plan-cohort-query.ts';
import type { CohortRule } from './cohort/rule.ts';
import { compareQuestion } from './compare-question.ts';
import { checkRequired } from './metric/check-required.ts';
import type { Fact } from './metric/facts.ts';
import { isOwnPeriod } from './metric/frame.ts';
import { labelDimensions } from './metric/label-dimensions.ts';
import { type RenderedFact, renderFact } from './metric/render-fact.ts';
import { spineName, spinePeriod, spineSql } from './metric/spine.ts';
import { stateSql } from './metric/state.ts';
import { takeApart, type Values } from './metric/value.ts';
import { orderBy } from './order-by.ts';
import type { QueryColumn, QueryPlan, QueryRequest } from './query-types.ts';
import { checkDimension, readPredicate } from './read-predicate.ts';
import { withSegments } from './segment/as-dimension.ts';
import { identifier as id, textLiteral } from './sql-text.ts';

/** A question after its names have been found. */
export interface Question extends Omit<QueryRequest, 'asOf'> {
  /** The instant as SQL. */
  readonly asOf: string;
  readonly dimensions: readonly { readonly name: string; readonly path: readonly string[]; readonly label: string }[];
  readonly predicate?: Node;
}

type Outcome = { readonly plan?: QueryPlan; readonly diagnostics: readonly Diagnostic[] };

/**
 * A question to the metrics as one canonical SELECT. Each fact (a model cut by one time column with one filter) is aggregated by itself at the grain asked for, then
 * the facts are joined on their groups, null groups included, and derived metrics are computed last (semantics.md §2). Rows at or after `asOf` do not count.
 *
 * @example
 * planQuery(catalog, { metrics: ['revenue'], by: ['country'], grain: 'month', order: [], asOf: '2025-07-01T00:00:00Z' })
 */
export function planQuery(catalog: Catalog, request: QueryRequest): Outcome {
  return planQuestion(catalog, request, `timestamptz ${textLiteral(request.asOf)}`);
}

/** The same with `asOf` as an SQL expression. */
export function planQuestion(known: Catalog, question: Omit<QueryRequest, 'asOf'>, asOf: string): Outcome {
  const diagnostics: Diagnostic[] = [];
  const asked = withSegments(known, question, asOf, diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  const { catalog, request } = compareQuestion(asked, question, diagnostics);
  const metrics = request.metrics.flatMap((name) => findMetric(catalog, name, diagnostics));
  const calendar = request.calendar ?? catalog.calendar;
  const scoped = calendar === catalog.calendar ? catalog : { ...catalog, calendar };
  const [first] = metrics;
  const company = refuseCompany(metrics, request.metrics);
  if (company) return { diagnostics: [...diagnostics, company] };
  if (first && isCohortMetric(first)) {
    if (question.compare !== undefined) diagnostics.push(refuseComparison(first.name));
    checkRange(request, diagnostics);
    const outcome = hasErrors(diagnostics) ? { diagnostics: [] } : planCohortQuestion(scoped, first, request, asOf);
    return { ...outcome, diagnostics: [...diagnostics, ...outcome.diagnostics] };
  }
  const read = readQuestion(request, asOf, metrics, diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  const apart = takeApart(scoped, read, metrics, diagnostics);
  const rendered = apart.facts.map((fact) => renderFact(scoped, read, fact, diagnostics));
  if (hasErrors(diagnostics)) return { diagnostics };
  const sql = assemble(scoped, read, metrics, apart, rendered);
  const columns = [
    ...groupColumns(read, rendered[0]?.dimensionTypes ?? []),
    ...metrics.map((m): QueryColumn => ({ name: m.name, type: m.type, role: 'metric' })),
    { name: stateName(read), type: 'text', role: 'state' } as const,
  ];
  checkNames(columns, diagnostics);
  const order = orderSql(read, columns, diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  const limit = request.limit === undefined ? '' : ` limit ${request.limit}`;
  const reads = [...new Set(rendered.flatMap((r) => r.reads))].sort();
  return { plan: { kind: 'query-plan', sql: `${sql}${order}${limit}`, columns, reads }, diagnostics };
}

function findMetric(catalog: Catalog, name: string, diagnostics: Diagnostic[]): CatalogMetric[] {
  const metric = catalog.metrics.get(name);
  if (!metric) {
    diagnostics.push(
      diagnostic('E1501', `unknown metric \`${name}\``, { hints: suggestNames(name, catalog.metrics.keys()) }),
    );
    return [];
  }
  if (!metric.computed) {
    diagnostics.push(
      diagnostic('E1901', `metric \`${name}\` is not computed by this version of Etalon: ${metric.notComputed}`),
    );
    return [];
  }
  return [metric];
}

function readQuestion(
  request: Omit<QueryRequest, 'asOf'>,
  asOf: string,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
): Question {
  const { grain, dimensions } = splitGrain(request, metrics, diagnostics);
  for (const name of dimensions) checkDimension(name, metrics, diagnostics);
  checkRange(request, diagnostics);
  const predicate = readPredicate(request, metrics, diagnostics);
  for (const metric of metrics) checkRequired(metric, dimensions, predicate, diagnostics);
  const { grain: _, ...rest } = request;
  return {
    ...rest,
    asOf,
    ...(grain ? { grain } : {}),
    dimensions: labelDimensions(dimensions, [grain ?? '', 'state', ...request.metrics]),
    ...(predicate ? { predicate } : {}),
  };
}

function checkRange(request: Omit<QueryRequest, 'asOf'>, diagnostics: Diagnostic[]): void {
  for (const [flag, value] of [
    ['from', request.from],
    ['to', request.to],
  ] as const) {
    if (value !== undefined && !isCalendarDay(value))
      diagnostics.push(diagnostic('E1205', `\`${flag}\` is \`${value}\`, not a date such as \`2025-01-31\``));
  }
  const { from, to } = request;
  if (from !== undefined && to !== undefined && isCalendarDay(from) && isCalendarDay(to) && from >= to)
    diagnostics.push(
      diagnostic('E1205', `the range is empty: \`from\` is \`${from}\`, and \`to\` is \`${to}\`, which is not in it`, {
        hints: [
          from === to
            ? `for that one day, \`to\` is the day after`
            : '`from` is the first day, `to` the day after the last',
        ],
      }),
    );
}

function refuseComparison(name: string): Diagnostic {
  return diagnostic('E1604', `\`${name}\` is not set against earlier periods: its rows are of cohorts and intervals`, {
    hints: ['leave `compare` out; two ranges can be asked for one after the other, with `from` and `to`'],
  });
}

function isCohortMetric(metric: CatalogMetric): metric is CatalogMetric & { readonly rule: CohortRule } {
  return metric.rule !== undefined;
}

function splitGrain(
  request: Omit<QueryRequest, 'asOf'>,
  metrics: readonly CatalogMetric[],
  diagnostics: Diagnostic[],
): { grain?: Grain; dimensions: string[] } {
  const found: Grain[] = request.grain ? [request.grain] : [];
  const dimensions: string[] = [];
  for (const name of request.by) {
    const isDimension = metrics.some((m) => m.dimensions.some((d) => d.name === name));
    if (!isDimension && (grains as readonly string[]).includes(name)) {
      if (!found.includes(name as Grain)) found.push(name as Grain);
    } else if (!dimensions.includes(name)) dimensions.push(name);
  }
  if (found.length > 1)
    diagnostics.push(
      diagnostic('E1604', `two grains in one question: ${found.map((g) => `\`${g}\``).join(' and ')}`, {
        hints: ['ask once for each'],
      }),
    );
  return { ...(found[0] ? { grain: found[0] } : {}), dimensions };
}

function cast(sql: string, type: string): string {
  return type === 'integer' ? `cast(${sql} as bigint)` : type === 'double' ? `cast(${sql} as double precision)` : sql;
}

function assemble(
  catalog: Catalog,
  question: Question,
  metrics: readonly CatalogMetric[],
  { facts, values, isDense }: Values,
  rendered: readonly RenderedFact[],
): string {
  const groups = [
    ...(question.grain ? [question.grain as string] : []),
    ...question.dimensions.map((d) => d.label),
  ].map((name) => id(name));
  const needsSpine = question.grain !== undefined && (isDense || facts.some((fact) => !isOwnPeriod(fact.frame)));
  const firstDays = rendered.flatMap((r) => r.firstDay ?? []);
  const ctes = [
    ...(needsSpine ? [`${spineName} as (${spineSql(question, catalog.calendar, firstDays)})`] : []),
    ...rendered.map((r, i) => `fact_${i + 1} as (${r.sql})`),
  ];
  const zones = facts.map((fact) =>
    fact.time === undefined ? undefined : isTimezone(fact.timezone) ? fact.timezone : 'by row',
  );
  const state = stateSql(question, catalog.calendar, zones);
  const select = [
    ...groups,
    ...metrics.map((m, i) => `${cast(writeExpression(values[i]!), m.type)} as ${id(m.name)}`),
    `${state} as ${id(stateName(question))}`,
  ].join(', ');
  const dense = isDense && question.grain ? denseSql(question, facts, state) : undefined;
  return `with ${ctes.join(', ')} select ${select} from ${joinFacts(facts, groups, dense)}`;
}

/** Every period of the range, for each group that any fact has; where the range has no end, those that have begun. */
function denseSql(question: Question, facts: readonly Fact[], state: string): string {
  const labels = question.dimensions.map((d) => id(d.label));
  const period = `${spineName}.${spinePeriod} as ${id(question.grain!)}`;
  const begun = (sql: string) =>
    question.to ? sql : `select * from (${sql}) as all_periods where ${state} <> 'unobservable'`;
  if (labels.length === 0) return begun(`select ${period} from ${spineName}`);
  const groups = facts.map((_, i) => `select ${labels.join(', ')} from fact_${i + 1}`).join(' union ');
  const columns = [period, ...labels.map((label) => `seen.${label}`)].join(', ');
  return begun(`select ${columns} from ${spineName} cross join (${groups}) as seen`);
}

/**
 * Facts side by side. With groups: all rows one below the other, each fact's columns null in the others' rows, then one row per group; so null groups meet, which a
 * full join on `is not distinct from` cannot do on PostgreSQL. At most one row of a group has a value, which max picks. Without groups: exactly one row. `dense` has groups only: the
 * rows that a `fill` asks for.
 */
function joinFacts(facts: readonly Fact[], groups: readonly string[], dense: string | undefined): string {
  if (groups.length === 0)
    return `(select 1 as one) as single${facts.map((_, i) => ` left join fact_${i + 1} on true`).join('')}`;
  if (facts.length === 1 && dense === undefined) return 'fact_1';
  const columns = facts.flatMap((fact, i) => fact.columns.map((column) => ({ ...column, fact: i })));
  // A left join on false gives the other facts' columns as nulls of their own types.
  const part = (own: string, source: string, i: number) => {
    const others = facts.flatMap((_, j) => (j === i ? [] : [` left join fact_${j + 1} on false`])).join('');
    const select = [...groups.map((g) => `${own}.${g}`), ...columns.map((c) => `fact_${c.fact + 1}.${id(c.name)}`)];
    return `select ${select.join(', ')} from ${source}${others}`;
  };
  const parts = facts.map((_, i) => part(`fact_${i + 1}`, `fact_${i + 1}`, i));
  if (dense !== undefined) parts.push(part('dense', `(${dense}) as dense`, -1));
  const picked = columns.map((c) => `${c.type === 'boolean' ? 'bool_or' : 'max'}(${id(c.name)}) as ${id(c.name)}`);
  return `(select ${[...groups, ...picked].join(', ')} from (${parts.join(' union all ')}) as side_by_side group by ${groups.join(', ')}) as joined`;
}

function groupColumns(question: Question, types: readonly (string | undefined)[]): QueryColumn[] {
  const dimensions = question.dimensions.map(
    (d, i): QueryColumn => ({ name: d.label, type: types[i] ?? 'text', role: 'dimension' }),
  );
  return question.grain
    ? [{ name: question.grain, type: question.grain === 'hour' ? 'timestamp' : 'date', role: 'grain' }, ...dimensions]
    : dimensions;
}

/** A dimension or a metric may be called `state`: then the column that says how far a period is known gives way. */
function stateName({ dimensions, metrics }: Question): string {
  const isTaken = metrics.includes('state') || dimensions.some(({ label }) => label === 'state');
  return isTaken ? 'period_state' : 'state';
}

function checkNames(columns: readonly QueryColumn[], diagnostics: Diagnostic[]): void {
  const seen = new Map<string, QueryColumn>();
  for (const column of columns) {
    const twin = seen.get(column.name);
    if (twin)
      diagnostics.push(
        diagnostic('E1302', `the result has two columns \`${column.name}\`: a ${twin.role} and a ${column.role}`, {
          hints: ['ask for one of them, or give the metric or the column another name'],
        }),
      );
    seen.set(column.name, column);
  }
}

/** As asked, then by the groups, so that the order is total and the same on every engine. */
function orderSql(question: Question, columns: readonly QueryColumn[], diagnostics: Diagnostic[]): string {
  const names = columns.map((c) => c.name);
  const asked = orderBy(question.order, names, question.dimensions, diagnostics);
  const groups = columns.filter((c) => c.role === 'grain' || c.role === 'dimension');
  const terms = [...asked, ...groups.map((c) => `${id(c.name)} nulls last`)];
  return terms.length > 0 ? ` order by ${terms.join(', ')}` : '';
}
