import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './engine.ts';

/** @throws EngineError `cancelled` where the signal comes first */
export async function pauseFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw new EngineError('cancelled', 'interrupted while waiting for another run');
  }
}
