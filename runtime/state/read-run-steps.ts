import type { Session } from '../engine/engine.ts';
import { defined, toCount, toOptionalCount, toOptionalText, toText } from './rows.ts';

/** What a run did about one model. */
export interface RunStep {
  readonly run: string;
  readonly model: string;
  readonly status: 'built' | 'failed' | 'skipped' | 'fresh';
  readonly reason: string;
  readonly seconds: number;
  readonly rows?: number;
  readonly rejected?: number;
  /** Of a source: what came, and of that what is late or of the future. */
  readonly arrived?: number;
  readonly late?: number;
  readonly future?: number;
}

/**
 * The steps of the last runs, the newest run first, each in the order in which they ended. The state schema must be there.
 *
 * @example
 * const steps = await readRunSteps(engine, 10)
 */
export async function readRunSteps(session: Session, runs: number): Promise<readonly RunStep[]> {
  const found = await session.execute(
    `select s.run, s.model, s.status, s.reason, s.seconds, s.rows_out, s.rows_rejected, s.rows_in, s.rows_late, s.rows_future
     from etalon_state.steps s
     join (select number from etalon_state.runs order by number desc limit ${Math.trunc(runs)}) r on r.number = s.run_number
     order by s.run_number desc, s.ended_at, s.model`,
  );
  return found.rows.map((row) =>
    defined({
      run: toText(row[0]),
      model: toText(row[1]),
      status: toText(row[2]) as RunStep['status'],
      reason: toOptionalText(row[3]) ?? '',
      seconds: Number(row[4] ?? 0),
      rows: toOptionalCount(row[5]),
      rejected: toOptionalCount(row[6]),
      arrived: toOptionalCount(row[7]),
      late: toOptionalCount(row[8]),
      future: toOptionalCount(row[9]),
    }),
  );
}

/** Events of a tracking plan, by name, in the last 28 days that have any. */
export interface EventTotal {
  readonly model: string;
  /** Null: rows that name no event. */
  readonly event: string | null;
  readonly events: number;
  /** Without something that the plan requires. */
  readonly bad: number;
  /** Not in the plan. */
  readonly unknown: number;
}

/** The state schema must be there. */
export async function readEventTotals(session: Session): Promise<readonly EventTotal[]> {
  const found = await session.execute(
    `select e.model, e.event, cast(sum(e.events) as bigint), cast(sum(e.bad) as bigint), cast(sum(e.unknown) as bigint)
     from etalon_state.events_by_day e
     join (select model, max(day) as last_day from etalon_state.events_by_day group by model) l on l.model = e.model
     where e.property is null and e.day > l.last_day - 28
     group by e.model, e.event order by e.model, e.event`,
  );
  return found.rows.map((row) => ({
    model: toText(row[0]),
    event: toOptionalText(row[1]) ?? null,
    events: toCount(row[2]),
    bad: toCount(row[3]),
    unknown: toCount(row[4]),
  }));
}
