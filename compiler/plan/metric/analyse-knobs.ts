import type { PlainMetric } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { CatalogMetric } from '../catalog.ts';
import type { Additivity, ValueType } from './algebra.ts';
import type { AnalysedMetric, MetricContext } from './analysed-metric.ts';
import type { Formula } from './formula.ts';
import { isPick } from './picks.ts';

type Knobs = Pick<CatalogMetric, 'window' | 'toDate' | 'compare' | 'fill' | 'per' | 'requires'>;

/** `window`, `to_date`, `compare`, `fill`, `per` and `requires` on top of what the formula gives: checked, and what they make of its type and additivity. */
export function withKnobs(
  metric: AnalysedMetric,
  definition: PlainMetric,
  formula: Formula,
  context: MetricContext,
  diagnostics: Diagnostic[],
): AnalysedMetric {
  checkReach(metric, definition, context, diagnostics);
  checkPicks(metric, definition, formula, context, diagnostics);
  if (definition.fill?.value === '0' && !/^(integer|decimal|double)$/.test(metric.type))
    diagnostics.push(
      diagnostic('E1306', `\`fill: 0\` does not fit \`${metric.name}\`, whose values are ${metric.type}`, {
        span: definition.fill.span,
        hints: ['`fill: null` makes the rows and leaves them empty'],
      }),
    );
  const { compare } = definition;
  const knobs: Knobs = {
    ...(definition.window ? { window: definition.window.value } : {}),
    ...(definition.toDate ? { toDate: definition.toDate.value } : {}),
    ...(compare ? { compare: { to: compare.to, as: compare.as, includePartial: compare.includePartial } } : {}),
    ...(definition.fill ? { fill: definition.fill.value } : {}),
    ...(definition.per ? { per: definition.per.value } : {}),
    ...requires(metric, definition, context, diagnostics),
  };
  return {
    ...metric,
    ...knobs,
    type: typeWith(metric.type, knobs),
    additivity: additivityWith(metric.additivity, knobs),
  };
}

function typeWith(type: ValueType, { compare }: Knobs): ValueType {
  return compare?.as === 'percent' || compare?.as === 'ratio' ? 'double' : type;
}

/** Windows of days overlap, and changes have no sum. */
function additivityWith(additivity: Additivity, knobs: Knobs): Additivity {
  return knobs.window !== undefined || knobs.toDate !== undefined || knobs.compare ? 'none' : additivity;
}

/** The metrics with a window of their own among the inputs, however deep. */
function reaching(name: string, context: MetricContext): string | undefined {
  const input = context.analysed.get(name);
  if (!input) return undefined;
  if (input.window !== undefined || input.toDate !== undefined) return name;
  return input.inputs.map((one) => reaching(one, context)).find((found) => found !== undefined);
}

function checkReach(
  metric: AnalysedMetric,
  { name, window, toDate, compare }: PlainMetric,
  context: MetricContext,
  diagnostics: Diagnostic[],
): void {
  const own = window ?? toDate;
  const inner = own && metric.inputs.map((input) => reaching(input, context)).find((found) => found !== undefined);
  if (own && inner !== undefined)
    diagnostics.push(
      diagnostic(
        'E1306',
        `\`${window ? 'window' : 'to_date'}\` does not apply to \`${name}\`: its input \`${inner}\` reaches back itself`,
        { span: own.span, hints: ['say it in one of the two'] },
      ),
    );
  const knob = window ? 'window' : toDate ? 'to_date' : compare ? 'compare' : undefined;
  if (knob && metric.model !== undefined && metric.time === undefined)
    diagnostics.push(
      diagnostic('E1603', `\`${knob}\` goes by time, and \`${name}\` has none`, {
        span: own?.span ?? compare!.span,
        hints: [`say \`time:\` in the metric, or in \`${metric.model}\``],
      }),
    );
  const textual = !/^(integer|decimal|double)$/.test(metric.type);
  if (compare && compare.as !== 'value' && textual)
    diagnostics.push(
      diagnostic('E1306', `\`compare\` as ${compare.as} does not fit \`${name}\`, whose values are ${metric.type}`, {
        span: compare.span,
        hints: ['`as: value` shows the earlier value itself'],
      }),
    );
}

function checkPicks(
  metric: AnalysedMetric,
  definition: PlainMetric,
  formula: Formula,
  context: MetricContext,
  diagnostics: Diagnostic[],
): void {
  const picks = formula.aggregates.filter(isPick);
  const { per, name } = definition;
  if (per && picks.length === 0)
    diagnostics.push(
      diagnostic('E1306', `\`per\` does not apply to \`${name}\`, which has no \`first()\` and no \`last()\``, {
        span: per.span ?? definition.span,
        hints: ['with them it says of what one row is picked each: `is: last(balance)`, `per: account_id`'],
      }),
    );
  const model = metric.model === undefined ? undefined : context.models.get(metric.model);
  for (const column of per?.value ?? []) {
    if (!model || model.columns.some((c) => c.name === column)) continue;
    diagnostics.push(
      diagnostic('E1305', `\`${model.name}\` has no column \`${column}\``, {
        span: per?.span ?? definition.span,
        hints: suggestNames(
          column,
          model.columns.map((c) => c.name),
        ),
      }),
    );
  }
  if (picks.length > 0 && metric.time === undefined)
    diagnostics.push(
      diagnostic('E1603', `\`${picks[0]!.name}()\` goes by time, and \`${name}\` has none`, {
        span: definition.is.span,
        hints: [`say \`time:\` in the metric, or in \`${metric.model}\``],
      }),
    );
}

function canBeCutBy(metric: string, dimension: string, { analysed }: Pick<MetricContext, 'analysed'>): boolean {
  return analysed.get(metric)?.dimensions.some(({ name }) => name === dimension) ?? true;
}

/** Its own, and those of its inputs: what may not be added up over currencies may not either once it is divided. */
function requires(
  metric: AnalysedMetric,
  definition: PlainMetric,
  context: Pick<MetricContext, 'analysed'>,
  diagnostics: Diagnostic[],
): Pick<Knobs, 'requires'> {
  for (const { value, span } of definition.requires) {
    if (metric.dimensions.some((d) => d.name === value)) continue;
    const names = metric.dimensions.map((d) => d.name);
    diagnostics.push(
      diagnostic('E1601', `\`${metric.name}\` requires \`${value}\` and cannot be cut by it`, {
        span,
        hints: [...suggestNames(value, names), 'allow it in `by:`'],
      }),
    );
  }
  const inherited = metric.inputs.flatMap((name) => context.analysed.get(name)?.requires ?? []);
  for (const name of new Set(inherited)) {
    if (metric.dimensions.some((d) => d.name === name)) continue;
    const asks = metric.inputs.filter((input) => context.analysed.get(input)?.requires?.includes(name));
    const lacking = metric.inputs.filter((input) => !canBeCutBy(input, name, context));
    diagnostics.push(
      diagnostic('E1601', `\`${metric.name}\` cannot be cut by \`${name}\`, which its input \`${asks[0]}\` requires`, {
        span: definition.is.span,
        hints: [`allow it in \`by:\` of \`${lacking[0] ?? metric.name}\``],
      }),
    );
  }
  const all = [...new Set([...definition.requires.map((r) => r.value), ...inherited])];
  return all.length > 0 ? { requires: all } : {};
}
