import { grains } from '../../definition/metric.ts';
import { diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import { elapsedSql } from '../cohort/length.ts';
import { dimensionColumn } from '../cohort/members.ts';
import { createPeriods, type Periods } from '../cohort/periods.ts';
import { metricColumn } from '../cohort/result-periods.ts';
import type { CohortRule, RetentionRule } from '../cohort/rule.ts';
import type { CohortSetting } from '../cohort/setting.ts';
import type { Span } from '../metric/frame.ts';
import type { QueryColumn } from '../query-types.ts';
import { isValueSql, readPeriod } from './cell-values.ts';

/** What names a cell of a form. */
export interface CellKeys {
  readonly needed: readonly string[];
  /** Others that the form's rows are cut by. */
  readonly cuts: readonly string[];
  /** Those that choose among the entities of a row. */
  readonly free: readonly string[];
  readonly example: string;
}

/** Entities of a cell: a SELECT with `entity` and the columns told beside it, over the common table expressions of the form. */
export interface FoundEntities {
  readonly rows: string;
  readonly columns: readonly QueryColumn[];
  readonly order: readonly string[];
}

const lifecycleParts = ['new', 'returning', 'resurrected', 'dormant', 'active'] as const;

export function cellKeys(rule: CohortRule): CellKeys {
  const period = periodName(rule);
  const free = period === 'period' ? ['period'] : [];
  const cuts = period === undefined ? [...grains] : period === 'period' ? [] : [period];
  const byPeriod = (more: Partial<CellKeys> = {}): CellKeys => {
    const needed = period === undefined ? [] : [period];
    return { needed, cuts, free, example: `${period ?? 'month'}=2025-03`, ...more };
  };
  switch (rule.rule) {
    case 'retention':
    case 'cohort_churn':
    case 'cohort_revenue':
      return { needed: ['cohort', 'k'], cuts: [], free: [], example: `cohort=2025-01,k=${rule.cells.at(-1)!.name}` };
    case 'ltv':
      return {
        needed: ['horizon'],
        cuts: ['cohort', ...cuts],
        free: [],
        example: `cohort=2025-01,horizon=${rule.horizons[0]!.text}`,
      };
    case 'repeat':
      return { needed: [], cuts: ['cohort', ...cuts], free: ['part'], example: 'cohort=2025-01,part=repeated' };
    case 'lifecycle':
      return byPeriod({
        needed: [...byPeriod().needed, 'part'],
        free: [...free, 'part'],
        example: `${period}=2025-03-03,part=dormant`,
      });
    case 'funnel':
      return { needed: ['step'], cuts, free: ['step', 'part'], example: `step=${rule.steps.length},part=reached` };
    case 'stickiness':
      return byPeriod(
        rule.as === 'histogram'
          ? { needed: [...byPeriod().needed, 'days'], free: ['days'], example: `${period}=2025-03,days=5` }
          : {},
      );
    case 'inactivity_churn':
    case 'contract_churn':
    case 'kept_revenue':
    case 'returned':
      return byPeriod();
  }
}

/** What the rows call the period of the form's own length; undefined where the question chooses it. */
function periodName(rule: CohortRule): string | undefined {
  const every = spanOf(rule);
  return every && (every.count === 1 ? every.unit : 'period');
}

function spanOf(rule: CohortRule): Span | undefined {
  if (rule.rule === 'stickiness') return { count: 1, unit: rule.in };
  return 'every' in rule ? rule.every : undefined;
}

/** Undefined where the cell names nothing that there is; that is said. */
export function entitiesOf(setting: CohortSetting, cell: Readonly<Record<string, string>>): FoundEntities | undefined {
  const { rule } = setting;
  const of = <R extends CohortRule>(own: R): CohortSetting<R> => ({ ...setting, rule: own });
  switch (rule.rule) {
    case 'retention':
    case 'cohort_churn':
      return ofRetention(of(rule), cell);
    case 'cohort_revenue': {
      const place = cellPlace(setting, rule.cells, cell.k!);
      const { first, last } = rule.cells[place]!;
      const k = `${periodsOf(setting).index('e.period')} - m.position`;
      const on = `e.entity = m.entity and e.at >= m.at and ${k} between ${first} and ${last}`;
      return {
        rows: `select m.entity, m.at as anchored_at, sum(e.value) as value from members as m join events as e on ${on} where ${ofCohort(setting, cell)} group by m.entity, m.at`,
        columns: [anchored, metricColumn('value', 'decimal')],
        order: ['value desc nulls last'],
      };
    }
    case 'ltv': {
      const place = rule.horizons.findIndex(({ text }) => text === cell.horizon);
      if (place < 0)
        return unknownValue(
          setting,
          'horizon',
          cell.horizon!,
          rule.horizons.map(({ text }) => text),
        );
      return {
        rows: `select m.entity, m.at as anchored_at, m.value from worth as m where m.place = ${place} and ${ofCohort(setting, cell)}`,
        columns: [anchored, metricColumn('value', 'decimal')],
        order: ['value desc'],
      };
    }
    case 'repeat': {
      const isBack = choosePart(setting, cell.part ?? 'repeated', ['repeated', 'not_repeated']);
      const mature = `m.at + ${elapsedSql(rule.within)} < ${setting.asOf}`;
      const back = 'exists (select 1 from back as b where b.entity = m.entity)';
      return {
        rows: `select m.entity, m.at as anchored_at from members as m where ${mature} and ${isBack === 'repeated' ? '' : 'not '}${back} and ${ofCohort(setting, cell)}`,
        columns: [anchored],
        order: ['anchored_at'],
      };
    }
    case 'inactivity_churn': {
      const seen = 'select e.entity, min(e.day) as first_day, max(e.day) as last_day from events as e, judged as p';
      const own = `p.period = ${periodSql(setting, cell)} and p.state <> 'unobservable'`;
      return {
        rows: `select entity, last_day as last_seen from (${seen} where ${own} and e.day < p.end_day group by e.entity having min(e.day) < max(p.since) and max(e.day) < max(p.since)) as gone`,
        columns: [{ name: 'last_seen', type: 'date', role: 'metric' }],
        order: ['last_seen'],
      };
    }
    case 'contract_churn': {
      const base = rule.of === 'opening' ? 'p.opened' : '(p.opened or p.joined)';
      return {
        rows: `select p.entity from per_entity as p where p.period = ${periodSql(setting, cell)} and ${base} and not p.stays`,
        columns: [],
        order: [],
      };
    }
    case 'kept_revenue':
      return ofKeptRevenue(setting, rule, cell);
    case 'lifecycle':
      return ofLifecycle(setting, cell);
    case 'returned': {
      const own = setting.asked.grain ? ` where b.period = ${periodSql(setting, cell)}` : '';
      return {
        rows: `select b.entity, min(b.at) as came_back_at from back as b${own} group by b.entity`,
        columns: [{ name: 'came_back_at', type: 'timestamp', role: 'metric' }],
        order: ['came_back_at'],
      };
    }
    case 'stickiness': {
      const days = cell.days === undefined ? undefined : wholeNumber(setting, 'days', cell.days);
      const own = rule.window === 'trailing' ? '' : 'a.period = p.period and ';
      const on = `${own}a.day >= p.low and a.day < p.high`;
      const many = days === undefined ? '' : ` having count(distinct a.short) = ${days}`;
      return {
        rows: `select a.entity, count(distinct a.short) as days from spans as p join active as a on ${on} where p.period = ${periodSql(setting, cell)} group by a.entity${many}`,
        columns: [metricColumn('days', 'integer')],
        order: ['days desc'],
      };
    }
    case 'funnel': {
      const step = wholeNumber(setting, 'step', cell.step!);
      const part = choosePart(setting, cell.part ?? 'reached', ['reached', 'lost']);
      const own = setting.asked.grain ? ` and a.period = ${periodSql(setting, cell)}` : '';
      // Nobody is in a step that there is not.
      const reaches = (n: number) => (n >= 1 && n <= rule.steps.length ? `a.reaches_${n}` : 'false');
      const came = (n: number) =>
        `select a.entity, min(a.at) as started_at from attempts as a where ${reaches(n)}${own} group by a.entity`;
      const lost = `select b.entity, b.started_at from (${came(step - 1)}) as b where not exists (select 1 from (${came(step)}) as c where c.entity = b.entity)`;
      return {
        rows: part === 'reached' ? came(step) : lost,
        columns: [{ name: 'started_at', type: 'timestamp', role: 'metric' }],
        order: ['started_at'],
      };
    }
  }
}

const anchored: QueryColumn = { name: 'anchored_at', type: 'timestamp', role: 'metric' };

/** Those who came back, or of a churn those who did not; of a cell that cannot be known yet, nobody. */
function ofRetention(setting: CohortSetting<RetentionRule>, cell: Readonly<Record<string, string>>): FoundEntities {
  const { rule } = setting;
  const place = cellPlace(setting, rule.cells, cell.k!);
  const isEveryone = place === 0 && rule.periodZero === 'anchor';
  const counted = `exists (select 1 from counted as x where x.entity = m.entity and x.cohort = m.cohort and x.cell = ${place})`;
  const isIn = isEveryone ? 'true' : counted;
  const isKnown = `exists (select 1 from triangle as t where t.cohort = m.cohort and t.cell = ${place} and t.state not in ('unobservable', 'empty'))`;
  return {
    rows: `select m.entity, m.at as anchored_at from members as m where ${ofCohort(setting, cell)} and ${isKnown} and ${rule.rule === 'cohort_churn' ? `not ${isIn}` : isIn}`,
    columns: [anchored],
    order: ['anchored_at'],
  };
}

/** Who opened the period with something to lose, and what is left of it; and with `base: opening_plus_reactivated` who came back. */
function ofKeptRevenue(
  setting: CohortSetting,
  rule: Extract<CohortRule, { rule: 'kept_revenue' }>,
  cell: Readonly<Record<string, string>>,
): FoundEntities {
  const position = periodsOf(setting).index(periodSql(setting, cell));
  const kept = rule.keeps === 'gross' ? 'least(o.value, coalesce(c.value, 0))' : 'coalesce(c.value, 0)';
  const opening = `select o.entity, o.value as opening, ${kept} as retained from sums as o left join sums as c on c.entity = o.entity and c.position = ${position} where o.position = ${position} - 1 and o.value > 0`;
  const back = ` union all select c.entity, 0 as opening, c.value as retained from sums as c join firsts as f on f.entity = c.entity and f.position < c.position left join sums as o on o.entity = c.entity and o.position = c.position - 1 where c.position = ${position} and coalesce(o.value, 0) <= 0`;
  const isWithBack = rule.base === 'opening_plus_reactivated' && rule.keeps === 'net';
  const known = `exists (select 1 from result_periods as p where p.period = ${periodSql(setting, cell)} and p.state <> 'unobservable')`;
  return {
    rows: `select entity, opening, retained from (${opening}${isWithBack ? back : ''}) as kept where ${known}`,
    columns: [metricColumn('opening', 'decimal'), metricColumn('retained', 'decimal')],
    order: ['retained - opening'],
  };
}

function ofLifecycle(setting: CohortSetting, cell: Readonly<Record<string, string>>): FoundEntities {
  const part = choosePart(setting, cell.part!, lifecycleParts);
  const position = periodsOf(setting).index(periodSql(setting, cell));
  const here = `a.position = ${position}`;
  const where = {
    new: `${here} and a.position = a.first_one`,
    returning: `${here} and a.before = a.position - 1`,
    resurrected: `${here} and a.before < a.position - 1`,
    dormant: `a.position = ${position} - 1 and (a.next is null or a.next > a.position + 1)`,
    active: here,
  }[part];
  const known = `exists (select 1 from result_periods as p where p.period = ${periodSql(setting, cell)} and p.state <> 'unobservable')`;
  return { rows: `select a.entity from active as a where ${where} and ${known}`, columns: [], order: [] };
}

function periodsOf(setting: CohortSetting): Periods {
  const { rule, asked, catalog, zone } = setting;
  const every = spanOf(rule) ?? { count: 1, unit: asked.grain ?? 'day' };
  const isOddHours = 'interval' in rule && every.unit === 'hour' && every.count > 1;
  return createPeriods(isOddHours ? { count: 1, unit: 'day' } : every, catalog.calendar, zone);
}

/** The period that the cell names, by any of its days. */
function periodSql(setting: CohortSetting, cell: Readonly<Record<string, string>>): string {
  const periods = periodsOf(setting);
  const { label } = periods;
  const day = readPeriod(label, cell[label] ?? '', setting.diagnostics);
  return periods.ofDay(`date '${day ?? '2000-01-01'}'`);
}

/** The members of the cohort and of the groups that the cell names. */
function ofCohort(setting: CohortSetting, cell: Readonly<Record<string, string>>): string {
  const { asked, metric, diagnostics } = setting;
  const day = cell.cohort === undefined ? undefined : readPeriod('cohort', cell.cohort, diagnostics);
  const conditions = asked.dimensions.map((dimension, i) => {
    const known = metric.dimensions.find(({ name }) => name === dimension.name) ?? dimension;
    return isValueSql(`m.${dimensionColumn(i)}`, known, cell[dimension.name]!, diagnostics);
  });
  if (day !== undefined) conditions.unshift(`m.cohort = ${periodsOf(setting).ofDay(`date '${day}'`)}`);
  return conditions.length > 0 ? conditions.join(' and ') : 'true';
}

function cellPlace(setting: CohortSetting, cells: readonly { readonly name: string }[], k: string): number {
  const place = cells.findIndex(({ name }) => name === k);
  if (place >= 0) return place;
  unknownValue(
    setting,
    'k',
    k,
    cells.map(({ name }) => name),
  );
  return 0;
}

function choosePart<P extends string>(setting: CohortSetting, part: string, parts: readonly P[]): P {
  const found = parts.find((one) => one === part);
  if (found === undefined) unknownValue(setting, 'part', part, parts);
  return found ?? parts[0]!;
}

function wholeNumber(setting: CohortSetting, name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  setting.diagnostics.push(diagnostic('E1205', `\`${name}\` of the cell is \`${text}\`, not a number from 1`));
  return 1;
}

function unknownValue(setting: CohortSetting, name: string, value: string, available: readonly string[]): undefined {
  setting.diagnostics.push(
    diagnostic('E1205', `\`${name}\` of the cell is \`${value}\`, which \`${setting.metric.name}\` does not have`, {
      hints: suggestNames(value, available, 40),
    }),
  );
  return undefined;
}
