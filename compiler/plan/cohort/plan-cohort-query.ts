import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { diagnostic, hasErrors } from '../../diagnostic/diagnostic.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import { orderBy } from '../order-by.ts';
import type { QueryColumn, QueryPlan, QueryRequest } from '../query-types.ts';
import { readPredicate } from '../read-predicate.ts';
import { identifier as id } from '../sql-text.ts';
import { answerRule } from './answer-rule.ts';
import { dimensionColumn } from './members.ts';
import { readAsked } from './read-asked.ts';
import type { CohortRule } from './rule.ts';
import type { Answer, CohortSetting } from './setting.ts';

/**
 * A question to one metric of a cohort form as one canonical SELECT. `request.by` may name `cohort`, `k` or `horizon` beside the cohort's dimensions and a grain; without any of
 * these it is what semantics.md §11 says for the form.
 */
export function planCohortQuestion(
  catalog: Catalog,
  metric: CatalogMetric & { readonly rule: CohortRule },
  request: Omit<QueryRequest, 'asOf'>,
  asOf: string,
): { readonly plan?: QueryPlan; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const setting = readSetting(catalog, metric, request, asOf, diagnostics);
  if (!setting) return { diagnostics };
  const answer = answerRule(setting);
  const columns = nameColumns(answer, setting.asked.dimensions);
  for (const name of metric.exclude) setting.reads.add(catalog.exclusions.get(name)!.in);
  const sql = sqlOf(answer, columns, request, setting.asked.dimensions, diagnostics);
  if (hasErrors(diagnostics)) return { diagnostics };
  return {
    plan: { kind: 'query-plan', sql, columns, reads: [...setting.reads].sort() },
    diagnostics,
  };
}

/** A question's names found; undefined where something asked for does not exist. */
export function readSetting(
  catalog: Catalog,
  metric: CatalogMetric & { readonly rule: CohortRule },
  request: Omit<QueryRequest, 'asOf'>,
  asOf: string,
  diagnostics: Diagnostic[],
): CohortSetting | undefined {
  const asked = readAsked(metric, request, diagnostics);
  const predicate = readPredicate(request, [metric], diagnostics);
  if (predicate && !('cohort' in metric.rule))
    diagnostics.push(
      diagnostic(
        'E1601',
        `\`where\` does not apply to \`${metric.name}\`: it has no cohort whose dimensions could be asked for`,
      ),
    );
  if (!asked || hasErrors(diagnostics)) return undefined;
  return {
    catalog,
    metric,
    rule: metric.rule,
    zone: metric.ownTimezone ?? catalog.calendar.timezone,
    asOf,
    asked,
    reads: new Set(),
    diagnostics,
    ...(request.from === undefined ? {} : { from: request.from }),
    ...(request.to === undefined ? {} : { to: request.to }),
    ...(predicate ? { predicate } : {}),
  };
}

/** A dimension may be called `state`: then the column that says how far a cell is known gives way, as in a plain metric. */
function nameColumns({ columns }: Answer, dimensions: CohortSetting['asked']['dimensions']): readonly QueryColumn[] {
  if (!dimensions.some(({ label }) => label === 'state')) return columns;
  return columns.map((column) => (column.role === 'state' ? { ...column, name: 'period_state' } : column));
}

/** In order as asked, then by what the rows are of, so that it is the same on every engine. */
function sqlOf(
  answer: Answer,
  columns: readonly QueryColumn[],
  request: Omit<QueryRequest, 'asOf'>,
  dimensions: CohortSetting['asked']['dimensions'],
  diagnostics: Diagnostic[],
): string {
  const names = columns.map((c) => c.name);
  const select = columns.map(({ name, role }) => {
    if (role === 'state') return `state as ${id(name)}`;
    const i = role === 'dimension' ? dimensions.findIndex(({ label }) => label === name) : -1;
    return i < 0 ? id(name) : `${dimensionColumn(i)} as ${id(name)}`;
  });
  const first = orderBy(request.order, names, dimensions, diagnostics);
  const order = [...first, ...answer.order.map((sql) => `${sql} nulls last`)].join(', ');
  const ctes = answer.with.map(([name, sql]) => `${name} as (${sql})`).join(', ');
  const limit = request.limit === undefined ? '' : ` limit ${request.limit}`;
  return `with ${ctes} select ${select.join(', ')} from (${answer.rows}) as answer${order ? ` order by ${order}` : ''}${limit}`;
}

/** Metrics of cohort forms are asked for alone: their rows are not those of others. */
export function refuseCompany(metrics: readonly CatalogMetric[], names: readonly string[]): Diagnostic | undefined {
  const cohort = metrics.find((metric) => metric.rule !== undefined);
  if (!cohort || metrics.length === 1) return undefined;
  const others = names.filter((name) => name !== cohort.name);
  return diagnostic('E1604', `\`${cohort.name}\` has rows of its own kind, and is asked for alone`, {
    hints: [`ask for ${suggestOthers(others)} in a question of their own`],
  });
}

function suggestOthers(others: readonly string[]): string {
  return others.map((name) => `\`${name}\``).join(', ');
}
