import type { Session } from '../engine/engine.ts';
import type { VersionRecord } from './records.ts';
import { statement } from './rows.ts';

/**
 * Has a version exactly what its query yields over its inputs as they were when it was last brought up to date? A backfill computes some periods from inputs as they are now, which the version has
 * otherwise not seen; periods that rows came too late for wait as they were.
 */
export async function isAsItsInputs(session: Session, { run, relation }: VersionRecord): Promise<boolean> {
  const { rows } = await session.execute(
    statement(
      `select (select count(*) from etalon_state.runs where id = $1 and command <> 'backfill') as known,
       (select count(*) from etalon_state.intervals where relation = $2 and status = 'late') as waiting`,
      run,
      relation,
    ),
  );
  const [known, waiting] = (rows[0] ?? []).map(Number) as [number, number];
  return known > 0 && waiting === 0;
}
