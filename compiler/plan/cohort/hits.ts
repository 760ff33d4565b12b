import { startOfDaySql } from '../period.ts';
import { elapsedSeconds } from './length.ts';
import type { Periods } from './periods.ts';
import type { RetentionRule } from './rule.ts';
import type { CohortSetting } from './setting.ts';

type Named = [name: string, sql: string];

/**
 * Which members count in which cell, as common table expressions that end with `counted` (`entity`, `cohort`, `cell`): returns are counted per interval, kept where there are enough, and
 * read by the criterion. They need `members`, `returns` and `cells` before them.
 */
export function hitsSql(rule: RetentionRule, periods: Periods, setting: CohortSetting): Named[] {
  const isObserved = rule.periodZero === 'observed';
  const returns = withinHorizon(rule, setting);
  const intervals =
    rule.interval === 'rolling' ? rolling(rule, isObserved, returns) : calendar(rule, periods, isObserved, returns);
  const cell = rule.isBracketed ? cellOf(rule) : 'k';
  const enough = `select entity, cohort, ${cell} as cell from intervals where ${limits(rule)} group by entity, cohort, ${cell} having sum(n) >= ${rule.minOccurrences}`;
  return [...intervals, ['enough', enough], ['counted', countedSql(rule)]];
}

/** Returns that are looked at: with a date as the horizon, those before it. */
function withinHorizon({ horizon }: RetentionRule, { zone }: CohortSetting): string {
  if (typeof horizon !== 'object' || !('date' in horizon)) return 'returns';
  const end = startOfDaySql(`date '${horizon.date}'`, `'${zone}'`);
  return `(select * from returns where at < ${end})`;
}

/** One pass over the returns gives entity and period; only interval 0 needs to know who came before the anchor. */
function calendar(rule: RetentionRule, periods: Periods, isObserved: boolean, returns: string): Named[] {
  // Periods are numbered when events have been counted: arithmetic of whole numbers a row takes PostgreSQL longer than the counting.
  const counts = `select entity, period, count(*) as n from ${returns} as r group by 1, 2`;
  const active = `select entity, ${periods.index('period')} as position, n from (${counts}) as counts`;
  const later =
    'select m.entity, m.cohort, a.position - m.position as k, a.n from members as m join active as a on a.entity = m.entity and a.position > m.position';
  const zero = `select m.entity, m.cohort, 0 as k, count(*) as n from members as m join ${returns} as r on r.entity = m.entity and r.period = m.cohort and ${afterAnchor(rule)} group by m.entity, m.cohort`;
  return [
    ['active', active],
    ['intervals', isObserved ? `${later} union all ${zero}` : later],
  ];
}

/**
 * Elapsed time since the anchor. Seconds as a double tell microseconds apart over more than a century, and so does their quotient: for months of 30 days up to the 1,200th.
 */
function rolling(rule: RetentionRule, isObserved: boolean, returns: string): Named[] {
  const k = `cast(floor(extract(epoch from (r.at - m.at)) / ${elapsedSeconds(rule.every)}) as bigint)`;
  const each = `select m.entity, m.cohort, ${k} as k from members as m join ${returns} as r on r.entity = m.entity and ${afterAnchor(rule)}`;
  const grouped = 'select entity, cohort, k, count(*) as n from since group by entity, cohort, k';
  return [
    ['since', each],
    ['intervals', isObserved ? grouped : `select * from (${grouped}) as all_intervals where k > 0`],
  ];
}

function afterAnchor({ returnAfterAnchor }: RetentionRule): string {
  return `r.at ${returnAfterAnchor === 'strict' ? '>' : '>='} m.at`;
}

/** Behind the last bracket each interval stands for itself. */
function cellOf({ cells }: RetentionRule): string {
  const cases = cells.map(({ first, last }, i) => `when k between ${first} and ${last} then ${i}`);
  return `case ${cases.join(' ')} else k - ${cells.at(-1)!.last} + ${cells.length - 1} end`;
}

/** The intervals that are looked at. `on_or_after` sees those beyond the last cell, too, up to its horizon. */
function limits({ cells, criteria, horizon }: RetentionRule): string {
  if (criteria !== 'on_or_after') return `k <= ${cells.at(-1)!.last}`;
  return typeof horizon === 'object' && 'periods' in horizon ? `k <= ${horizon.periods}` : 'true';
}

function countedSql({ criteria }: RetentionRule): string {
  const reach = (value: string, filter: string) =>
    `select entity, cohort, ${value} as reach from enough${filter} group by entity, cohort`;
  const expand = (from: string, on: string) =>
    `select e.entity, e.cohort, c.cell from (${from}) as e join cells as c on ${on}`;
  const zero = 'select entity, cohort, cell from enough where cell = 0';
  switch (criteria) {
    case 'on':
      return 'select entity, cohort, cell from enough';
    case 'on_or_after':
      return expand(reach('max(cell)', ''), 'c.cell <= e.reach');
    case 'on_or_before':
      return `${expand(reach('min(cell)', ' where cell > 0'), 'c.cell >= e.reach')} union all ${zero}`;
    case 'streak': {
      // Without a gap the n-th interval is interval n.
      const ranked =
        'select entity, cohort, cell, row_number() over (partition by entity, cohort order by cell) as place from enough where cell > 0';
      return `select entity, cohort, cell from (${ranked}) as ranked where cell = place union all ${zero}`;
    }
  }
}
