import type { Session } from '../engine/engine.ts';
import { instant, type RunHandle } from './record.ts';
import { statement, toCount, toText } from './rows.ts';

/** What an account of events was counted from. */
export interface EventCounts {
  readonly model: string;
  readonly relation: string;
  /** A hash of the tracking plan's conditions. */
  readonly plan: string;
  readonly build: number;
}

/** The build that the account of a source has come to. */
export async function findEventMark(session: Session, model: string): Promise<EventCounts | undefined> {
  const found = await session.execute(
    statement(
      'select relation, plan_hash, max(build) from etalon_state.event_counts where model = $1 group by relation, plan_hash',
      model,
    ),
  );
  const [row] = found.rows;
  return row && { model, relation: toText(row[0]), plan: toText(row[1]), build: toCount(row[2]) };
}

export async function restartEventCounts(session: Session, model: string): Promise<void> {
  await session.execute(statement('delete from etalon_state.event_counts where model = $1', model));
}

/** Adds what queries count (`day`, `event`, `property`, `events`, `bad`, `unknown`), and a row without counts that marks the build even where nothing came. */
export async function insertEventCounts(
  session: Session,
  { model, relation, plan, build }: EventCounts,
  run: RunHandle,
  at: string,
  queries: readonly string[],
): Promise<void> {
  const mark = 'select cast(null as date), cast(null as text), cast(null as text), 0, 0, 0';
  for (const sql of [mark, ...queries]) {
    await session.execute(
      statement(
        `insert into etalon_state.event_counts (model, relation, plan_hash, build, run, recorded_at, day, event, property, events, bad, unknown)
         select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as bigint), cast($5 as text), ${instant(6)}, q.* from (${sql}) as q`,
        model,
        relation,
        plan,
        build,
        run.id,
        at,
      ),
    );
  }
}
