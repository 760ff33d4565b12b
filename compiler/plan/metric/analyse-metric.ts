import type { PlainMetric } from '../../definition/metric.ts';
import type { Calendar } from '../../definition/project.ts';
import { isTimezone } from '../../definition/timezone.ts';
import { parseType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic, type Located, type Span } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { ParsedExpression } from '../../expression/contract.ts';
import { expressionToWords } from '../../expression/expression-to-words.ts';
import type { CatalogExclusion, CatalogMetric, CatalogModel } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import type { SqlReader } from '../sql-reader.ts';
import { type Additivity, additivityOf, typeOf, type ValueType } from './algebra.ts';
import { type Formula, readFormula } from './formula.ts';

/** What is known of a plain metric once its names have been found. */
export interface AnalysedMetric extends CatalogMetric {
  readonly timezone: string;
  readonly form: 'simple' | 'derived';
  readonly type: ValueType;
  readonly additivity: Additivity;
  readonly dimensions: readonly MetricDimension[];
  readonly reads: readonly string[];
  readonly formulaWords: string;
  readonly whereWords?: string;
}

export interface MetricDimension {
  readonly name: string;
  readonly label: string;
  readonly model: string;
  readonly column: string;
  readonly type?: string;
  readonly relations: readonly string[];
}

export interface MetricContext {
  readonly calendar: Calendar;
  readonly models: ReadonlyMap<string, CatalogModel>;
  readonly exclusions: ReadonlyMap<string, CatalogExclusion>;
  /** Those analysed already: the metrics that this one names stand before it. */
  readonly analysed: ReadonlyMap<string, AnalysedMetric>;
  /** Models that have columns only. */
  readonly contracts: ReadonlySet<string>;
  /** Every metric's name, computed or not. */
  readonly names: ReadonlySet<string>;
  /** Why a metric is not computed by this version, by name. */
  readonly notComputed: ReadonlyMap<string, string>;
  readonly sql: SqlReader;
}

type Outcome = { readonly metric?: AnalysedMetric; readonly diagnostics: readonly Diagnostic[] };

/** Finds the model, columns, relations and metrics that a plain metric's formula names, and infers its type and additivity. */
export function analyseMetric(definition: PlainMetric, context: MetricContext): Outcome {
  const diagnostics: Diagnostic[] = [];
  const { parsed, diagnostics: parseDiagnostics } = context.sql.parse(definition.is);
  diagnostics.push(...parseDiagnostics);
  if (!parsed) return { diagnostics };
  const formula = readFormula(parsed);
  if (!checkFormula(definition, formula, parsed, context, diagnostics)) return { diagnostics };
  const metric =
    formula.aggregates.length > 0
      ? analyseSimple(definition, formula, parsed, context, diagnostics)
      : analyseDerived(definition, formula, parsed, context, diagnostics);
  return { ...(metric ? { metric } : {}), diagnostics };
}

