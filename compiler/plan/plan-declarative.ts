import type { ColumnDefinition, DeclarativeModel } from '../definition/model.ts';
import { formatType } from '../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { Node } from '../expression/ast.ts';
import type { ColumnSource } from '../expression/contract.ts';
import { writeExpression } from '../expression/write-sql.ts';
import type { SqlText } from '../source/source-file.ts';
import { canonicalType } from './canonical-type.ts';
import { columnType } from './column-type.ts';
import { newestName } from './event-conditions.ts';
import { exclusionSql } from './exclusion.ts';
import { planHash } from './hash-column.ts';
import { columnNode } from './metric/aggregate-sql.ts';
import { replaceColumns } from './metric/formula.ts';
import type { ModelContext, ModelPlan, PlannedColumn } from './plan-model.ts';
import { identifier as id, valueLiteral } from './sql-text.ts';

export interface DeclarativePlan {
  readonly columns: readonly PlannedColumn[];
  readonly filters: readonly ColumnSource[];
  readonly sql?: string;
  readonly diagnostics: Diagnostic[];
}

/** The one table that a declarative model reads. */
const alias = 's';

/**
 * A model with `from:` as one SELECT. Copies are dropped first, then `where` and `exclude` choose: so with `keep: last` a row whose newest copy no longer qualifies
 * does not come back by an older one.
 */
export function planDeclarative(
  definition: DeclarativeModel,
  upstream: ModelPlan,
  context: ModelContext,
): DeclarativePlan {
  const diagnostics: Diagnostic[] = [];
  const planned = definition.columns.map((column) => planColumn(column, upstream, context, diagnostics));
  const filters: ColumnSource[] = [];
  const predicates = planFilters(definition, planned, upstream, context, filters, diagnostics);
  const columns = planned.map(({ qualified: _, ...column }) => column);
  if (diagnostics.some((d) => d.severity === 'error' || d.code === 'E1901')) return { columns, filters, diagnostics };
  const source = definition.dedupe
    ? dedupeSql(definition, planned, upstream, diagnostics)
    : `${upstream.name} as ${alias}`;
  const all = definition.dedupe ? [`${alias}.etalon_copy = 1`, ...predicates] : predicates;
  const where = all.length > 0 ? ` where ${all.join(' and ')}` : '';
  const select = planned.map((column) => `${column.qualified} as ${id(column.name)}`).join(', ');
  return { columns, filters, sql: `select ${select} from ${source}${where}`, diagnostics };
}

interface QualifiedColumn extends PlannedColumn {
  /** Its SQL, every column under the alias of what is read. */
  readonly qualified: string;
}

function qualify(node: Node): string {
  return writeExpression(replaceColumns(node, (path) => columnNode(alias, ...path)));
}

function planColumn(
  column: ColumnDefinition,
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): QualifiedColumn {
  const body = column.body;
  const missing: QualifiedColumn = { name: column.name, sources: [], qualified: 'null' };
  const cast = (sql: string) => (column.type ? `cast(${sql} as ${canonicalType(column.type)})` : sql);
  switch (body.form) {
    case 'same': {
      const source = upstream.columns.find((c) => c.name === column.name);
      if (!source) {
        const names = upstream.columns.map((c) => c.name);
        diagnostics.push(
          diagnostic('E1305', `\`${upstream.name}\` has no column \`${column.name}\``, {
            span: column.span,
            hints: suggestNames(column.name, names),
          }),
        );
        return missing;
      }
      const type = column.type ? formatType(column.type) : source.type;
      return {
        name: column.name,
        ...(type === undefined ? {} : { type }),
        sources: [{ model: upstream.name, column: column.name, how: 'same' }],
        qualified: cast(`${alias}.${id(column.name)}`),
      };
    }
    case 'expression': {
      const read = context.sql.expression(body.expression, upstream);
      diagnostics.push(...read.diagnostics);
      if (!read.node) return missing;
      const inferred = read.type && columnType(read.type);
      const type = column.type ?? inferred;
      return {
        name: column.name,
        ...(type ? { type: formatType(type) } : {}),
        expression: read.canonical!,
        sources: read.sources,
        qualified: cast(qualify(read.node)),
      };
    }
    case 'map':
      return planMap(column, body, upstream, context, diagnostics) ?? missing;
    case 'event':
      return planEvent(column, body, upstream, context, diagnostics) ?? missing;
    case 'hash':
      return planHash(column, context.sql.expression(body.of, upstream), qualify, diagnostics) ?? missing;
    case 'identity':
    case 'money':
      diagnostics.push(
        notComputed(`\`${body.form}:\` of column \`${column.name}\``, column, 'write it in an SQL model until then'),
      );
      return {
        ...missing,
        type: column.type ? formatType(column.type) : body.form === 'money' ? 'decimal(18,2)' : 'text',
      };
  }
}

