import fc from 'fast-check';
import { expect, test } from 'vitest';
import { suppressSmall } from './suppress-small.ts';

test('a small number takes the next one with it, and so on until they are enough together', () => {
  expect(suppressSmall([[4], [30], [200]], 11)).toEqual({ hidden: new Set([0, 1]), withTotal: false });
  expect(suppressSmall([[4], [3], [200], [0]], 11)).toEqual({ hidden: new Set([0, 1, 2]), withTotal: false });
  expect(suppressSmall([[40], [30], [0]], 11)).toEqual({ hidden: new Set(), withTotal: false });
  expect(suppressSmall([[4], [0], undefined], 11)).toEqual({ hidden: new Set([0]), withTotal: true });
});

test('few who did not are few as well', () => {
  expect(
    suppressSmall(
      [
        [96, 4],
        [50, 50],
        [40, 60],
      ],
      11,
    ).hidden,
  ).toEqual(new Set([0, 2]));
});

test('nothing that is shown is small, and what is hidden cannot be told from the total', () => {
  const item = fc.option(fc.tuple(fc.nat(40), fc.nat(40)), { nil: undefined });
  fc.assert(
    fc.property(
      fc.array(item, { maxLength: 12 }),
      fc.integer({ min: 2, max: 15 }),
      fc.nat(11),
      (items, least, first) => {
        const already = new Set(items[first] === undefined ? [] : [first]);
        const { hidden, withTotal } = suppressSmall(items, least, already);
        for (const index of already) expect(hidden.has(index)).toBe(true);
        items.forEach((counts, index) => {
          if (!hidden.has(index)) expect(counts?.some((count) => count > 0 && count < least) ?? false).toBe(false);
        });
        if (hidden.size === 0 || withTotal) return;
        expect(hidden.size).toBeGreaterThan(1);
        for (const part of [0, 1]) {
          const sum = [...hidden].reduce((total, index) => total + items[index]![part]!, 0);
          expect(sum === 0 || sum >= least).toBe(true);
        }
      },
    ),
  );
});
