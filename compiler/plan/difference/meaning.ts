import type { CatalogMetric } from '../catalog.ts';
import type { CohortRule } from '../cohort/rule.ts';
import { onlyNamed } from '../metric/only-named.ts';

/** What decides the numbers of a metric: its own knobs on top of those of the metric that it only names. SQL in it is canonical. */
export interface Meaning {
  readonly form: 'rows' | 'metrics' | 'rule';
  readonly model?: string;
  readonly time?: string;
  readonly timezone: string;
  readonly expression: string;
  readonly where?: string;
  readonly exclude: readonly string[];
  readonly window?: string;
  readonly toDate?: CatalogMetric['toDate'];
  readonly compare?: CatalogMetric['compare'];
  readonly fill: '0' | 'null' | 'none';
  readonly per: readonly string[];
  readonly inputs: readonly string[];
  readonly rule?: CohortRule;
}

export type MeantMetric = CatalogMetric & { readonly timezone: string };

/** Absent where the metric has neither a formula nor a rule. */
export function meaningOf(metric: MeantMetric, find: (name: string) => MeantMetric | undefined): Meaning | undefined {
  const { rule, expression, inputs, timezone, exclude } = metric;
  if (rule) return { form: 'rule', timezone, expression: '', exclude, fill: 'none', per: [], inputs, rule };
  if (expression === undefined) return undefined;
  const named = onlyNamed(metric);
  const base = named === undefined ? undefined : find(named);
  const under = base && meaningOf(base, find);
  const own = {
    ...(metric.window === undefined ? {} : { window: metric.window }),
    ...(metric.toDate === undefined ? {} : { toDate: metric.toDate }),
    ...(metric.compare ? { compare: metric.compare } : {}),
    ...(metric.fill === undefined ? {} : { fill: metric.fill }),
    ...(metric.per ? { per: metric.per } : {}),
  };
  if (under) return { ...under, ...own };
  return {
    form: metric.model === undefined ? 'metrics' : 'rows',
    ...(metric.model === undefined ? {} : { model: metric.model }),
    ...(metric.time === undefined ? {} : { time: metric.time }),
    ...(metric.where === undefined ? {} : { where: metric.where }),
    timezone,
    expression,
    exclude,
    fill: 'none',
    per: [],
    inputs,
    ...own,
  };
}
