import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from './engine.ts';

export interface RetryHabits {
  readonly attempts: number;
  /** Milliseconds before the second attempt, doubled for each one after it. */
  readonly firstPause: number;
  readonly longestPause: number;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** In [0, 1): spreads those who collided. */
  readonly random: () => number;
  /** Whether a failure passes by itself. */
  readonly passes: (error: unknown, attempt: number) => boolean;
}

export const retryHabits: RetryHabits = {
  attempts: 8,
  firstPause: 20,
  longestPause: 2_000,
  pause: (milliseconds) => sleep(milliseconds),
  random: Math.random,
  passes: (error) => error instanceof EngineError && error.kind === 'transient' && !error.final,
};

/** Repeats `work` while it fails for a reason that passes by itself: a conflict, a lock timeout, a lost connection. Other failures are final. */
export async function retryTransient<T>(work: () => Promise<T>, changes: Partial<RetryHabits> = {}): Promise<T> {
  const habits = { ...retryHabits, ...changes };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!habits.passes(error, attempt)) throw error;
      if (attempt >= habits.attempts) throw error instanceof EngineError ? error.asFinal() : error;
      const longest = Math.min(habits.longestPause, habits.firstPause * 2 ** (attempt - 1));
      await habits.pause(longest * (0.5 + habits.random() / 2));
    }
  }
}
