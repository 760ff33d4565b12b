import { noPart } from '../../definition/define-split.ts';
import { secondsOfMicros } from '../cohort/length.ts';
import { textLiteral } from '../sql-text.ts';
import { eventsSql, hasValue } from './activity-rows.ts';
import { populationSql } from './population.ts';
import { type Breaks, type Condition, type Score, type Split, scores } from './rule.ts';
import { population, type SegmentSetting } from './setting.ts';
import { windowSql } from './window.ts';

/** How a part's condition names a score, and the buyers' column that it is reckoned from. */
export const scoreNames: Readonly<Record<Score, string>> = { recency: 'r', frequency: 'f', monetary: 'm' };
const measured: Readonly<Record<Score, string>> = { recency: 'last_at', frequency: 'times', monetary: 'total' };

/** The scores of a split: those that have cuts, or with quantiles all that the activity allows. */
export function scoresOf(
  split: { readonly cuts: Readonly<Partial<Record<Score, unknown>>>; readonly quantiles?: number },
  isWorth: boolean,
): readonly Score[] {
  if (split.quantiles === undefined) return scores.filter((score) => split.cuts[score] !== undefined);
  return scores.filter((score) => score !== 'monetary' || isWorth);
}

/** The events that a split scores by, as a condition. */
export function scoredBy({ activity, within }: Split): Condition {
  return { kind: 'did', negated: false, activity, tests: [], timing: { form: 'within', length: within } };
}

/** What an entity's part comes from: each score, and what it is reckoned from, as `value_1`, `value_2` … of `splitSql`. */
export function scoreValues(
  { catalog }: Pick<SegmentSetting, 'catalog'>,
  split: Split,
): readonly { readonly path: string; readonly name: string; readonly type: string }[] {
  const types: Readonly<Record<Score, string>> = { recency: 'timestamp', frequency: 'integer', monetary: 'decimal' };
  return scoresOf(split, hasValue(catalog, split.activity)).flatMap((score) => [
    { path: scoreNames[score], name: 'score', type: 'integer' },
    { path: scoreNames[score], name: measured[score], type: types[score] },
  ]);
}

/** Everyone who is not excluded, with `part`: the first that fits, and `none` for those who did nothing in the window; with `explained` also `scoreValues`. */
export function splitSql(
  setting: SegmentSetting,
  split: Split,
  excluded: readonly string[],
  explained = false,
): string {
  const { tables } = setting;
  const { counted, buyers, scored } = scoredSql(setting, split, excluded);
  const parts = split.parts.map(({ name, when }) =>
    when === 'else' ? `else ${textLiteral(name)}` : `when ${when} then ${textLiteral(name)}`,
  );
  const otherwise = split.parts.at(-1)!.when === 'else' ? '' : ` else ${textLiteral(noPart)}`;
  const isOnlyElse = parts.length === 1 && otherwise === '' && split.parts[0]!.when === 'else';
  const part = isOnlyElse ? textLiteral(split.parts[0]!.name) : `case ${parts.join(' ')}${otherwise} end`;
  const ctes = tables.all.map(([name, sql]) => `${name} as (${sql})`).join(', ');
  const values = scoreValues(setting, split).map(
    ({ path, name }, i) => `${name === 'score' ? `${scored}.${path}` : `${buyers}.${name}`} as value_${i + 1}`,
  );
  const more = explained ? `, ${values.join(', ')}` : '';
  const join = explained ? ` left join ${buyers} on ${buyers}.entity = ${counted}.entity` : '';
  return `with ${ctes} select ${counted}.entity, case when ${scored}.entity is null then ${textLiteral(noPart)} else ${part} end as part${more} from ${counted} left join ${scored} on ${scored}.entity = ${counted}.entity${join}`;
}

/**
 * From where on each score of quantiles is reached at the cut, as one row: `r_2`, `r_3` … of the last event, `f_2` … and `m_2` …, and how many `buyers` there are. Ties are together and scores grow with what
 * they measure, so that these say of everyone at this cut what the quantiles say.
 */
export function breaksSql(setting: SegmentSetting, split: Split, excluded: readonly string[]): string {
  const { tables } = setting;
  const { buyers, scored } = scoredSql(setting, split, excluded);
  const columns = breakColumns(setting, split).map(
    ({ name, score, place }) =>
      `min(case when ${scoreNames[score]} >= ${place} then ${measured[score]} end) as ${name}`,
  );
  const ctes = tables.all.map(([name, sql]) => `${name} as (${sql})`).join(', ');
  return `with ${ctes} select count(*) as buyers, ${columns.join(', ')} from ${scored} join ${buyers} on ${buyers}.entity = ${scored}.entity`;
}

