import type { Session } from '../engine/engine.ts';
import type { ClaimRecord } from './records.ts';
import { defined, statement, toOptionalCount, toOptionalText } from './rows.ts';

export interface Claimant {
  /** The run's id. */
  readonly owner: string;
  /** Tells this process from an earlier one with the same process id. */
  readonly process: string;
  readonly host: string;
  readonly pid: number;
}

export async function readClaim(session: Session): Promise<ClaimRecord> {
  const found = await session.execute(
    `select r.owner, r.process, r.host, r.pid, r.acquired_at, extract(epoch from (current_timestamp - h.heartbeat_at))
     from etalon_state.locks r cross join etalon_state.locks h where r.name = 'run' and h.name = 'heartbeat'`,
  );
  const row = found.rows[0] ?? [];
  return defined({
    owner: toOptionalText(row[0]),
    process: toOptionalText(row[1]),
    host: toOptionalText(row[2]),
    pid: toOptionalCount(row[3]),
    since: toOptionalText(row[4]),
    silentFor: toOptionalCount(row[5]),
  });
}

/** Takes the claim where nobody holds it, or where `from` (a dead owner) does. False: somebody was quicker. */
export async function takeClaim(session: Session, claimant: Claimant, from: string | undefined): Promise<boolean> {
  const taken = await session.execute(
    statement(
      `update etalon_state.locks set owner = $1, process = $2, host = $3, pid = $4, acquired_at = current_timestamp
       where name = 'run' and (owner is null or owner = $5)`,
      claimant.owner,
      claimant.process,
      claimant.host,
      claimant.pid,
      from ?? '',
    ),
  );
  if (taken.count !== 1) return false;
  await recordHeartbeat(session);
  return true;
}

/** A row of its own, so that a long transaction of the owner does not silence it. */
export async function recordHeartbeat(session: Session): Promise<void> {
  await session.execute("update etalon_state.locks set heartbeat_at = current_timestamp where name = 'heartbeat'");
}

/**
 * Does the owner still hold the claim? The first statement of every transaction that writes: an owner that lost its claim is fenced off, and on
 * DuckDB, where two transactions that insert the same rows would both commit, the row makes them conflict at once.
 */
export async function holdClaim(session: Session, owner: string): Promise<boolean> {
  const held = await session.execute(
    statement("update etalon_state.locks set owner = owner where name = 'run' and owner = $1", owner),
  );
  return held.count === 1;
}

export async function releaseClaim(session: Session, owner: string): Promise<void> {
  await session.execute(
    statement(
      "update etalon_state.locks set owner = null, process = null, host = null, pid = null where name = 'run' and owner = $1",
      owner,
    ),
  );
}
