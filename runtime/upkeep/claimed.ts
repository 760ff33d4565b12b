import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Engine, Session } from '../engine/engine.ts';
import { andLast } from '../run/and-last.ts';
import { claimTarget } from '../run/claim-target.ts';
import { holdClaim, lockClaims } from '../state/claim.ts';
import { FencedOff } from '../state/fenced-off.ts';
import { type RunHandle, recordInterrupted, recordRunEnd, recordRunStart } from '../state/record.ts';
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
export async function withClaim<T>(
  engine: Engine,
  { owner, command }: { readonly owner: string; readonly command: string },
  work: (write: Write) => Promise<T>,
): Promise<T> {
  const claim = await claimTarget(engine, owner, command);
  const write: Write = (inside) =>
    engine.transaction(async (session) => {
      if (!(await holdClaim(session, claim))) throw new FencedOff();
      return inside(session);
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
  const { manifest, target } = standing;
  const handle = await write(async (session) => {
    await lockClaims(session);
    await recordInterrupted(session, run.at);
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
  const carryOut = async (): Promise<T> => {
    const result = await work(handle);
    status = 'done';
    return result;
  };
  return andLast(carryOut, async () => {
    const end = { id: run.id, status, endedAt: request.clock(), built: 0, failed: 0, skipped: 0, testsFailed: 0 };
    await write((session) => recordRunEnd(session, end));
  });
}
