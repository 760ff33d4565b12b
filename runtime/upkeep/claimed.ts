import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Engine, Session } from '../engine/engine.ts';
import { claimTarget } from '../run/claim-target.ts';
import { holdClaim } from '../state/claim.ts';
import { type RunHandle, recordInterrupted, recordRunEnd, recordRunStart } from '../state/record.ts';
import { StateError } from '../state/state-error.ts';
import type { Standing, UpkeepRequest } from './standing.ts';

/** A transaction that is fenced by the claim of who writes. */
export type Write = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

export function createOwner(what: string, at: string): string {
  return `${at.replaceAll(/[-:]|\.\d+|Z$/g, '')}-${what}-${randomBytes(4).toString('hex')}`;
}

/**
 * Holds the target while `work` writes.
 * @throws EngineError `busy` where a run holds it
 */
export async function withClaim<T>(engine: Engine, owner: string, work: (write: Write) => Promise<T>): Promise<T> {
  const claim = await claimTarget(engine, owner);
  const write: Write = (inside) =>
    engine.transaction(async (session) => {
      if (await holdClaim(session, owner)) return inside(session);
      throw new StateError('a run has taken over this target: nothing more is written');
    });
  try {
    return await work(write);
  } finally {
    await claim.release();
  }
}

/** Writes down in the journal what is done, as a run that builds nothing. */
export async function withJournal<T>(
  request: UpkeepRequest,
  standing: Standing,
  write: Write,
  run: { readonly id: string; readonly command: string; readonly at: string },
  work: (handle: RunHandle) => Promise<T>,
): Promise<T> {
  const { manifest, target, snapshot } = standing;
  const handle = await write(async (session) => {
    await recordInterrupted(session, snapshot.openRuns, run.at);
    return recordRunStart(session, {
      id: run.id,
      command: run.command,
      project: manifest.project.name,
      target,
      etalon: manifest.etalon,
      host: hostname(),
      pid: process.pid,
      startedAt: run.at,
    });
  });
  let status: 'done' | 'failed' = 'failed';
  try {
    const result = await work(handle);
    status = 'done';
    return result;
  } finally {
    const end = { id: run.id, status, endedAt: request.clock(), built: 0, failed: 0, skipped: 0, testsFailed: 0 };
    await write((session) => recordRunEnd(session, end));
  }
}
