import { type Engine, EngineError, type Session } from '../engine/engine.ts';
import { identifyProcess } from '../engine/process-identity.ts';
import { findConflicts, type OthersClaim } from '../schedule/conflicts.ts';
import type { Needs } from '../schedule/needs.ts';
import {
  type Claimant,
  everything,
  type HeldClaim,
  type Holder,
  type Holders,
  lockClaims,
  readClaimed,
  readHolders,
  recordClaim,
  releaseClaim,
  removeClaims,
} from '../state/claim.ts';
import { describeProcess, isDead, ownRuns } from './is-dead.ts';
import { startHeartbeat } from './start-heartbeat.ts';

/** What a run has claimed, until it gives it back. */
export interface Claim extends HeldClaim {
  /** The run's last transaction gave it back. */
  readonly givenBack: () => void;
  /** Ends the heartbeat, and gives the claim back where the run's last transaction did not come to do it. */
  readonly release: () => Promise<void>;
}

/** Those who are at work: who they are and what they have claimed. */
export interface Others {
  readonly holders: readonly Holder[];
  readonly claims: readonly OthersClaim[];
}

export type Wanted = Needs | 'everything';

export type Taken<W, T> =
  | { readonly kind: 'taken'; readonly claim: Claim; readonly wanted: W; readonly others: Others; readonly begun: T }
  /** What is wanted is held by others, or nothing is wanted beside them. */
  | { readonly kind: 'held'; readonly others: Others };

export interface Taking<W extends Wanted, T> {
  readonly run: string;
  readonly command: string;
  /** What to claim beside others; undefined: nothing. It is refused where it is in conflict with theirs. */
  readonly want: (others: Others) => W | undefined;
  /** In the transaction that claims. */
  readonly begin: (session: Session, taken: { readonly token: number; readonly others: Others }) => Promise<T>;
}

/** Claims all at once or nothing; who died is put out of the way first, with what its sessions still do in the database. */
export async function takeClaim<W extends Wanted, T>(engine: Engine, taking: Taking<W, T>): Promise<Taken<W, T>> {
  const { run } = taking;
  // Known to be alive before anybody else can see the claim.
  ownRuns.add(run);
  try {
    const taken = await claimOrLeave(engine, taking);
    if (taken.kind === 'held') ownRuns.delete(run);
    return taken;
  } catch (error) {
    ownRuns.delete(run);
    throw error;
  }
}

async function claimOrLeave<W extends Wanted, T>(engine: Engine, taking: Taking<W, T>): Promise<Taken<W, T>> {
  await endDeadSessions(engine);
  const { run } = taking;
  const taken = await engine.transaction(async (session) => {
    await lockClaims(session);
    const { token: last, others } = await removeDead(engine, session, run);
    const wanted = taking.want(others);
    if (wanted === undefined || isRefused(wanted, others)) return { kind: 'held', others } as const;
    const token = last + 1;
    await recordClaim(session, describeSelf(taking), token, listClaims(wanted));
    const begun = await taking.begin(session, { token, others });
    return { kind: 'taken', token, wanted, others, begun } as const;
  });
  if (taken.kind === 'held') return taken;
  return { ...taken, claim: holdOn(engine, { run, token: taken.token }) };
}

/** A dead run's session may hold the very rows that are to be taken away. */
async function endDeadSessions(engine: Engine): Promise<void> {
  // They ended with their process.
  if (!engine.capabilities.concurrentProcesses) return;
  const { holders } = await readHolders(engine);
  const dead = holders.filter((holder) => isDead(holder, engine)).map(({ run }) => run);
  if (dead.length === 0) return;
  try {
    await engine.endSessions(dead);
  } catch (error) {
    // Not allowed, say: they end by themselves, and what they still write is fenced off.
    if (!(error instanceof EngineError) || error.kind === 'unreachable') throw error;
  }
}

async function removeDead(
  engine: Engine,
  session: Session,
  run: string,
): Promise<{ readonly token: number; readonly others: Others }> {
  const { token, holders } = await readHolders(session);
  const dead = holders.filter((holder) => isDead(holder, engine)).map((holder) => holder.run);
  await removeClaims(session, dead);
  const living = holders.filter((holder) => holder.run !== run && !dead.includes(holder.run));
  return { token, others: { holders: living, claims: living.length === 0 ? [] : await readClaimed(session, run) } };
}

function isRefused(wanted: Wanted, others: Others): boolean {
  return wanted === 'everything' ? others.holders.length > 0 : findConflicts(wanted, others.claims).length > 0;
}

/** What stands in the way of these needs right now. */
export async function findHeld(engine: Engine, run: string, wanted: Wanted): Promise<Others> {
  const { holders }: Holders = await readHolders(engine);
  const living = holders.filter((holder) => holder.run !== run && !isDead(holder, engine));
  const runs = new Set(living.map((holder) => holder.run));
  const all = living.length === 0 ? [] : await readClaimed(engine, run);
  const claims = all.filter((claim) => runs.has(claim.run));
  if (wanted === 'everything') return { holders: living, claims };
  const conflicts = findConflicts(wanted, claims);
  const inTheWay = new Set(conflicts.map((claim) => claim.run));
  return { holders: living.filter((holder) => inTheWay.has(holder.run)), claims: conflicts };
}

function listClaims(wanted: Wanted): readonly Omit<OthersClaim, 'run'>[] {
  if (wanted === 'everything') return [{ model: everything, mode: 'all' }];
  const list = (names: ReadonlySet<string>, mode: 'read' | 'write') => [...names].map((model) => ({ model, mode }));
  return [...list(wanted.writes, 'write'), ...list(wanted.reads, 'read')].sort((a, b) => (a.model < b.model ? -1 : 1));
}

function describeSelf({ run, command }: { readonly run: string; readonly command: string }): Claimant {
  const self = identifyProcess();
  return { run, command, host: self.host, pid: self.pid, process: describeProcess(self) };
}

function holdOn(engine: Engine, claim: HeldClaim): Claim {
  const stop = startHeartbeat(engine, claim);
  let isGivenBack = false;
  return {
    ...claim,
    givenBack: () => {
      isGivenBack = true;
    },
    release: async () => {
      stop();
      ownRuns.delete(claim.run);
      if (isGivenBack) return;
      // A target that has gone away keeps the claim until its silence tells.
      await engine.transaction((session) => releaseClaim(session, claim)).catch(() => undefined);
    },
  };
}
