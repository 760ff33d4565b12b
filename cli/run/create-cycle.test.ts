import { expect, it } from 'vitest';
import { createCycle } from './create-cycle.ts';

it('runs one at a time and once more for all that was asked meanwhile', async () => {
  const gates: (() => void)[] = [];
  let open = 0;
  let most = 0;
  const cycle = createCycle(async () => {
    open += 1;
    most = Math.max(most, open);
    await new Promise<void>((done) => gates.push(done));
    open -= 1;
  });
  cycle.request();
  cycle.request();
  cycle.request();
  expect(gates).toHaveLength(1);
  gates[0]!();
  await new Promise(setImmediate);
  expect(gates).toHaveLength(2);
  gates[1]!();
  await cycle.settled();
  expect(gates).toHaveLength(2);
  expect(most).toBe(1);
  cycle.request();
  expect(gates).toHaveLength(3);
});
