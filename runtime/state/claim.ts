import type { Session } from '../engine/engine.ts';
import { statement, toCount, toOptionalText, toText } from './rows.ts';

/** Who claims: a run, or another command that writes. */
export interface Claimant {
  /** The run's id. */
  readonly run: string;
  readonly command: string;
  readonly host: string;
  readonly pid: number;
  /** Tells this process from others that have or had its process id. */
  readonly process: string;
}

/** A claim that was taken. Tokens count up: of two that ever claimed the same, the later has the larger one. */
export interface HeldClaim {
  readonly run: string;
  readonly token: number;
}

export interface Holder extends Claimant {
  readonly token: number;
  readonly since: string;
  /** Seconds since it last said that it lives, by the database's clock. */
  readonly silentFor: number;
}

/** `all`: the whole target, whatever is in it. */
export interface ClaimedModel {
  readonly run: string;
  readonly model: string;
  readonly mode: 'read' | 'write' | 'all';
}

/** What is claimed on a target. */
export interface Holders {
  /** How often anything was claimed. Where it has not moved and nobody held anything, nobody has written meanwhile. */
  readonly token: number;
  readonly holders: readonly Holder[];
  /** Runs that never said how they ended and hold nothing any more. */
  readonly lost: readonly string[];
}

/** The row that stands for the claim as a whole: journal and tests are written under it. */
const wholeRun = '(run)';
/** The name of what a claim of mode `all` is on. */
export const everything = '(everything)';

/** One query. */
export async function readHolders(session: Session): Promise<Holders> {
  const found = await session.execute(
    `select t.token, c.run, c.token, c.command, c.host, c.pid, c.process, c.acquired_at, extract(epoch from (current_timestamp - c.heartbeat_at)), r.id
     from etalon_state.claim_tokens t
     left join (etalon_state.claimants c full join (select id from etalon_state.runs where status = 'running') r on r.id = c.run) on true
     order by c.token, r.id`,
  );
  const holders = found.rows.flatMap((row): readonly Holder[] => {
    if (toOptionalText(row[1]) === undefined) return [];
    const [run, command, host, process, since] = [row[1], row[3], row[4], row[6], row[7]].map(toText) as [
      string,
      string,
      string,
      string,
      string,
    ];
    return [
      { run, token: toCount(row[2]), command, host, pid: toCount(row[5]), process, since, silentFor: toCount(row[8]) },
    ];
  });
  const lost = found.rows.flatMap((row) => (toOptionalText(row[1]) === undefined && row[9] ? [toText(row[9])] : []));
  return { token: toCount(found.rows[0]?.[0]), holders, lost };
}

/** Lets nobody else claim until the transaction ends. */
export async function lockClaims(session: Session): Promise<void> {
  await session.execute('update etalon_state.claim_tokens set token = token');
}

/** What anybody else has claimed. */
export async function readClaimed(session: Session, run: string): Promise<readonly ClaimedModel[]> {
  const found = await session.execute(
    statement(
      'select run, model, mode from etalon_state.claims where run <> $1 and model <> $2 order by token, model',
      run,
      wholeRun,
    ),
  );
  return found.rows.map(([owner, model, mode]) => ({
    run: toText(owner),
    model: toText(model),
    mode: toText(mode) as ClaimedModel['mode'],
  }));
}

/** Several lists in one parameter each, since each parameter costs as much as a row; no name holds two slashes in a row. */
const between = "'//'";

/** In the order given; `token` is the one after the last. In a transaction that lets nobody else claim. */
export async function recordClaim(
  session: Session,
  claimant: Claimant,
  token: number,
  models: readonly Omit<ClaimedModel, 'run'>[],
): Promise<void> {
  const { run, command, host, pid, process } = claimant;
  await session.execute(statement('update etalon_state.claim_tokens set token = $1', token));
  await session.execute(
    statement(
      `insert into etalon_state.claimants (run, token, command, host, pid, process, acquired_at, heartbeat_at)
       values ($1, $2, $3, $4, $5, $6, current_timestamp, current_timestamp)`,
      ...[run, token, command, host, pid, process],
    ),
  );
  const rows = [{ model: wholeRun, mode: 'run' }, ...models];
  await session.execute(
    statement(
      `insert into etalon_state.claims (run, token, model, mode) select $1, cast($2 as bigint), model, mode
       from (select unnest(string_to_array($3, ${between})) as model, unnest(string_to_array($4, ${between})) as mode) as claimed`,
      ...[run, token, rows.map(({ model }) => model).join('//'), rows.map(({ mode }) => mode).join('//')],
    ),
  );
}

/** In a row of its own, so that a long transaction of the owner does not silence it. False: the claim is lost. */
export async function recordHeartbeat(session: Session, { run, token }: HeldClaim): Promise<boolean> {
  const beat = await session.execute(
    statement(
      'update etalon_state.claimants set heartbeat_at = current_timestamp where run = $1 and token = $2',
      ...[run, token],
    ),
  );
  return beat.count === 1;
}

/**
 * Is the claim still held: on this model, or as a whole? The first statement of every transaction that writes. Whoever takes a claim over deletes its rows, so that a late
 * writer finds none and is fenced off; one that is writing right now holds its row, and whoever would take it over waits for it.
 */
export async function holdClaim(session: Session, { run, token }: HeldClaim, model = wholeRun): Promise<boolean> {
  const held = await session.execute(
    statement(
      "update etalon_state.claims set token = token where run = $1 and token = $2 and model = $3 and mode <> 'read'",
      ...[run, token, model],
    ),
  );
  return held.count > 0;
}

export async function releaseClaim(session: Session, { run, token }: HeldClaim): Promise<void> {
  for (const table of ['claims', 'claimants']) {
    await session.execute(
      statement(`delete from etalon_state.${table} where run = $1 and token = $2`, ...[run, token]),
    );
  }
}

/** Takes away the claims of runs that are dead. */
export async function removeClaims(session: Session, runs: readonly string[]): Promise<void> {
  for (const run of runs) {
    for (const table of ['claims', 'claimants']) {
      await session.execute(statement(`delete from etalon_state.${table} where run = $1`, run));
    }
  }
}
