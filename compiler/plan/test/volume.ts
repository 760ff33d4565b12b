import type { ModelTest, ModelTestRule } from '../../definition/data-test.ts';
import { fewestPoints } from '../../definition/define-data-test.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { CatalogModel } from '../catalog.ts';
import { periodOfDaySql, startOfDaySql } from '../period.ts';
import { periodBefore, type TestPeriods, testPeriods } from './test-periods.ts';
import { decimalLiteral, type TestBody, type TestContext } from './test-plan.ts';
import { sayTest } from './words.ts';

type VolumeRule = Extract<ModelTestRule, { rule: 'volume' }>;

/** So many median absolute deviations are borne where they are more than `within`: a table whose counts jump about by nature is not told of each jump. */
const bornDeviations = 3;

/**
 * As many rows as is usual, in the last period that is complete: earlier ones have been judged when they were. The usual is the median of the periods before it that are like it (days of
 * the same weekday, hours of the same hour and weekday) within `over`; periods without rows since the table's first row count as 0. Silent until eight periods came before, and where
 * the usual is 0, of which a percentage says nothing.
 *
 * | age | day | rows |        usual 100, scatter 0, within 40 %: from 60 to 140
 * |   0 | Mon |   55 | fails
 * |   7 | Mon |  100 |
 * |  14 | Mon |  100 |
 */
export function planVolume(
  test: ModelTest,
  rule: VolumeRule,
  model: CatalogModel,
  where: string | undefined,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestBody | undefined {
  const periods = testPeriods(test, rule.per, model, context, diagnostics);
  if (!periods) return undefined;
  const { grain } = periods;
  const judged = judgedSql(rule, periods, model, where, context);
  const fails = 'abs(rows - usual) > borne';
  return {
    words: sayTest((words) => words.volume(model.name, rule.per, rule.within, rule.over)),
    counts: `${grain}s`,
    check: {
      mode: 'query',
      failures: `select ${grain}, rows, usual, greatest(usual - borne, 0) as fewest, usual + borne as most from (${judged}) as j where ${fails}`,
      tested: `select count(*) from (${judged}) as j`,
      counted: `select count(*) filter (where ${fails}) as failing, count(*) as tested from (${judged}) as j`,
    },
  };
}

/** One row, or none where nothing is judged: the period, its rows, the usual, and how far from it is borne. */
function judgedSql(
  rule: VolumeRule,
  periods: TestPeriods,
  model: CatalogModel,
  where: string | undefined,
  context: TestContext,
): string {
  const { grain, time, ofRow, of } = periods;
  const filter = where ? ` where ${where}` : '';
  // One look at the table: of what came before the window it is enough to know when the first row did.
  const counts = `select case when ${time.sql} >= (select begins from mark) then ${ofRow} end as ${grain}, count(*) as rows, min(${time.sql}) as first_row from ${model.name}${filter} group by 1`;
  const firstRow = time.type === 'date' ? startOfDaySql('min(first_row)', time.zone) : 'min(first_row)';
  const points = `select p.${grain}, coalesce(c.rows, 0) as rows from (${seriesSql(periods, context)}) as p left join counts as c on c.${grain} = p.${grain} where p.${grain} >= (select ${of(firstRow)} from counts) and p.${grain} >= (select first from mark)`;
  const before = `${grain} < last`;
  const alike = `${before}${likeSql(periods)}`;
  const usual = `select count(*) filter (where ${before}) as points, cast(median(rows) filter (where ${alike}) as decimal(20, 2)) as usual from points cross join mark`;
  const scatter = `select cast(median(abs(rows - usual)) as decimal(20, 2)) as scatter from points cross join mark cross join usual where ${alike}`;
  const borne = `cast(greatest(usual * ${decimalLiteral(rule.within)}, coalesce(scatter, 0) * ${bornDeviations}) as decimal(20, 2))`;
  const parts = { mark: markSql(rule, periods, context), counts, points, usual };
  const withs = Object.entries(parts).map(([name, sql]) => `${name} as materialized (${sql})`);
  return `with ${withs.join(', ')} select ${grain}, rows, usual, ${borne} as borne from points cross join mark cross join usual cross join (${scatter}) as s where ${grain} = last and points >= ${fewestPoints} and usual > 0`;
}

/** The period that is judged, the first of the window before it, and where that begins in the table's own time. */
function markSql({ over }: VolumeRule, periods: TestPeriods, context: TestContext): string {
  const { grain, time, open } = periods;
  const last = `select ${periodBefore(periods, 'open', context)} as last from (select ${open} as open) as o`;
  const first = `select last, ${grain === 'hour' ? `last - interval '${over * 24} hours'` : `last - ${over}`} as first from (${last}) as l`;
  const begins = grain === 'hour' || time.type === 'date' ? 'first' : startOfDaySql('first', time.zone);
  return `select last, first, ${begins} as begins from (${first}) as f`;
}

/** Every period of the window, whether rows fall into it or not. */
function seriesSql({ grain, of }: TestPeriods, context: TestContext): string {
  const bounds = '(select first from mark), (select last from mark)';
  // Hours begin on the half hour where a zone is off by one.
  if (grain === 'hour')
    return `select distinct ${of('g.at')} as hour from generate_series(${bounds}, interval '30 minutes') as g (at)`;
  return `select distinct ${periodOfDaySql('cast(g.at as date)', grain, context.calendar)} as ${grain} from generate_series(${bounds}, interval '1 day') as g (at)`;
}

/** Is a period like the last one? Weeks and months all are. */
function likeSql({ grain, time }: TestPeriods): string {
  if (grain === 'week' || grain === 'month') return '';
  const local = (period: string) => (grain === 'hour' ? `(${period} at time zone ${time.zone})` : period);
  const parts = grain === 'hour' ? ['isodow', 'hour'] : ['isodow'];
  return parts
    .map((part) => ` and extract(${part} from ${local(grain)}) = extract(${part} from ${local('last')})`)
    .join('');
}
