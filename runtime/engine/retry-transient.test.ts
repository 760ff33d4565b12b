import { describe, expect, it } from 'vitest';
import { EngineError } from './engine.ts';
import { retryTransient } from './retry-transient.ts';
import { SessionPool } from './session-pool.ts';

function failing(times: number, error: Error): () => Promise<string> {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw error;
    return 'done';
  };
}

describe('retrying', () => {
  it('waits longer each time, up to a limit', async () => {
    const pauses: number[] = [];
    const habits = { pause: async (ms: number) => pauses.push(ms), random: () => 1, longestPause: 100 };
    expect(await retryTransient(failing(5, new EngineError('transient', 'conflict')), habits)).toBe('done');
    expect(pauses).toEqual([20, 40, 80, 100, 100]);
  });

  it('gives up in the end, and at once where it cannot help', async () => {
    const pauses: number[] = [];
    const habits = { pause: async (ms: number) => pauses.push(ms), attempts: 3 };
    await expect(retryTransient(failing(9, new EngineError('transient', 'conflict')), habits)).rejects.toThrow(
      'conflict',
    );
    expect(pauses).toHaveLength(2);
    for (const error of [new EngineError('sql', 'wrong'), new Error('mine')])
      await expect(retryTransient(failing(1, error), habits)).rejects.toBe(error);
    expect(pauses).toHaveLength(2);
  });
});

describe('a pool', () => {
  it('makes no more than its size, in line, and only when wanted', async () => {
    let made = 0;
    const pool = new SessionPool(2, async () => {
      made += 1;
      return made;
    });
    const order: number[] = [];
    const uses = [0, 1, 2, 3, 4].map((index) => pool.use(async () => order.push(index)));
    await Promise.all(uses);
    expect([made, order]).toEqual([2, [0, 1, 2, 3, 4]]);
    expect(pool.busy.size).toBe(0);
    expect(await pool.drain()).toHaveLength(2);
  });

  it('gives back after a failure, and tries again to make one', async () => {
    let broken = true;
    const pool = new SessionPool(1, async () => {
      if (broken) throw new Error('no');
      return 'one';
    });
    await expect(pool.use(async () => 1)).rejects.toThrow('no');
    broken = false;
    await expect(pool.use(async () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(await pool.use(async (item) => item)).toBe('one');
  });
});