/** Why this version does not compute a plain metric, or undefined. */
export function findUncomputedKnob(definition: PlainMetric): { readonly why: string; readonly span: Span } | undefined {
  const knob = (name: string, span: Span | undefined) => ({ why: `\`${name}\``, span: span ?? definition.is.span });
  if (definition.window) return knob('window', definition.window.span);
  if (definition.toDate) return knob('to_date', definition.toDate.span);
  if (definition.compare) return knob('compare', definition.compare.span);
  if (definition.fill && definition.fill.value !== 'none') return knob('fill', definition.fill.span);
  if (definition.per) return knob('per', definition.per.span);
  if (/\b(first|last)\s*\(/.test(definition.is.text)) return knob('first and last', definition.is.span);
  return undefined;
}

function checkFormula(
  definition: PlainMetric,
  formula: Formula,
  parsed: ParsedExpression,
  context: MetricContext,
  diagnostics: Diagnostic[],
): boolean {
  const before = diagnostics.length;
  const spanOf = (path: readonly string[]) =>
    parsed.columns.find((c) => c.path.join('.') === path.join('.'))?.span ?? definition.is.span;
  for (const name of formula.unknownAggregates) {
    diagnostics.push(
      diagnostic('E1409', `\`${name}\` is not an aggregate of metrics`, {
        span: definition.is.span,
        hints: [
          'available: `count`, `sum`, `avg`, `min`, `max`, `median`, `stddev`, `percentile`, `percentile_disc`, `first`, `last`',
        ],
      }),
    );
  }
  for (const path of formula.strayColumns) {
    diagnostics.push(
      diagnostic('E1605', `column \`${path.join('.')}\` outside an aggregate`, {
        span: spanOf(path),
        hints: [`a metric is one value per group: \`sum(${path.join('.')})\`, \`max(${path.join('.')})\` …`],
      }),
    );
  }
  const model = definition.from && context.models.get(definition.from.value);
  for (const name of formula.metrics) {
    if (name === definition.name) {
      diagnostics.push(diagnostic('E1502', `metric \`${name}\` names itself`, { span: spanOf([name]) }));
    } else if (!context.names.has(name)) {
      const isColumn = model?.columns.some((c) => c.name === name);
      const hints = isColumn
        ? [`\`${name}\` is a column of \`${model!.name}\`; columns are read inside an aggregate: \`sum(${name})\``]
        : suggestNames(name, context.names);
      diagnostics.push(diagnostic('E1501', `unknown metric \`${name}\``, { span: spanOf([name]), hints }));
    }
  }
  if (formula.aggregates.length === 0 && formula.metrics.length === 0 && diagnostics.length === before) {
    diagnostics.push(
      diagnostic('E1605', 'a formula without an aggregate and without a metric', {
        span: definition.is.span,
        hints: ['for example `sum(amount)`, `count(*)`, `revenue / orders`'],
      }),
    );
  }
  return diagnostics.length === before;
}

function analyseSimple(
  definition: PlainMetric,
  formula: Formula,
  parsed: ParsedExpression,
  context: MetricContext,
  diagnostics: Diagnostic[],
): AnalysedMetric | undefined {
  const model = findModel(definition, context, diagnostics);
  if (!model) return undefined;
  const catalog = { ...context, metrics: context.analysed };
  const reads = new Set([model.name]);
  const types = new Map<string, string | undefined>();
  const find = (path: readonly string[], span: Span) => {
    const outcome = resolveColumn(catalog, model, path, span);
    diagnostics.push(...outcome.diagnostics);
    for (const join of outcome.column?.joins ?? []) reads.add(join.model);
    return outcome.column;
  };
  for (const column of parsed.columns) {
    if (
      formula.metrics.includes(column.path.join('.')) &&
      !formula.aggregates.some((a) => a.columns.some((c) => c.join('.') === column.path.join('.')))
    )
      continue;
    types.set(column.path.join('.'), find(column.path, column.span)?.type);
  }
  const time = definition.time?.value ?? model.time;
  if (time !== undefined) find([time], definition.time?.span ?? definition.is.span);
  const where = definition.where && readWhere(definition.where.value, context, find, diagnostics);
  const timezone = definition.timezone?.value ?? context.calendar.timezone;
  if (!isTimezone(timezone)) find(timezone.split('.'), definition.timezone?.span ?? definition.span);
  const dimensions = (definition.by?.value ?? []).flatMap((name) => dimensionOf(name, find));
  const exclude = definition.exclude.value.flatMap((name) => checkExclusion(name, model, context, reads, diagnostics));
  for (const name of formula.metrics) for (const read of context.analysed.get(name)?.reads ?? []) reads.add(read);
  const type = inferType(formula, parsed, (path) => types.get(path.join('.')), context, diagnostics);
  return {
    name: definition.name,
    form: 'simple',
    ...computedOrNot(formula.metrics, context, model),
    expression: parsed.canonical,
    model: model.name,
    ...(time === undefined ? {} : { time }),
    ...(where ? { where: where.canonical, whereWords: expressionToWords(where) } : {}),
    exclude,
    timezone,
    ...(definition.timezone ? { ownTimezone: timezone } : {}),
    dimensions,
    inputs: formula.metrics,
    reads: [...reads].sort(),
    type,
    additivity: additivityOf(formula, (name) => context.analysed.get(name)?.additivity),
    formulaWords: expressionToWords(parsed),
  };
}

function analyseDerived(
  definition: PlainMetric,
  formula: Formula,
  parsed: ParsedExpression,
  context: MetricContext,
  diagnostics: Diagnostic[],
): AnalysedMetric | undefined {
  for (const [key, knob] of [
    ['from', definition.from],
    ['time', definition.time],
    ['where', definition.where],
    ['timezone', definition.timezone],
    ['exclude', definition.exclude],
  ] as const) {
    if (knob?.from === 'definition' && !(key === 'exclude' && definition.exclude.value.length === 0)) {
      diagnostics.push(
        diagnostic(
          'E1306',
          `\`${key}\` does not apply to \`${definition.name}\`, which is computed from other metrics`,
          {
            span: knob.span ?? definition.span,
            hints: [`say it in ${formula.metrics.map((m) => `\`${m}\``).join(' or ')}`],
          },
        ),
      );
    }
  }
  const inputs = formula.metrics.flatMap((name) => context.analysed.get(name) ?? []);
  const common =
    inputs.length === 0
      ? []
      : inputs[0]!.dimensions.filter((d) => inputs.every((input) => input.dimensions.some((x) => x.name === d.name)));
  const own = definition.by?.from === 'definition' ? definition.by.value : undefined;
  for (const name of own ?? []) {
    if (inputs.length < formula.metrics.length || common.some((d) => d.name === name.value)) continue;
    const lacking = inputs.find((input) => !input.dimensions.some((d) => d.name === name.value))!;
    diagnostics.push(
      diagnostic(
        'E1601',
        `\`${definition.name}\` cannot be cut by \`${name.value}\`: its input \`${lacking.name}\` cannot`,
        {
          span: name.span,
          hints: suggestNames(
            name.value,
            common.map((d) => d.name),
          ),
        },
      ),
    );
  }
  const type = inferType(formula, parsed, () => undefined, context, diagnostics);
  return {
    name: definition.name,
    form: 'derived',
    ...computedOrNot(formula.metrics, context),
    expression: parsed.canonical,
    exclude: [],
    timezone: context.calendar.timezone,
    dimensions: own ? common.filter((d) => own.some((name) => name.value === d.name)) : common,
    inputs: formula.metrics,
    reads: [...new Set(inputs.flatMap((input) => input.reads))].sort(),
    type,
    additivity: additivityOf(formula, (name) => context.analysed.get(name)?.additivity),
    formulaWords: expressionToWords(parsed),
  };
}

function inferType(
  formula: Formula,
  parsed: ParsedExpression,
  columnType: (path: readonly string[]) => string | undefined,
  context: MetricContext,
  diagnostics: Diagnostic[],
): ValueType {
  const inferred = typeOf(formula, parsed, (path) => {
    const type = columnType(path);
    if (type !== undefined) return parseType(type);
    const metric = path.length === 1 ? context.analysed.get(path[0]!) : undefined;
    return metric && { name: metric.type };
  });
  diagnostics.push(...inferred.diagnostics);
  return inferred.type;
}

function computedOrNot(
  inputs: readonly string[],
  context: MetricContext,
  model?: CatalogModel,
): { computed: boolean; notComputed?: string } {
  // The rows of a contract come from examples.
  if (model?.notComputed !== undefined && !context.contracts.has(model.name)) {
    return { computed: false, notComputed: `its model \`${model.name}\` is not built: ${model.notComputed}` };
  }
  for (const name of inputs) {
    const why =
      context.notComputed.get(name) ??
      (context.analysed.get(name)?.computed === false ? context.analysed.get(name)!.notComputed : undefined);
    if (why !== undefined) return { computed: false, notComputed: `its input \`${name}\` uses ${why}` };
  }
  return { computed: true };
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
  find: (path: readonly string[], span: Span) => unknown,
  diagnostics: Diagnostic[],
): ParsedExpression | undefined {
  const outcome = context.sql.parse(where);
  diagnostics.push(...outcome.diagnostics);
  for (const column of outcome.parsed?.columns ?? []) find(column.path, column.span);
  if (outcome.parsed?.aggregate)
    diagnostics.push(
      diagnostic('E1410', 'an aggregate in `where`, which looks at rows before they are aggregated', {
        span: where.span,
      }),
    );
  return outcome.parsed;
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
