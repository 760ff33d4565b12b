import { expect, test } from 'vitest';
import { executeInOrder } from './execute-plan.ts';

const unit = (model: string, ...after: string[]) => ({ model, after });

test('a unit starts when all before it are settled, at most as many as there are threads', async () => {
  const order: string[] = [];
  let running = 0;
  let most = 0;
  const results = await executeInOrder(
    [unit('a'), unit('b', 'a'), unit('c'), unit('d', 'b', 'c'), unit('e')],
    2,
    async (next) => {
      running += 1;
      most = Math.max(most, running);
      order.push(`> ${next.model}`);
      await Promise.resolve();
      order.push(`< ${next.model}`);
      running -= 1;
      return next.model.toUpperCase();
    },
  );
  expect(results).toEqual(['A', 'B', 'C', 'D', 'E']);
  expect(most).toBe(2);
  expect(order.indexOf('> b')).toBeGreaterThan(order.indexOf('< a'));
  expect(order.indexOf('> d')).toBeGreaterThan(Math.max(order.indexOf('< b'), order.indexOf('< c')));
});

test('an error that ends the run waits for what is running', async () => {
  let finished = false;
  const failing = executeInOrder([unit('a'), unit('b'), unit('c', 'b')], 2, async (next) => {
    if (next.model === 'a') throw new Error('the target went away');
    await new Promise((resolve) => setImmediate(resolve));
    finished = true;
    return next.model;
  });
  await expect(failing).rejects.toThrow('the target went away');
  expect(finished).toBe(true);
});
