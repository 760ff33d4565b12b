import { isCalendarDay } from '../../definition/calendar-day.ts';
import type { CohortMetric, Grain } from '../../definition/metric.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { grainOrder } from '../catalog.ts';
import type { Knob } from '../metric/describe-metric.ts';
import type { Span } from '../metric/frame.ts';
import { elapsedSeconds, parseLength } from './length.ts';
import type { CellSpan, CohortRule, RetentionRule } from './rule.ts';

/** What a definition's knobs come to, each with where it came from; `rule` is absent where there were errors. */
export interface ResolvedRule {
  readonly rule?: CohortRule;
  readonly knobs: readonly Knob[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The knobs of a cohort form with every default written down (semantics.md §§4-7). A knob that says something other than its default and would change nothing in the form or
 * beside the others is an error.
 */
export function resolveRule(definition: CohortMetric): ResolvedRule {
  const reader = createReader(definition);
  const rule = ruleOf(definition, reader);
  return { ...(reader.diagnostics.length === 0 ? { rule } : {}), knobs: reader.knobs, diagnostics: reader.diagnostics };
}

type Reader = ReturnType<typeof createReader>;

function createReader({ name, form, knobs: written, places, span }: CohortMetric) {
  const knobs: Knob[] = [];
  const diagnostics: Diagnostic[] = [];
  const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  /** The value as written, or its default. Shapes were checked by the form's schema. */
  function read<T>(key: string, otherwise?: T): T {
    const value = (written[key] ?? otherwise) as T;
    if (value !== undefined)
      knobs.push({ name: key, value: show(value), from: written[key] === undefined ? 'language' : 'definition' });
    return value;
  }
  /** A knob away from its default where it changes nothing. */
  function idle(key: string, standard: unknown, why: string, hint: string): void {
    if (written[key] === undefined || show(written[key]) === show(standard)) return;
    diagnostics.push(
      diagnostic('E1306', `\`${key}: ${show(written[key])}\` does not apply to \`${name}\`: ${why}`, {
        span: places[key] ?? span,
        hints: [hint],
      }),
    );
  }
  function wrong(key: string, message: string, hint: string): void {
    diagnostics.push(
      diagnostic('E1205', `\`${key}\` of \`${name}\`: ${message}`, { span: places[key] ?? span, hints: [hint] }),
    );
  }
  return { name, form, has: (key: string) => written[key] !== undefined, read, idle, wrong, knobs, diagnostics };
}

function ruleOf({ form }: CohortMetric, reader: Reader): CohortRule {
  const { read, has } = reader;
  switch (form) {
    case 'retention':
      return retention('retention', reader);
    case 'churn':
      if (has('cohort')) return retention('cohort_churn', reader);
      return has('inactive_for') ? inactivity(reader) : contracts(reader);
    case 'revenue_retention':
      return has('cohort') ? cohortRevenue(reader) : keptRevenue(reader);
    case 'ltv':
      return {
        rule: 'ltv',
        cohort: read('cohort'),
        activity: read('activity'),
        ...everyOrGrain(reader),
        horizons: read<string[]>('horizons').map(parseLength),
        refunds: read('refunds', 'on_refund_date'),
      };
    case 'repeat':
      return {
        rule: 'repeat',
        activity: read('activity'),
        within: parseLength(read('within')),
        ...everyOrGrain(reader),
        sameDay: read('same_day', 'merge'),
      };
    case 'lifecycle':
      return { rule: 'lifecycle', activity: read('activity'), every: calendarEvery(reader) };
    case 'returned':
      return { rule: 'returned', activity: read('activity'), after: parseLength(read('after')) };
    case 'stickiness':
      return stickiness(reader);
    case 'funnel':
      return funnel(reader);
  }
}

function retention(rule: RetentionRule['rule'], reader: Reader): RetentionRule {
  const { read, idle, wrong } = reader;
  const every = parseEvery(read('every'));
  const cells = cellsOf(reader);
  const criteria = read<RetentionRule['criteria']>('criteria', 'on');
  const interval = read<RetentionRule['interval']>('interval', 'calendar');
  if (interval === 'calendar') refuseHours(every, reader);
  const periodZero = read<RetentionRule['periodZero']>('period_zero', 'anchor');
  if (periodZero === 'anchor')
    idle('return_after_anchor', 'strict', 'interval 0 is everyone, whoever returns', 'say `period_zero: observed`');
  if (criteria !== 'on_or_after') idle('horizon', 'as_of', `it is for \`criteria: on_or_after\``, 'leave it out');
  else idle('include_partial', false, 'its cells are all as of an instant', 'leave it out');
  const horizon = read<string | { periods: number }>('horizon', 'as_of');
  if (typeof horizon === 'string' && horizon !== 'as_of' && !isCalendarDay(horizon))
    wrong('horizon', `\`${horizon}\` is a day that there is not`, 'for example `2025-01-31`');
  return {
    rule,
    cohort: read('cohort'),
    activity: read('return'),
    every,
    cells,
    isBracketed: reader.has('brackets'),
    criteria,
    interval,
    periodZero,
    returnAfterAnchor: read('return_after_anchor', 'strict'),
    minOccurrences: read('min_occurrences', 1),
    mean: read('mean', 'pooled'),
    horizon: typeof horizon !== 'string' ? horizon : horizon === 'as_of' ? horizon : { date: horizon },
    includePartial: read('include_partial', false),
  };
}

/** `periods: n` is 0 … n. Brackets are told by how many intervals each takes, one after the other from 1 on. */
function cellsOf(reader: Reader): CellSpan[] {
  const periods = reader.read<number | undefined>('periods');
  const brackets = reader.read<readonly number[] | undefined>('brackets');
  const zero = { first: 0, last: 0, name: '0' };
  if (brackets) {
    let next = 1;
    const spans = brackets.map((length) => {
      const first = next;
      next += length;
      const last = next - 1;
      return { first, last, name: first === last ? String(first) : `${first}-${last}` };
    });
    return [zero, ...spans];
  }
  if (periods === undefined)
    reader.wrong('periods', 'it is not said how far intervals go', 'say `periods: 12`, or `brackets: [1, 2, 4]`');
  return Array.from({ length: (periods ?? 0) + 1 }, (_, k) => ({ first: k, last: k, name: String(k) }));
}

function inactivity(reader: Reader): CohortRule {
  const { read } = reader;
  const inactiveFor = parseLength(read('inactive_for'));
  if (elapsedSeconds(inactiveFor) % 86_400 !== 0)
    reader.wrong('inactive_for', `\`${inactiveFor.text}\` is no number of dates`, 'for example `30 days`');
  return { rule: 'inactivity_churn', activity: read('activity'), inactiveFor, ...everyOrGrain(reader) };
}

function contracts(reader: Reader): CohortRule {
  return { rule: 'contract_churn', activity: reader.read('activity'), of: reader.read('of'), ...everyOrGrain(reader) };
}

function keptRevenue(reader: Reader): CohortRule {
  const { read, idle } = reader;
  const keeps = read<'gross' | 'net'>('kind');
  if (keeps === 'gross')
    idle('base', 'opening', 'of who opens with nothing, gross keeps nothing', 'say `kind: net`, or leave it out');
  return {
    rule: 'kept_revenue',
    activity: read('activity'),
    every: calendarEvery(reader),
    keeps,
    base: read('base', 'opening'),
  };
}

function cohortRevenue(reader: Reader): CohortRule {
  const { read } = reader;
  return {
    rule: 'cohort_revenue',
    cohort: read('cohort'),
    activity: read('activity'),
    every: calendarEvery(reader),
    cells: cellsOf(reader),
    includePartial: read('include_partial', false),
  };
}

function stickiness(reader: Reader): CohortRule {
  const { read } = reader;
  const rule = {
    rule: 'stickiness',
    activity: read<string>('activity'),
    of: read<Grain>('of', 'day'),
    in: read<Grain>('in'),
    as: read<'rate' | 'histogram'>('as', 'rate'),
    window: read<'period' | 'trailing'>('window', 'period'),
  } as const;
  if (grainOrder[rule.of] >= grainOrder[rule.in])
    reader.wrong('of', `\`${rule.of}\` is not shorter than \`${rule.in}\``, 'for example `of: day`, `in: month`');
  if (rule.window === 'trailing' && (rule.of !== 'day' || rule.in === 'day'))
    reader.idle('window', 'period', 'a trailing window is one of days', 'say `of: day`, and `in: week` or longer');
  return rule;
}

function funnel(reader: Reader): CohortRule {
  const { read, idle } = reader;
  const order = read<'sequential' | 'strict' | 'any'>('order', 'sequential');
  if (order === 'any') idle('window_from', 'first_step', 'with `order: any` no step is the one before', 'leave it out');
  return {
    rule: 'funnel',
    steps: read('steps'),
    within: parseLength(read('within')),
    entry: read('entry', 'first'),
    windowFrom: read('window_from', 'first_step'),
    bound: read('bound', 'inclusive'),
    order,
    count: read('count', 'entities'),
  };
}

function everyOrGrain(reader: Reader): { every?: Span } {
  return reader.has('every') ? { every: calendarEvery(reader) } : {};
}

function calendarEvery(reader: Reader): Span {
  const every = parseEvery(reader.read('every'));
  refuseHours(every, reader);
  return every;
}

function refuseHours({ count, unit }: Span, reader: Reader): void {
  if (unit === 'hour' && count > 1)
    reader.wrong('every', `a calendar is not cut into ${count} hours`, 'say `hour` or `day`, or `interval: rolling`');
}

function parseEvery(text: string): Span {
  const { count, unit } = parseLength(/^[0-9]/.test(text) ? text : `1 ${text}`);
  return { count, unit: unit as Grain };
}
