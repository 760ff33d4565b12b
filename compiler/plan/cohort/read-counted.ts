import { createFactRows } from '../metric/fact-rows.ts';
import { dimensionColumn } from './members.ts';
import type { Periods } from './periods.ts';
import type { RetentionRule } from './rule.ts';
import type { CohortSetting } from './setting.ts';

/**
 * Cohorts with their sizes, and how many of each count in which cell, read from a model that has them counted: what is asked for is a sum of some of its rows. A range begins and ends with whole periods
 * here, so that a cohort lies in it or does not.
 */
export function readCounted(
  setting: CohortSetting<RetentionRule>,
  periods: Periods,
  model: string,
): [name: string, sql: string][] {
  const { catalog, predicate, asked, from, to, diagnostics, reads } = setting;
  const rows = createFactRows(catalog, predicate ? { predicate } : {}, { model, exclude: [] }, diagnostics);
  const dimensions = asked.dimensions.map((d, i) => `${rows.text(d.path)} as ${dimensionColumn(i)}`);
  const select = ['t.cohort as cohort', ...dimensions, 't.k as k', 'cast(sum(t.entities) as bigint) as entities'];
  const range = [...(from ? [`t.cohort >= date '${from}'`] : []), ...(to ? [`t.cohort < date '${to}'`] : [])];
  const by = select.slice(1).map((_, i) => i + 1);
  const stored = `select ${select.join(', ')} from ${rows.from()}${rows.where(range)} group by ${by.join(', ')}`;
  for (const name of rows.reads()) reads.add(name);
  const groups = ['s.cohort', ...asked.dimensions.map((_, i) => `s.${dimensionColumn(i)}`)].join(', ');
  const sizes = `select ${groups}, s.entities as size from stored as s where s.k = 0`;
  return [
    ['stored', stored],
    ['cohorts', dimensions.length > 0 ? sizes : spine(setting, periods)],
    ['returned', `select ${groups}, s.k as cell, s.entities as entities from stored as s`],
  ];
}

/** Every period of the range has a row; without an end of it, those between the first and the last cohort of somebody. */
function spine({ from, to }: CohortSetting<RetentionRule>, periods: Periods): string {
  const edge = (fn: 'min' | 'max') => `(select ${fn}(e.cohort) from stored as e where e.k = 0)`;
  const all = periods.between(from ? `date '${from}'` : edge('min'), to ? `(date '${to}' - 1)` : edge('max'));
  return `select p.period as cohort, coalesce(s.entities, 0) as size from (${all}) as p left join stored as s on s.cohort = p.period and s.k = 0`;
}
