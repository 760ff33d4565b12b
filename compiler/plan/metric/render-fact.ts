import { isTimezone } from '../../definition/timezone.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { writeExpression } from '../../expression/write-sql.ts';
import type { Catalog } from '../catalog.ts';
import { daySql, periodSql, type TimeColumn } from '../period.ts';
import type { Question } from '../plan-query.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { aggregateNode } from './aggregate-sql.ts';
import { whyNoFrame } from './bounds.ts';
import { createFactRows, type FactRows } from './fact-rows.ts';
import { aggregatesOf, beforeAsOf, columnValue, type FactSetting, rangePredicates } from './fact-setting.ts';
import { type Fact, frameFault } from './facts.ts';
import { isOwnPeriod } from './frame.ts';
import { isPick } from './picks.ts';
import { renderFramed, renderPicked } from './render-framed.ts';

export interface RenderedFact {
  readonly sql: string;
  readonly reads: readonly string[];
  readonly dimensionTypes: readonly (string | undefined)[];
  /** A SELECT of the day of its first row, where it has a time. */
  readonly firstDay?: string;
}

/** One fact as a SELECT of its groups (period and dimensions, by the names of the result) and its columns. */
export function renderFact(catalog: Catalog, question: Question, fact: Fact, diagnostics: Diagnostic[]): RenderedFact {
  const rows = createFactRows(catalog, question, fact, diagnostics);
  const time = readTime(catalog, fact, rows, question, diagnostics);
  const dimensions = question.dimensions.map((d) => ({ sql: rows.text(d.path), as: d.label }));
  const dimensionTypes = question.dimensions.map((d) => rows.find(d.path)?.type);
  const why = isOwnPeriod(fact.frame) ? undefined : whyNoFrame(fact.frame, question, !isTimezone(fact.timezone));
  if (why !== undefined) diagnostics.push(frameFault(fact, question.metrics, why));
  const isTimed = time !== undefined && !(question.grain === 'hour' && time.type === 'date');
  const setting = { catalog, question, fact, rows, dimensions, ...(isTimed ? { time } : {}) };
  const hasPicks = fact.columns.some((c) => aggregatesOf(c).some(isPick));
  const isFramed = !isOwnPeriod(fact.frame) && why === undefined && isTimed;
  const sql = isFramed ? renderFramed(setting) : hasPicks ? renderPicked(setting) : renderOwn(setting);
  const firstDay =
    time && `select min(${daySql(time)}) as first_day from ${rows.from()}${rows.where([beforeAsOf(time, question)])}`;
  return { sql, reads: rows.reads(), dimensionTypes, ...(firstDay ? { firstDay } : {}) };
}

/** Rows of the range before `asOf`, grouped by their own period. */
function renderOwn({ catalog, question, fact, rows, dimensions, time }: FactSetting): string {
  const period =
    question.grain && time
      ? [{ sql: periodSql(time, question.grain, catalog.calendar), as: question.grain as string }]
      : [];
  const groups = [...period, ...dimensions];
  const values = fact.columns.map(
    (c) =>
      `${writeExpression(columnValue(c, (i) => aggregateNode(aggregatesOf(c)[i]!, rows.column)))} as ${id(c.name)}`,
  );
  const select = [...groups.map((g) => `${g.sql} as ${id(g.as)}`), ...values].join(', ');
  const grouping = groups.length > 0 ? ` group by ${groups.map((_, i) => i + 1).join(', ')}` : ' having count(*) > 0';
  const predicates = time ? rangePredicates(time, question) : [];
  return `select ${select} from ${rows.from()}${rows.where(predicates)}${grouping}`;
}

function readTime(
  { calendar }: Catalog,
  fact: Fact,
  rows: FactRows,
  question: Question,
  diagnostics: Diagnostic[],
): TimeColumn | undefined {
  const names = fact.columns.map((c) => `\`${c.name}\``).join(', ');
  if (fact.time === undefined) {
    if (question.grain || question.from || question.to || !isOwnPeriod(fact.frame)) {
      diagnostics.push(
        diagnostic('E1603', `${names} has no time to be cut by`, {
          hints: [`say \`time:\` in the metric, or in \`${fact.model}\``],
        }),
      );
    }
    return undefined;
  }
  const type = rows.find([fact.time])?.type;
  if (type !== 'date' && type !== 'timestamp') {
    diagnostics.push(
      diagnostic(
        'E1603',
        `the time of ${names}, \`${fact.time}\` of \`${fact.model}\`, is ${type ?? 'of unknown type'}, not a date or timestamp`,
      ),
    );
    return undefined;
  }
  if (type === 'date' && question.grain === 'hour')
    diagnostics.push(diagnostic('E1604', `${names} cannot be cut by \`hour\`: \`${fact.time}\` is a date`));
  // A row without a zone of its own, as one whose relation leads nowhere, goes by the calendar's.
  const zone = isTimezone(fact.timezone)
    ? textLiteral(fact.timezone)
    : `coalesce(${rows.text(fact.timezone.split('.'))}, ${textLiteral(calendar.timezone)})`;
  return { sql: rows.text([fact.time]), type, zone };
}
