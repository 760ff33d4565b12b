import fc from 'fast-check';
import type { Sale } from './plain-oracle.ts';

/** A sale at one of these instants; its key is given later. */
export function saleAt(at: fc.Arbitrary<bigint>): fc.Arbitrary<Omit<Sale, 'key'>> {
  return fc.record({
    at,
    who: fc.constantFrom('a', 'b', 'c', null),
    place: fc.constantFrom('x', 'y', null),
    shop: fc.constantFrom('s1', 's2', 's3', 's4', 'gone', null),
    account: fc.constantFrom('k', 'l'),
    amount: fc.integer({ min: -5, max: 20 }),
  });
}