/** The columns of `breaksSql` after the first, in order. */
export function breakColumns(
  { catalog }: Pick<SegmentSetting, 'catalog'>,
  split: Split,
): readonly { readonly name: string; readonly score: Score; readonly place: number }[] {
  const places = Array.from({ length: split.quantiles! - 1 }, (_, i) => i + 2);
  return scoresOf(split, hasValue(catalog, split.activity)).flatMap((score) =>
    places.map((place) => ({ name: `${scoreNames[score]}_${place}`, score, place })),
  );
}

/** The tables of everyone who counts, of those of them who did it in the window, and of their scores. */
function scoredSql(
  setting: SegmentSetting,
  split: Split,
  excluded: readonly string[],
): Readonly<Record<'counted' | 'buyers' | 'scored', string>> {
  const { tables, catalog } = setting;
  tables.add(population, populationSql(setting, []));
  const isIn = excluded.map((table) => `${table}.entity is null`);
  const counted = tables.add(
    'counted',
    `select ${population}.entity from ${population}${excluded.map((table) => ` left join ${table} on ${table}.entity = ${population}.entity`).join('')}${isIn.length > 0 ? ` where ${isIn.join(' and ')}` : ''}`,
  );
  const kinds = scoresOf(split, hasValue(catalog, split.activity));
  const hasMoney = kinds.includes('monetary');
  const events = eventsSql(setting, split.activity, {
    when: (at) => windowSql(setting, { form: 'within', length: split.within }, at),
    value: hasMoney,
  });
  const money = hasMoney ? ', coalesce(sum(events.value), 0) as total' : '';
  const buyers = tables.add(
    'buyers',
    `select events.entity, max(events.at) as last_at, count(*) as times${money} from (${events}) as events join ${counted} on ${counted}.entity = events.entity group by events.entity`,
  );
  const sql = split.breaks
    ? frozenSql(setting, split.breaks, kinds, buyers)
    : split.quantiles === undefined
      ? cutsSql(setting, split, kinds, buyers)
      : quantilesSql(split.quantiles, kinds, buyers);
  return { counted, buyers, scored: tables.add('scored', sql) };
}

/** By breaks that were reckoned at another cut. */
function frozenSql(setting: SegmentSetting, breaks: Breaks, kinds: readonly Score[], buyers: string): string {
  const columns = kinds.map((score) => {
    const reached = breaks[score]!.flatMap((one) => {
      if (one === null) return [];
      const isOver =
        score === 'recency'
          ? `last_at >= ${setting.asOf} - interval '${secondsOfMicros(one)} seconds'`
          : `${measured[score]} >= ${one}`;
      return [` + case when ${isOver} then 1 else 0 end`];
    });
    return `1${reached.join('')} as ${scoreNames[score]}`;
  });
  return `select entity, ${columns.join(', ')} from ${buyers}`;
}

/** A cut belongs to the higher score; of recency, where fewer days are better, to the lower one. */
function cutsSql(setting: SegmentSetting, split: Split, kinds: readonly Score[], buyers: string): string {
  const sum = (score: Score, reached: (cut: string) => string) =>
    `1${split.cuts[score]!.map((cut) => ` + case when ${reached(cut)} then 1 else 0 end`).join('')} as ${scoreNames[score]}`;
  const columns = kinds.map((score) =>
    score === 'recency'
      ? sum(score, (days) => `last_at > ${setting.asOf} - interval '${Number(days) * 86_400} seconds'`)
      : sum(score, (cut) => `${measured[score]} >= ${cut}`),
  );
  return `select entity, ${columns.join(', ')} from ${buyers}`;
}

/** floor(n × share of buyers strictly worse) + 1, counted without a division: one more for each of the shares 1/n … (n−1)/n that are worse. */
function quantilesSql(n: number, kinds: readonly Score[], buyers: string): string {
  const ranks = kinds.map((score) => `rank() over (order by ${measured[score]}) - 1 as ${scoreNames[score]}_worse`);
  const columns = kinds.map((score) => {
    const worse = `${n} * ${scoreNames[score]}_worse`;
    const shares = Array.from(
      { length: n - 1 },
      (_, i) => ` + case when ${worse} >= ${i + 1} * everyone then 1 else 0 end`,
    );
    return `1${shares.join('')} as ${scoreNames[score]}`;
  });
  return `select entity, ${columns.join(', ')} from (select entity, ${ranks.join(', ')}, count(*) over () as everyone from ${buyers}) as ranked`;
}
