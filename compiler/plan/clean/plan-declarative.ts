import type { ColumnDefinition, DeclarativeModel } from '../../definition/model.ts';
import { formatType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ColumnSource } from '../../expression/contract.ts';
import { canonicalType } from '../canonical-type.ts';
import { columnType } from '../column-type.ts';
import { exclusionSql } from '../exclusion.ts';
import { planHash } from '../hash-column.ts';
import type { ModelContext, ModelPlan, PlannedColumn } from '../plan-model.ts';
import { identifier as id } from '../sql-text.ts';
import { type AccountPlan, type CleanParts, planAccount } from './account.ts';
import { castText } from './cast-text.ts';
import {
  alias,
  type CleanColumn,
  type CompanionPlan,
  missingColumn,
  ownColumn,
  qualify,
  type Rejection,
} from './clean-column.ts';
import { planEvent } from './event-column.ts';
import { planIdentity } from './identity-column.ts';
import { planMap } from './map-column.ts';
import { planMoney } from './money-column.ts';

export interface DeclarativePlan {
  readonly columns: readonly PlannedColumn[];
  readonly filters: readonly ColumnSource[];
  readonly sql?: string;
  /** What of the rows read does not come out, and why. */
  readonly account?: AccountPlan;
  /** Tables made for it. */
  readonly companions: readonly CompanionPlan[];
  readonly diagnostics: Diagnostic[];
}

/**
 * A model with `from:` as one SELECT. Copies are dropped first, then `where` and `exclude` choose: so with `keep: last` a row whose newest copy no longer qualifies
 * does not come back by an older one. Last, rules of columns (casts, `required`, `map`, `money`) refuse rows.
 */
export function planDeclarative(
  definition: DeclarativeModel,
  upstream: ModelPlan,
  context: ModelContext,
): DeclarativePlan {
  const diagnostics: Diagnostic[] = [];
  const own = definition.columns.map((column) =>
    planRequired(column, planColumn(definition.name, column, upstream, context, diagnostics)),
  );
  const planned = withBeside(own);
  const filters: ColumnSource[] = [];
  const { where, exclusions } = planFilters(definition, planned, upstream, context, filters, diagnostics);
  const columns = planned.map(
    ({ qualified: _, joins: _j, companion: _c, rejections: _r, beside: _b, ...column }) => column,
  );
  const companions = planned.flatMap(({ companion }) => companion ?? []);
  if (diagnostics.some((d) => d.severity === 'error' || d.code === 'E1901'))
    return { columns, filters, companions, diagnostics };
  const source = (counting: boolean) =>
    definition.dedupe ? dedupeSql(definition, planned, upstream, counting) : `${upstream.name} as ${alias}`;
  checkDedupe(definition, upstream, diagnostics);
  const parts: CleanParts = {
    columns: planned,
    source: source(false),
    joins: planned.flatMap(({ joins = [] }) => joins),
    where,
    exclusions,
    rejections: planned.flatMap(({ rejections = [] }) => rejections),
  };
  const account = planAccount(definition, upstream, { ...parts, source: source(true) });
  return {
    columns,
    filters,
    companions,
    sql: rowsSql(definition, parts),
    ...(account ? { account } : {}),
    diagnostics,
  };
}

function rowsSql(
  definition: DeclarativeModel,
  { columns, source, joins, where, exclusions, rejections }: CleanParts,
): string {
  const all = [
    ...(definition.dedupe ? [`${ownColumn('etalon_copy')} = 1`] : []),
    ...where,
    ...exclusions.map(({ stays }) => stays),
    ...rejections.map(({ condition }) => `(${condition}) is not true`),
  ];
  const select = columns.map((column) => `${column.qualified} as ${id(column.name)}`).join(', ');
  return `select ${select} from ${[source, ...joins].join(' ')}${all.length > 0 ? ` where ${all.join(' and ')}` : ''}`;
}

/** What comes with a column stands beside it, unless the author lists the same as columns of the model's own. */
function withBeside(columns: readonly CleanColumn[]): readonly CleanColumn[] {
  const isListed = (one: CleanColumn) => columns.some((column) => column.name === one.name || isSame(column, one));
  return columns.flatMap((column) => [column, ...(column.beside ?? []).filter((one) => !isListed(one))]);
}

function isSame({ sources }: CleanColumn, { sources: [own] }: CleanColumn): boolean {
  const [only, ...others] = sources;
  return others.length === 0 && only?.how === 'same' && only.model === own?.model && only.column === own.column;
}

function planRequired(definition: ColumnDefinition, column: CleanColumn): CleanColumn {
  if (!definition.required) return column;
  const missing: Rejection = { condition: `(${column.qualified}) is null`, reason: `\`${column.name}\` is missing` };
  return { ...column, rejections: [...(column.rejections ?? []), missing] };
}

