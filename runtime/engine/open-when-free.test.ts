import { describe, expect, it } from 'vitest';
import { type Engine, EngineError } from './engine.ts';
import { openWhenFree } from './open-when-free.ts';

const target = { engine: 'duckdb', path: 'x.duckdb' } as const;
const engine = { label: 'opened' } as Engine;

/** Held by these in turn, then free. */
function heldBy(...holders: readonly string[]): { open: () => Promise<Engine>; told: string[] } {
  const left = [...holders];
  const open = async (): Promise<Engine> => {
    const holder = left.shift();
    if (holder !== undefined) throw new EngineError('busy', `held by ${holder}`);
    return engine;
  };
  return { open, told: [] };
}

describe('a target that one process has open at a time', () => {
  it('is opened when it is free, and each holder is told once', async () => {
    const { open, told } = heldBy('a', 'a', 'b');
    const onWait = ({ message }: Error) => void told.push(message);
    expect(await openWhenFree(target, { seconds: 60, onWait, open })).toBe(engine);
    expect(told).toEqual(['held by a', 'held by b']);
  });

  it('is given up at once without patience, and at its end with some', async () => {
    const told: string[] = [];
    const onWait = ({ message }: Error) => void told.push(message);
    await expect(openWhenFree(target, { seconds: 0, onWait, open: heldBy('a').open })).rejects.toThrow('held by a');
    expect(told).toEqual([]);
    const { open } = heldBy(...Array.from({ length: 1000 }, () => 'b'));
    await expect(openWhenFree(target, { seconds: 0.1, onWait, open })).rejects.toThrow('held by b');
    expect(told).toEqual(['held by b']);
  });

  it('is not waited for after an interruption, nor for another failure', async () => {
    const stop = new AbortController();
    const waiting = openWhenFree(target, {
      seconds: 60,
      signal: stop.signal,
      onWait: () => stop.abort(),
      open: heldBy('a', 'a').open,
    });
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
    const broken = async () => Promise.reject(new EngineError('unreachable', 'gone'));
    await expect(openWhenFree(target, { seconds: 60, onWait: () => undefined, open: broken })).rejects.toThrow('gone');
  });
});
