import type { PlainMetric } from '../../definition/metric.ts';
import { isTimezone } from '../../definition/timezone.ts';
import { parseType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic, type Located, type Span } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import { expressionInWords } from '../../expression/expression-to-words.ts';
import { inferExpression } from '../../expression/infer-expression.ts';
import type { CatalogModel } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import { additivityOf } from './algebra.ts';
import type { AnalysedMetric, MetricContext, MetricDimension } from './analysed-metric.ts';
import { refuseSubqueries } from './check-aggregates.ts';
import { computedOrNot } from './computed-or-not.ts';
import type { Formula } from './formula.ts';
import { inferType } from './infer-type.ts';

/** A metric with aggregates over the rows of a model, cut by columns of it and of models that its relations lead to. */
export function analyseSimple(
  definition: PlainMetric,
  formula: Formula,
  parsed: ParsedExpression,
  context: MetricContext,
  diagnostics: Diagnostic[],
): AnalysedMetric | undefined {
  const model = findModel(definition, context, diagnostics);
  if (!model) return undefined;
  const reads = new Set([model.name]);
  const types = new Map<string, string | undefined>();
  const find = (path: readonly string[], span: Span) => {
    const outcome = resolveColumn(context, model, path, span);
    diagnostics.push(...outcome.diagnostics);
    for (const join of outcome.column?.joins ?? []) reads.add(join.model);
    return outcome.column;
  };
  const findInFormula = (path: readonly string[], span: Span) => {
    const before = diagnostics.length;
    const column = find(path, span);
    const [name] = path;
    if (!column && path.length === 1 && context.names.has(name!) && diagnostics.length > before)
      diagnostics[before] = {
        ...diagnostics[before]!,
        hints: [`\`${name}\` is a metric: it is named by itself, outside aggregates, as in \`${name} / 2\``],
      };
    return column;
  };
  for (const column of parsed.columns) {
    if (
      formula.metrics.includes(column.path.join('.')) &&
      !formula.aggregates.some((a) => a.columns.some((c) => c.join('.') === column.path.join('.')))
    )
      continue;
    types.set(column.path.join('.'), findInFormula(column.path, column.span)?.type);
  }
  const time = definition.time?.value ?? model.time;
  if (time !== undefined) find([time], definition.time?.span ?? definition.is.span);
  const where = definition.where && readWhere(definition.where.value, context, find, diagnostics);
  const timezone = definition.timezone?.value ?? context.calendar.timezone;
  if (!isTimezone(timezone)) {
    const span = definition.timezone?.span ?? definition.span;
    const type = find(timezone.split('.'), span)?.type;
    if (type !== undefined && type !== 'text')
      diagnostics.push(
        diagnostic('E1407', `\`timezone: ${timezone}\` is a column of type ${type}, and the name of a zone is text`, {
          span,
          hints: ['a column that holds names such as `Europe/Berlin`, or such a name itself'],
        }),
      );
  }
  const dimensions = (definition.by?.value ?? []).flatMap((name) => dimensionOf(name, find));
  const exclude = definition.exclude.value.flatMap((name) => checkExclusion(name, model, context, reads, diagnostics));
  for (const name of formula.metrics) for (const read of context.analysed.get(name)?.reads ?? []) reads.add(read);
  const type = inferType(formula, parsed, (path) => types.get(path.join('.')), context, diagnostics, {
    name: definition.name,
    span: definition.is.span,
  });
  return {
    name: definition.name,
    form: 'simple',
    ...computedOrNot(formula.metrics, context, model),
    expression: parsed.canonical,
    model: model.name,
    ...(time === undefined ? {} : { time }),
    ...(where ? { where: where.canonical, whereWords: expressionInWords(where) } : {}),
    exclude,
    timezone,
    ...(definition.timezone ? { ownTimezone: timezone } : {}),
    dimensions,
    inputs: formula.metrics,
    reads: [...reads].sort(),
    type,
    additivity: additivityOf(formula, (name) => context.analysed.get(name)?.additivity),
    formulaWords: expressionInWords(parsed),
  };
}