function planColumn(
  model: string,
  column: ColumnDefinition,
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): CleanColumn {
  const body = column.body;
  switch (body.form) {
    case 'same':
      return planSame(column, upstream, diagnostics);
    case 'expression': {
      const read = context.sql.expression(body.expression, upstream);
      diagnostics.push(...read.diagnostics);
      if (!read.node) return missingColumn(column.name);
      const inferred = read.type && columnType(read.type);
      const type = column.type ?? inferred;
      const planned = {
        name: column.name,
        ...(type ? { type: formatType(type) } : {}),
        expression: read.canonical!,
        sources: read.sources,
      };
      return { ...planned, ...typed(column, qualify(read.node), inferred && formatType(inferred)) };
    }
    case 'map':
      return planMap(column, body, upstream, context, diagnostics) ?? missingColumn(column.name);
    case 'money':
      return planMoney(model, column, body, upstream, context, diagnostics) ?? missingColumn(column.name);
    case 'identity':
      return planIdentity(column, body, upstream, context, diagnostics) ?? missingColumn(column.name);
    case 'event':
      return planEvent(column, body, upstream, context, diagnostics) ?? missingColumn(column.name);
    case 'hash':
      return (
        planHash(column, context.sql.expression(body.of, upstream), qualify, diagnostics) ?? missingColumn(column.name)
      );
  }
}

function planSame(column: ColumnDefinition, upstream: ModelPlan, diagnostics: Diagnostic[]): CleanColumn {
  const source = upstream.columns.find((one) => one.name === column.name);
  if (!source) {
    const names = upstream.columns.map((one) => one.name);
    const message = `\`${upstream.name}\` has no column \`${column.name}\``;
    diagnostics.push(diagnostic('E1305', message, { span: column.span, hints: suggestNames(column.name, names) }));
    return missingColumn(column.name);
  }
  const type = column.type ? formatType(column.type) : source.type;
  return {
    name: column.name,
    ...(type === undefined ? {} : { type }),
    sources: [{ model: upstream.name, column: column.name, how: 'same' }],
    ...typed(column, ownColumn(column.name), source.type),
  };
}

/** A value in the type declared. A text may be none of that type: then the row is refused, and the run goes on. */
function typed(
  column: ColumnDefinition,
  sql: string,
  from: string | undefined,
): Pick<CleanColumn, 'qualified' | 'rejections'> {
  if (!column.type) return { qualified: sql };
  const read = from === 'text' ? castText(sql, column.type, column.zone) : undefined;
  if (!read) return { qualified: `cast(${sql} as ${canonicalType(column.type)})` };
  return {
    qualified: read.value,
    rejections: [{ condition: read.fails, reason: `\`${column.name}\` is not ${read.words}` }],
  };
}

function planFilters(
  definition: DeclarativeModel,
  columns: readonly CleanColumn[],
  upstream: ModelPlan,
  context: ModelContext,
  filters: ColumnSource[],
  diagnostics: Diagnostic[],
): Pick<CleanParts, 'where' | 'exclusions'> {
  const where: string[] = [];
  const exclusions: CleanParts['exclusions'][number][] = [];
  if (definition.where) {
    const read = context.sql.predicate(definition.where, upstream);
    diagnostics.push(...read.diagnostics);
    filters.push(...read.sources.map((s) => ({ ...s, how: 'filtered' as const })));
    if (read.node) where.push(`(${qualify(read.node)})`);
  }
  for (const name of definition.exclude) {
    const exclusion = context.exclusions.get(name.value);
    if (!exclusion) continue; // said by resolve
    const key = columns.find((c) => c.name === exclusion.key);
    if (!key) {
      diagnostics.push(
        diagnostic(
          'E1305',
          `\`${name.value}\` excludes by \`${exclusion.key}\`, which is not among the columns of \`${definition.name}\``,
          { span: name.span, hints: [`add \`${exclusion.key}:\` to its columns`] },
        ),
      );
      continue;
    }
    filters.push({ model: exclusion.in, column: exclusion.key, how: 'filtered' });
    exclusions.push({ name: name.value, stays: exclusionSql(exclusion, key.qualified) });
  }
  return { where, exclusions };
}

function checkDedupe({ dedupe }: DeclarativeModel, upstream: ModelPlan, diagnostics: Diagnostic[]): void {
  const names = upstream.columns.map((one) => one.name);
  for (const name of dedupe?.by ?? []) {
    if (names.includes(name)) continue;
    const message = `\`${upstream.name}\` has no column \`${name}\``;
    diagnostics.push(diagnostic('E1305', message, { span: dedupe!.span, hints: suggestNames(name, names) }));
  }
}

/** In the order of `by` and then of all remaining columns the first copy is kept, or the last, so that the same copy is kept on every engine and in every order of arrival. */
function dedupeSql(
  definition: DeclarativeModel,
  columns: readonly CleanColumn[],
  upstream: ModelPlan,
  counting: boolean,
): string {
  const dedupe = definition.dedupe!;
  const partition = definition.key.map(
    (name) => columns.find((c) => c.name === name)?.qualified ?? `${alias}.${id(name)}`,
  );
  const direction = dedupe.keep === 'last' ? ' desc nulls last' : ' asc nulls last';
  const order = [
    ...dedupe.by.map((name) => `${alias}.${id(name)}${direction}`),
    ...upstream.columns.filter((c) => !dedupe.by.includes(c.name)).map((c) => `${tieBreaker(c)}${direction}`),
  ];
  const all = upstream.columns.map((c) => `${alias}.${id(c.name)}`).join(', ');
  const cut = `partition by ${partition.join(', ')}`;
  const copies = counting ? `, count(*) over (${cut}) as etalon_copies` : '';
  return `(select ${all}, row_number() over (${cut} order by ${order.join(', ')}) as etalon_copy${copies} from ${upstream.name} as ${alias}) as ${alias}`;
}

function tieBreaker(column: PlannedColumn): string {
  const name = `${alias}.${id(column.name)}`;
  return column.type === 'json' ? `cast(${name} as text)` : name;
}
