import { hostname } from 'node:os';
import { type Engine, EngineError } from '../engine/engine.ts';
import { type Claimant, readClaim, recordHeartbeat, releaseClaim, takeClaim } from '../state/claim.ts';
import type { ClaimRecord } from '../state/records.ts';

/** How often the owner says that it lives, and how long its silence may last before it is taken for dead. */
const heartbeatSeconds = 15;
const silenceSeconds = 90;

/** The claim of one run on a target. */
export interface Claim {
  /** Ends the heartbeat, and gives the claim back where the run's last transaction did not come to do it. */
  readonly release: () => Promise<void>;
}

/**
 * Takes the target for this run, from a dead owner too.
 * @throws EngineError `busy` where another run holds it, with who and since when.
 */
export async function claimTarget(engine: Engine, owner: string): Promise<Claim> {
  const me: Claimant = { owner, process: processToken(), host: hostname(), pid: process.pid };
  const holder = await readClaim(engine);
  if (holder.owner !== undefined && isAlive(holder, me, engine)) throw busy(holder);
  const taken = await engine.transaction((session) => takeClaim(session, me, holder.owner));
  if (!taken) throw busy(await readClaim(engine));
  held.add(owner);
  const stop = startHeartbeat(engine);
  return {
    release: async () => {
      stop();
      held.delete(owner);
      // A target that has gone away keeps the claim until its silence tells.
      await releaseClaim(engine, owner).catch(() => undefined);
    },
  };
}

function busy(holder: ClaimRecord): EngineError {
  const who = `process ${holder.pid ?? '?'} on ${holder.host ?? 'an unknown host'} since ${holder.since ?? '?'}`;
  return new EngineError('busy', `another run (\`${holder.owner ?? 'unknown'}\`, ${who}) is writing to this target`, {
    hint: 'wait until it ends and run again',
  });
}

/** Runs of this process that hold a claim: only they know that a claim of this process is alive. */
const held = new Set<string>();

/** A process id comes back after a restart, the start of the process does not. */
function processToken(): string {
  return `${process.pid}-${Math.trunc(performance.timeOrigin)}`;
}

function isAlive(holder: ClaimRecord, me: Claimant, engine: Engine): boolean {
  if (holder.process === me.process && holder.host === me.host) return held.has(holder.owner ?? '');
  // Here the engine lets one process in at a time, so whoever left its claim behind has gone.
  if (!engine.capabilities.concurrentProcesses) return false;
  if ((holder.silentFor ?? Number.POSITIVE_INFINITY) > silenceSeconds) return false;
  // Two containers may share a host name and a process id: there only silence tells.
  return holder.host !== me.host || holder.pid === undefined || processExists(holder.pid);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'EPERM';
  }
}

function startHeartbeat(engine: Engine): () => void {
  if (!engine.capabilities.concurrentProcesses) return () => undefined;
  const timer = setInterval(() => {
    // A beat that fails is told by the next write, which is fenced.
    recordHeartbeat(engine).catch(() => undefined);
  }, heartbeatSeconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}
