import { type Grain, grains } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { CatalogMetric } from '../catalog.ts';
import { everyWords, type Span } from '../metric/frame.ts';
import { labelDimensions } from '../metric/label-dimensions.ts';
import type { QueryRequest } from '../query-types.ts';
import type { CohortRule } from './rule.ts';
import type { Asked } from './setting.ts';

/** How the rows of a form may be cut, beside dimensions and grains, and how they are where nothing is said. */
const shapes: Readonly<
  Record<CohortRule['rule'], { readonly cuts: readonly string[]; readonly standard: readonly string[] }>
> = {
  retention: { cuts: ['cohort', 'k'], standard: ['cohort', 'k'] },
  cohort_churn: { cuts: ['cohort', 'k'], standard: ['cohort', 'k'] },
  cohort_revenue: { cuts: ['cohort', 'k'], standard: ['cohort', 'k'] },
  ltv: { cuts: ['cohort', 'horizon'], standard: ['cohort', 'horizon'] },
  repeat: { cuts: ['cohort'], standard: [] },
  inactivity_churn: { cuts: [], standard: [] },
  contract_churn: { cuts: [], standard: [] },
  kept_revenue: { cuts: [], standard: [] },
  lifecycle: { cuts: [], standard: [] },
  returned: { cuts: [], standard: [] },
  stickiness: { cuts: [], standard: [] },
  funnel: { cuts: [], standard: [] },
};

/** Undefined where something asked for does not exist. */
export function readAsked(
  metric: CatalogMetric & { readonly rule: CohortRule },
  request: Omit<QueryRequest, 'asOf'>,
  diagnostics: Diagnostic[],
): Asked | undefined {
  const { rule } = metric;
  const shape = shapes[rule.rule];
  const before = diagnostics.length;
  const dimensions: string[] = [];
  const cuts: string[] = [];
  const named: Grain[] = request.grain ? [request.grain] : [];
  for (const name of request.by) {
    if (shape.cuts.includes(name)) cuts.push(name);
    else if (metric.dimensions.some((d) => d.name === name)) dimensions.push(name);
    else if ((grains as readonly string[]).includes(name)) named.push(name as Grain);
    else diagnostics.push(unknownCut(name, metric, shape.cuts));
  }
  const all = cuts.length > 0 ? cuts : shape.standard;
  const inner = shape.standard[1];
  if (cuts.length > 0 && inner !== undefined && !cuts.includes(inner))
    diagnostics.push(
      diagnostic('E1601', `\`${metric.name}\` has a value for each \`${inner}\`, which \`by\` leaves out`, {
        hints: [`ask for \`by: [${[...cuts, inner].join(', ')}]\``],
      }),
    );
  const grain = readGrain(metric, [...new Set(named)], all.includes('cohort'), diagnostics);
  if (diagnostics.length > before) return undefined;
  const taken = [...shape.cuts, 'size', 'returned', 'churned', 'rate', 'base', 'value', 'ltv', 'n_total', 'n_mature'];
  return {
    cohort: all.includes('cohort'),
    k: all.includes('k'),
    horizon: all.includes('horizon'),
    // One that is not dotted has no longer name to go by.
    dimensions: labelDimensions(dimensions, [...taken, 'state']).map((d) =>
      taken.includes(d.label) ? { ...d, label: `by_${d.label}` } : d,
    ),
    ...(grain ? { grain } : {}),
  };
}

function unknownCut(name: string, metric: CatalogMetric, cuts: readonly string[]): Diagnostic {
  const known = [...cuts, ...metric.dimensions.map((d) => d.name)];
  const hints = known.length > 0 ? suggestNames(name, known) : ['it has no dimensions'];
  return diagnostic('E1601', `metric \`${metric.name}\` cannot be cut by \`${name}\``, { hints });
}

/** The form's own period, or the grain asked for where the definition leaves it open. */
function readGrain(
  metric: CatalogMetric & { readonly rule: CohortRule },
  named: readonly Grain[],
  isByCohort: boolean,
  diagnostics: Diagnostic[],
): Grain | undefined {
  const { rule } = metric;
  if (named.length > 1) {
    diagnostics.push(
      diagnostic('E1604', `two grains in one question: ${named.map((g) => `\`${g}\``).join(' and ')}`, {
        hints: ['ask once for each'],
      }),
    );
    return undefined;
  }
  const [grain] = named;
  const own = ownPeriod(rule);
  if (own) {
    if (grain !== undefined && !(own.count === 1 && own.unit === grain))
      diagnostics.push(
        diagnostic('E1604', `\`${metric.name}\` is by ${everyWords(own)}, not by ${grain}`, {
          hints: ['leave the grain out, or declare a metric with another `every`'],
        }),
      );
    return undefined;
  }
  const needsGrain =
    rule.rule === 'inactivity_churn' ||
    rule.rule === 'contract_churn' ||
    ((rule.rule === 'ltv' || rule.rule === 'repeat') && isByCohort);
  if (needsGrain && grain === undefined)
    diagnostics.push(
      diagnostic('E1604', `\`${metric.name}\` has no period of its own: a grain is missing`, {
        hints: ['ask for one, such as `month`, or say `every: month` in the definition'],
      }),
    );
  if (grain === 'hour' && rule.rule === 'inactivity_churn')
    diagnostics.push(diagnostic('E1604', `\`${metric.name}\` goes by dates and has no hours`));
  return grain;
}

function ownPeriod(rule: CohortRule): Span | undefined {
  if (rule.rule === 'stickiness') return { count: 1, unit: rule.in };
  return 'every' in rule ? rule.every : undefined;
}
