import type { Engine } from '../engine/engine.ts';
import { findFate, identifyProcess, type ProcessIdentity } from '../engine/process-identity.ts';
import type { Holder } from '../state/claim.ts';

/** How long the owner of a claim may be silent before it is taken for dead. */
export const silenceSeconds = 90;

/** Runs of this process that hold a claim: only they know that a claim of this process is alive. */
export const ownRuns = new Set<string>();

/** As `claimants.process` keeps it: what tells a process from others of its number. */
export function describeProcess({ boot, space, started }: ProcessIdentity): string {
  return [boot, space, started].join(' ');
}

/** Will the owner of a claim never write again? Where that cannot be seen, silence tells; and who wakes up after it is fenced off. */
export function isDead(holder: Holder, engine: Engine): boolean {
  const { pid, host, process } = holder;
  const self = identifyProcess();
  if (pid === self.pid && host === self.host && process === describeProcess(self)) return !ownRuns.has(holder.run);
  // Here the engine lets one process in at a time, so whoever left its claim behind has gone.
  if (!engine.capabilities.concurrentProcesses) return true;
  const [boot = '', space = '', started = ''] = process.split(' ');
  return findFate({ pid, host, boot, space, started }) === 'gone' || holder.silentFor > silenceSeconds;
}
