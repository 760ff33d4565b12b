import {
  type ManifestColumn,
  type ManifestModel,
  type QualifiedName,
  qualify,
  quoteIdentifier,
  quoteLiteral,
  sourceTime,
} from '../../compiler/index.ts';
import type { Session } from '../engine/engine.ts';
import { readLastTime, recordArrivals } from '../state/arrivals.ts';
import type { Arrivals } from '../state/history-types.ts';
import type { StepRecord } from '../state/records.ts';
import { type RunContext, render } from './run-context.ts';

/** Rows that came to a source, and what was known when they did. */
export interface ArrivedRows {
  readonly relation: QualifiedName;
  /** Which rows of the relation came: canonical SQL; absent: all of them. */
  readonly where?: string;
  /** They came to others that had been read before; else none of them is late. */
  readonly isMore: boolean;
  /** How far the source is complete with them: its last arrival, never later than the run. */
  readonly completeThrough: string;
  /** Where rows are that could not be read; absent: there are none. */
  readonly rejected?: { readonly from: QualifiedName; readonly build: number; readonly rows: number };
}

/** So many kinds of reasons tell what is wrong; a source with more has more to mend than a count shows. */
const mostReasons = 50;

/**
 * Counts what came to a source, and writes it down. Late is a row of a day, in the calendar's zone, before the last day that had been seen: within a day rows come in any order, and whoever delivers by
 * day is not late. In the future is a row that happened later than the last one arrived, or that arrived later than the run; it moves no mark.
 */
export async function countArrived(
  context: RunContext,
  session: Session,
  model: ManifestModel,
  build: number,
  arrived: ArrivedRows,
): Promise<Arrivals> {
  const { rejected } = arrived;
  const name = sourceTime(context.manifest, model);
  const time = model.columns.find((column) => column.name === name);
  const before = arrived.isMore && time ? await readLastTime(session, model.name) : undefined;
  const from = `${model.name}${arrived.where === undefined ? '' : ` where ${arrived.where}`}`;
  const sql = `select ${countsSql(context, model, time, before, arrived.completeThrough)} from ${from}`;
  const found = await session.execute(render(context, sql, () => arrived.relation));
  const [rows, late, future, first, last] = found.rows[0] ?? [];
  const refused = rejected?.rows ?? 0;
  const arrivals: Arrivals = {
    rows: Number(rows ?? 0) + refused,
    late: Number(late ?? 0),
    future: Number(future ?? 0),
    rejected: refused,
    ...(first === null || first === undefined ? {} : { first: String(first) }),
    ...(last === null || last === undefined ? {} : { last: String(last) }),
    reasons: rejected && refused > 0 ? await countReasons(session, rejected) : [],
  };
  await recordArrivals(session, context.run, { model: model.name, build }, arrivals, context.startedAt);
  return arrivals;
}

function countsSql(
  context: RunContext,
  model: ManifestModel,
  time: ManifestColumn | undefined,
  before: string | undefined,
  complete: string,
): string {
  const at = time && quoteIdentifier(time.name);
  const isDay = time?.type === 'date';
  const late = at && before !== undefined ? `${at} < ${dayOf(context, before, isDay)}` : 'false';
  const last = isDay ? dayOf(context, complete, true) : instant(complete);
  const arrival = model.source?.loadedAt;
  const stamps = [
    ...(at ? [`${at} > ${last}`] : []),
    ...(arrival === undefined || arrival === time?.name
      ? []
      : [`cast(${quoteIdentifier(arrival)} as timestamptz) > ${instant(context.startedAt)}`]),
  ];
  const count = (rule: string) => `count(*) filter (where ${rule})`;
  const end = (which: 'min' | 'max') =>
    at ? startOf(context, `${which}(${at}) filter (where ${at} <= ${last})`, isDay) : 'null';
  return ['count(*)', count(late), count(stamps.join(' or ') || 'false'), end('min'), end('max')].join(', ');
}

/** The day of an instant in the calendar's zone: its date, or its first instant. */
function dayOf(context: RunContext, at: string, asDate: boolean): string {
  const zone = quoteLiteral(context.manifest.project.calendar.timezone);
  const there = `timezone(${zone}, ${instant(at)})`;
  return asDate ? `cast(${there} as date)` : `timezone(${zone}, date_trunc('day', ${there}))`;
}

function startOf(context: RunContext, at: string, isDay: boolean): string {
  const zone = quoteLiteral(context.manifest.project.calendar.timezone);
  return isDay ? `timezone(${zone}, cast(${at} as timestamp))` : at;
}

function instant(text: string): string {
  return `cast(${quoteLiteral(text)} as timestamptz)`;
}

/** A reason ends in the value that was refused, which is told to nobody; what follows it is another column's. */
async function countReasons(
  session: Session,
  { from, build }: NonNullable<ArrivedRows['rejected']>,
): Promise<Arrivals['reasons']> {
  const found = await session.execute(
    `select split_part(reason, ': ''', 1) as rule, count(*) as n from ${qualify(from)} where _batch = ${build} group by 1 order by n desc, rule limit ${mostReasons}`,
  );
  return found.rows.map(([reason, rows]) => ({ reason: String(reason), rows: Number(rows ?? 0) }));
}

/** What the journal says of them. */
export function stepCounts({
  rows,
  late,
  future,
  rejected,
}: Arrivals): Pick<StepRecord, 'rowsIn' | 'late' | 'future' | 'rejected'> {
  return { rowsIn: rows, late, future, rejected };
}
