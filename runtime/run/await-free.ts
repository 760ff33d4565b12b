import { pauseFor } from '../engine/pause-for.ts';
import { retryTransient } from '../engine/retry-transient.ts';
import { busyError, describeHolders } from './describe-holders.ts';
import type { RunOptions } from './run-options.ts';
import { findHeld, type Others, type Wanted } from './take-claim.ts';

const firstPause = 50;
const longestPause = 2_000;

/** Waits, all in all, for as long as the run was told to. */
export interface Patience {
  /**
   * Until nobody holds what is wanted any more.
   * @throws EngineError `busy` at the end of patience, which may be at once
   */
  readonly awaitFree: (wanted: Wanted, held: Others) => Promise<void>;
}

export function createPatience(options: RunOptions, run: string): Patience {
  const { engine, effects } = options;
  const seconds = options.ifBusy === 'wait' ? (options.waitSeconds ?? defaultWait) : 0;
  const end = performance.now() + seconds * 1000;
  let told = '';
  const tell = (held: Others): void => {
    const message = `for another run: ${describeHolders(held)}`;
    if (message === told) return;
    told = message;
    effects.emit({ event: 'waiting', run, at: effects.clock(), message });
  };
  const awaitFree = async (wanted: Wanted, first: Others): Promise<void> => {
    let held = first;
    for (let pause = firstPause; held.holders.length > 0; pause = Math.min(longestPause, pause * 1.5)) {
      const left = end - performance.now();
      if (left <= 0) throw busyError(held, seconds === 0 ? '' : `after ${seconds} s of waiting: `);
      tell(held);
      // Those who wait for one and the same shall not all ask at the same moment.
      await pauseFor(Math.min(left, pause * (0.75 + Math.random() / 2)), effects.signal);
      held = await retryTransient(() => findHeld(engine, run, wanted));
    }
  };
  return { awaitFree };
}

/** Half an hour: longer than most runs, shorter than a night. */
export const defaultWait = 1_800;
