import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sumSteps } from './sum-steps.ts';

const names = ['restatement', 'behaviour', 'ruler', 'rule'] as const;
const label = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
const signatures = fc.array(
  fc.record({
    labels: fc.array(label, { minLength: 6, maxLength: 6 }),
    entities: fc.integer({ min: 1, max: 50 }),
    sample: fc.constant([] as string[]),
  }),
  { maxLength: 30 },
);

it('of any sets the nets add up to the difference, for the whole and for each part', () => {
  fc.assert(
    fc.property(signatures, (all) => {
      const { steps, sizes } = sumSteps(all, names, { samples: 0, isSplit: true });
      const net = (some: typeof steps) => some.reduce((sum, { entered, left }) => sum + entered - left, 0);
      expect(net(steps)).toBe(sizes[4]! - sizes[0]!);
      for (const part of ['a', 'b', 'c']) {
        const sizeOf = (set: number) =>
          all.filter(({ labels }) => labels[set] === part).reduce((sum, { entities }) => sum + entities, 0);
        expect(net(steps.filter((step) => step.part === part))).toBe(sizeOf(4) - sizeOf(0));
      }
    }),
  );
});

it('tells who came and who went, and by how much more a rule changes now than it would have then', () => {
  const sets = (text: string) => [...text].map((mark) => (mark === '1' ? 'member' : undefined));
  // Stored, first rule at the first cut, at the second, second rule at the second; and at the first.
  const found = sumSteps(
    [
      { labels: sets('11111'), entities: 10, sample: ['k'] },
      { labels: sets('01110'), entities: 2, sample: ['late 1', 'late 2'] },
      { labels: sets('11000'), entities: 3, sample: ['gone'] },
      { labels: sets('00010'), entities: 4, sample: ['new'] },
    ],
    ['restatement', 'behaviour', 'rule'],
    { samples: 1, isSplit: false },
  );
  expect(found.steps.map(({ step, entered, left, who }) => [step, entered, left, who.entered, who.left])).toEqual([
    ['restatement', 2, 0, ['late 1'], []],
    ['behaviour', 0, 3, [], ['gone']],
    ['rule', 4, 0, ['new'], []],
  ]);
  expect(found.sizes).toEqual([13, 15, 12, 16, 10]);
  // At the first cut the rule would have taken five away; now it brings four.
  expect(found.interaction).toEqual([{ net: 9 }]);
});
