import type { Span } from '../metric/frame.ts';
import type { QueryColumn } from '../query-types.ts';
import { identifier as id } from '../sql-text.ts';
import { createPeriods, type Periods } from './periods.ts';
import type { CohortSetting } from './setting.ts';

/** The periods that a result has a row each for. */
export interface ResultPeriods {
  readonly periods: Periods;
  /** A SELECT of `period`, `first_day` and `end_day` (the range's edges cut both, the end is left out) and `state`. */
  readonly sql: string;
  readonly column: QueryColumn;
  /** `period` as the result calls it. */
  readonly select: string;
}

/**
 * Those of the range. Without `from` it begins with the first event of `events` (a common table expression with `at`), without `to` it ends with the period of `asOf`. A period that
 * has begun by `asOf` and is not over, or that the range cuts, is partial.
 */
export function resultPeriods(setting: CohortSetting, every: Span, events: string): ResultPeriods {
  const { catalog, zone, asOf, from, to } = setting;
  const periods = createPeriods(every, catalog.calendar, zone);
  const local = (at: string) => `cast((${at}) at time zone ${periods.zone} as date)`;
  const first = from ? `date '${from}'` : `(select ${local('min(at)')} from ${events})`;
  const last = to ? `(date '${to}' - 1)` : local(`${asOf} - interval '1 microsecond'`);
  const spine = periods.between(first, last);
  const isDay = periods.type === 'date';
  const start = periods.start('p.period');
  const next = periods.after('p.period', 1);
  const firstDay = from && isDay ? `greatest(p.period, date '${from}')` : 'p.period';
  const endDay = to && isDay ? `least(${next}, date '${to}')` : next;
  const cuts = [
    ...(from && isDay ? [`p.period < date '${from}'`] : []),
    ...(to && isDay ? [`${next} > date '${to}'`] : []),
  ];
  const open = [`${periods.start(next)} > ${asOf}`, ...cuts].join(' or ');
  const state = `case when ${start} >= ${asOf} then 'unobservable' when ${open} then 'partial' else 'final' end`;
  return {
    periods,
    sql: `select p.period, ${firstDay} as first_day, ${endDay} as end_day, ${state} as state from (${spine}) as p`,
    column: { name: periods.label, type: periods.type, role: 'grain' },
    select: `p.period as ${id(periods.label)}`,
  };
}

/** A value that is empty where the period has not begun. */
export function observedSql(value: string): string {
  return `case when p.state = 'unobservable' then null else ${value} end`;
}

export const stateColumn: QueryColumn = { name: 'state', type: 'text', role: 'state' };

export function metricColumn(name: string, type: QueryColumn['type']): QueryColumn {
  return { name, type, role: 'metric' };
}
