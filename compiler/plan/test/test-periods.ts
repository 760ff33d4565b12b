import type { ModelTest, TestPeriod } from '../../definition/data-test.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { CatalogModel } from '../catalog.ts';
import { nextPeriodSql, periodOfDaySql, periodSql, type TimeColumn } from '../period.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { TestContext } from './test-plan.ts';

/** The periods that a test counts a model's rows by. */
export interface TestPeriods {
  readonly grain: TestPeriod;
  readonly time: TimeColumn;
  /** The period that a row falls in: a date, or the instant that an hour starts at. */
  readonly ofRow: string;
  /** The period in which the data is still coming in; all before it are complete. */
  readonly open: string;
  readonly next: (period: string) => string;
  readonly of: (instant: string) => string;
}

/** Where the data of the model that is tested is complete: strictly before it. The run says which instant that is. */
const completeThrough = 'etalon_complete_through()';

/** The model's business time by periods of the calendar; what cannot be counted so is told, and undefined. */
export function testPeriods(
  test: ModelTest,
  grain: TestPeriod,
  model: CatalogModel,
  context: TestContext,
  diagnostics: Diagnostic[],
): TestPeriods | undefined {
  const { calendar } = context;
  const column = model.columns.find((c) => c.name === model.time);
  if (
    !column ||
    (column.type !== 'date' && column.type !== 'timestamp') ||
    (grain === 'hour' && column.type === 'date')
  ) {
    const dated = column?.type === 'date';
    const hints = dated
      ? ['`per: day` counts them by day']
      : [`declare \`time:\` in \`${model.name}\`, a timestamp or a date`];
    const why = dated ? `: its time \`${column.name}\` is a date` : '';
    diagnostics.push(
      diagnostic('E1604', `rows per ${grain} cannot be counted in \`${model.name}\`${why}`, { span: test.span, hints }),
    );
    return undefined;
  }
  const zone = textLiteral(calendar.timezone);
  const time: TimeColumn = { sql: id(column.name), type: column.type, zone };
  const of = (instant: string) => periodSql({ sql: instant, type: 'timestamp', zone }, grain, calendar);
  return {
    grain,
    time,
    ofRow: periodSql(time, grain, calendar),
    open: of(completeThrough),
    next: (period) => nextPeriodSql(period, grain),
    of,
  };
}

/** The period before another, by its name. */
export function periodBefore({ grain, of }: TestPeriods, period: string, context: TestContext): string {
  return grain === 'hour'
    ? of(`(${period} - interval '1 second')`)
    : periodOfDaySql(`(${period} - 1)`, grain, context.calendar);
}
