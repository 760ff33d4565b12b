import { expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { startHeartbeat } from './start-heartbeat.ts';

const claim = { run: 'r1', token: 1 };

function listen(concurrentProcesses: boolean, answer: () => Promise<unknown>) {
  let beats = 0;
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const execute = () => {
    beats += 1;
    for (const { count, resolve } of waiting) if (beats >= count) resolve();
    return answer();
  };
  return {
    engine: { capabilities: { concurrentProcesses }, execute } as unknown as Engine,
    beats: () => beats,
    reached: (count: number) => new Promise<void>((resolve) => waiting.push({ count, resolve })),
  };
}

it('beats until it is ended, also when a beat fails', async () => {
  const heart = listen(true, async () => Promise.reject(new Error('lost')));
  const end = startHeartbeat(heart.engine, claim, 0.001);
  await heart.reached(3);
  end();
  const last = heart.beats();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heart.beats()).toBe(last);
});

it('asks again only when it was answered', async () => {
  let answer = (): void => undefined;
  const heart = listen(true, () => new Promise<void>((resolve) => (answer = resolve)));
  const end = startHeartbeat(heart.engine, claim, 0.001);
  await heart.reached(1);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heart.beats()).toBe(1);
  answer();
  await heart.reached(2);
  end();
});

it('is silent where nobody listens', () => {
  const heart = listen(false, async () => ({ count: 1 }));
  startHeartbeat(heart.engine, claim, 0.001)();
  expect(heart.beats()).toBe(0);
});