/** The name of an event with old names replaced by the tracking plan of the source that it comes from. */
function planEvent(
  column: ColumnDefinition,
  { source }: Extract<ColumnDefinition['body'], { form: 'event' }>,
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): QualifiedColumn | undefined {
  const tracked = context.planned.get(source.value)?.definition;
  const plan = tracked?.form === 'source' ? tracked.events : undefined;
  if (!plan) {
    const plans = [...context.planned.values()].filter(({ definition: d }) => d.form === 'source' && d.events);
    const message = tracked ? `\`${source.value}\` has no tracking plan` : `unknown source \`${source.value}\``;
    const names = plans.map(({ name }) => name);
    const hints = names.length > 0 ? suggestNames(source.value, names) : ['add `events:` to the source'];
    diagnostics.push(diagnostic('E1501', message, { span: source.span, hints }));
    return undefined;
  }
  const from = upstream.columns.find(({ name }) => name === plan.name);
  if (!from) {
    const message = `\`${upstream.name}\` has no column \`${plan.name}\`, in which the tracking plan of \`${source.value}\` finds the name of an event`;
    const hints = suggestNames(
      plan.name,
      upstream.columns.map(({ name }) => name),
    );
    diagnostics.push(diagnostic('E1305', message, { span: column.span, hints }));
    return undefined;
  }
  const type = column.type ?? { name: 'text' };
  return {
    name: column.name,
    type: formatType(type),
    expression: newestName(plan, id(plan.name)),
    sources: [{ model: upstream.name, column: plan.name, how: 'changed' }],
    qualified: newestName(plan, `${alias}.${id(plan.name)}`),
  };
}

function planMap(
  column: ColumnDefinition,
  body: {
    readonly from: SqlText;
    readonly values: Readonly<Record<string, readonly (string | number | boolean | null)[]>>;
    readonly else: { readonly error: true } | { readonly value: string | null };
  },
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): QualifiedColumn | undefined {
  const read = context.sql.expression(body.from, upstream);
  diagnostics.push(...read.diagnostics);
  if (!read.node) return undefined;
  if ('error' in body.else) {
    diagnostics.push(
      notComputed(
        `\`map\` of column \`${column.name}\` without \`else: VALUE\`, which rejects rows,`,
        column,
        'say what all other values become: `else: unknown`',
      ),
    );
    return undefined;
  }
  const otherwise = valueLiteral(body.else.value);
  const caseOf = (from: string) => {
    const branches = Object.entries(body.values).map(([value, spellings]) => {
      const texts = spellings.filter((s) => s !== null).map((s) => valueLiteral(s));
      const tests = [
        ...(texts.length > 0 ? [`(${from}) in (${texts.join(', ')})`] : []),
        ...(spellings.includes(null) ? [`(${from}) is null`] : []),
      ];
      return `when ${tests.join(' or ')} then ${valueLiteral(value)}`;
    });
    return `case ${branches.join(' ')} else ${otherwise} end`;
  };
  const type = column.type ? formatType(column.type) : 'text';
  const sql = caseOf(qualify(read.node));
  return {
    name: column.name,
    type,
    expression: caseOf(read.canonical!),
    sources: read.sources.map((s) => ({ ...s, how: 'changed' })),
    qualified: column.type ? `cast(${sql} as ${canonicalType(type)})` : sql,
  };
}

function planFilters(
  definition: DeclarativeModel,
  columns: readonly QualifiedColumn[],
  upstream: ModelPlan,
  context: ModelContext,
  filters: ColumnSource[],
  diagnostics: Diagnostic[],
): string[] {
  const predicates: string[] = [];
  if (definition.where) {
    const read = context.sql.predicate(definition.where, upstream);
    diagnostics.push(...read.diagnostics);
    filters.push(...read.sources.map((s) => ({ ...s, how: 'filtered' as const })));
    if (read.node) predicates.push(`(${qualify(read.node)})`);
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
    predicates.push(exclusionSql(exclusion, key.qualified));
  }
  return predicates;
}

/** Ties are broken by all remaining columns, so that the same copy is kept on every engine and in every order of arrival. */
function dedupeSql(
  definition: DeclarativeModel,
  columns: readonly QualifiedColumn[],
  upstream: ModelPlan,
  diagnostics: Diagnostic[],
): string {
  const dedupe = definition.dedupe!;
  const names = upstream.columns.map((c) => c.name);
  for (const name of dedupe.by) {
    if (!names.includes(name))
      diagnostics.push(
        diagnostic('E1305', `\`${upstream.name}\` has no column \`${name}\``, {
          span: dedupe.span,
          hints: suggestNames(name, names),
        }),
      );
  }
  const partition = definition.key.map(
    (name) => columns.find((c) => c.name === name)?.qualified ?? `${alias}.${id(name)}`,
  );
  const direction = dedupe.keep === 'last' ? ' desc nulls last' : ' asc nulls last';
  const order = [
    ...dedupe.by.map((name) => `${alias}.${id(name)}${direction}`),
    ...upstream.columns.filter((c) => !dedupe.by.includes(c.name)).map((c) => `${tieBreaker(c)} asc nulls last`),
  ];
  const all = upstream.columns.map((c) => `${alias}.${id(c.name)}`).join(', ');
  return `(select ${all}, row_number() over (partition by ${partition.join(', ')} order by ${order.join(', ')}) as etalon_copy from ${upstream.name} as ${alias}) as ${alias}`;
}

function tieBreaker(column: PlannedColumn): string {
  const name = `${alias}.${id(column.name)}`;
  return column.type === 'json' ? `cast(${name} as text)` : name;
}

/** The model is read and shown, but not built. */
function notComputed(what: string, column: ColumnDefinition, hint: string): Diagnostic {
  const message = `${what} is read but not computed by this version of Etalon: the model is not built`;
  return diagnostic('E1901', message, { span: column.span, hints: [hint], severity: 'warning' });
}