function findModel(
  definition: PlainMetric,
  context: MetricContext,
  diagnostics: Diagnostic[],
): CatalogModel | undefined {
  if (!definition.from) {
    diagnostics.push(
      diagnostic('E1202', `metric \`${definition.name}\` has aggregates and no \`from\``, {
        span: definition.is.span,
        hints: ['say `from: marts.…` in the metric or at the top of its file'],
      }),
    );
    return undefined;
  }
  const model = context.models.get(definition.from.value);
  if (!model) {
    diagnostics.push(
      diagnostic('E1501', `unknown model \`${definition.from.value}\``, {
        span: definition.from.span ?? definition.span,
        hints: suggestNames(definition.from.value, context.models.keys()),
      }),
    );
  }
  return model;
}

function readWhere(
  where: PlainMetric['is'],
  context: MetricContext,
  find: (path: readonly string[], span: Span) => { readonly type?: string } | undefined,
  diagnostics: Diagnostic[],
): ParsedExpression | undefined {
  const { parsed, diagnostics: found } = context.sql.parse(where);
  diagnostics.push(...found);
  if (!parsed) return undefined;
  refuseSubqueries(parsed, diagnostics);
  if (parsed.aggregate)
    diagnostics.push(
      diagnostic('E1410', 'an aggregate in `where`, which looks at rows before they are aggregated', {
        span: where.span,
        hints: ["a condition on each row, such as `status = 'paid'`; what is aggregated is a metric of its own"],
      }),
    );
  const types = new Map(parsed.columns.map(({ path, span }) => [path.join('.'), find(path, span)?.type]));
  const inferred = inferExpression(parsed, (path) => {
    const type = types.get(path.join('.'));
    const known = type === undefined ? undefined : parseType(type);
    return { ...(known ? { type: known } : {}), sources: [] };
  });
  diagnostics.push(...inferred.diagnostics);
  const type = inferred.type?.name;
  if (type !== undefined && type !== 'boolean' && !parsed.aggregate)
    diagnostics.push(
      diagnostic('E1407', `${type} where true or false is expected`, {
        span: where.span,
        hints: ["a condition on each row, such as `status = 'paid'`"],
      }),
    );
  return parsed;
}

function dimensionOf(
  name: Located<string>,
  find: (
    path: readonly string[],
    span: Span,
  ) => { readonly model: string; readonly column: string; readonly type?: string } | undefined,
): MetricDimension[] {
  const path = name.value.split('.');
  const column = find(path, name.span);
  if (!column) return [];
  return [
    {
      name: name.value,
      label: path[path.length - 1]!,
      model: column.model,
      column: column.column,
      ...(column.type === undefined ? {} : { type: column.type }),
      relations: path.slice(0, -1),
    },
  ];
}

function checkExclusion(
  name: Located<string>,
  model: CatalogModel,
  context: MetricContext,
  reads: Set<string>,
  diagnostics: Diagnostic[],
): string[] {
  const exclusion = context.exclusions.get(name.value);
  if (!exclusion) {
    diagnostics.push(
      diagnostic('E1501', `unknown exclusion \`${name.value}\``, {
        span: name.span,
        hints: suggestNames(name.value, context.exclusions.keys()),
      }),
    );
    return [];
  }
  if (!model.columns.some((c) => c.name === exclusion.key)) {
    diagnostics.push(
      diagnostic(
        'E1305',
        `\`${name.value}\` excludes by \`${exclusion.key}\`, and \`${model.name}\` has no such column`,
        {
          span: name.span,
          hints: suggestNames(
            exclusion.key,
            model.columns.map((c) => c.name),
          ),
        },
      ),
    );
    return [];
  }
  reads.add(exclusion.in);
  return [name.value];
}
