import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Manifest } from '../../compiler/index.ts';
import { type World, world } from './cohort/arbitrary.ts';
import { ask, compileForm, type Row } from './cohort/ask.ts';
import { microsPerDay } from './cohort/clock.ts';
import { type Answer, opened, useEngines } from './cohort/hold.ts';

/** What must hold of any answer beside another one, whatever the right figures are (facts.md, metamorphic). */
useEngines();

async function relate(
  manifest: Manifest,
  check: (asked: (rows: readonly Row[], more?: Partial<World['asked']>) => Promise<Answer>, w: World) => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(world({ kinds: ['start', 'back', 'spend'] }), async (w) => {
      for (const { engine } of opened)
        await check((rows, more) => ask(engine, manifest, rows, { ...w.asked, ...more }), w);
    }),
    { numRuns: 15 },
  );
}

/** A range of one day has no parts, and an empty one is not asked for. */
function middleOf({ asked: { from, to } }: World): number | undefined {
  return to - from < 2 ? undefined : Math.floor((from + to) / 2);
}

const weekly = () => compileForm('retention', { cohort: 'group', return: 'back', every: 'week', periods: 3 });

it('interval 0 is the size, and no interval is more than that', async () => {
  await relate(weekly(), async (asked, w) => {
    for (const row of await asked(w.rows)) {
      if (row.returned === null) continue;
      expect(row.returned as number).toBeLessThanOrEqual(row.size as number);
      if (row.k === 0) expect(row.returned).toBe(row.size);
    }
  });
});

it('an event delivered twice, and rows in another order, change nothing', async () => {
  await relate(weekly(), async (asked, w) => {
    const twice = [...w.rows, ...w.rows.map((row) => ({ ...row, key: row.key + 1000 }))].reverse();
    expect(await asked(twice)).toEqual(await asked(w.rows));
  });
});

it('everything seven days later is the same series a week later, where no clock is changed', async () => {
  await relate(weekly(), async (asked, w) => {
    const utc = { calendar: { ...w.asked.calendar, zone: 'UTC' } };
    const week = 7n * microsPerDay;
    const moved = w.rows.map((row) => ({ ...row, at: row.at + week }));
    const later = await asked(moved, { ...utc, from: w.asked.from + 7, to: w.asked.to + 7, asOf: w.asked.asOf + week });
    const figures = (rows: Answer) => rows.map(({ cohort: _, ...rest }) => rest);
    expect(figures(later)).toEqual(figures(await asked(w.rows, utc)));
  });
});

it('a range is the sum of its parts: entries of a funnel, lifecycles day by day', async () => {
  const checkout = compileForm('funnel', {
    steps: ['start', 'back'],
    within: '2 days',
    entry: 'any',
    count: 'attempts',
  });
  await relate(checkout, async (asked, w) => {
    const middle = middleOf(w);
    if (middle === undefined) return;
    const attempts = (rows: Answer) => rows.map((row) => row.attempts as number);
    const [whole, first, second] = [
      attempts(await asked(w.rows)),
      attempts(await asked(w.rows, { to: middle })),
      attempts(await asked(w.rows, { from: middle })),
    ];
    expect(whole).toEqual(first.map((n, i) => n + second[i]!));
  });
  await relate(compileForm('lifecycle', { activity: 'back', every: 'day' }), async (asked, w) => {
    const middle = middleOf(w);
    if (middle === undefined) return;
    const parts = [...(await asked(w.rows, { to: middle })), ...(await asked(w.rows, { from: middle }))];
    expect(await asked(w.rows)).toEqual(parts);
  });
});

it('amounts doubled are sums doubled and the same shares', async () => {
  await relate(
    compileForm('revenue_retention', { activity: 'spend', every: 'week', kind: 'net' }),
    async (asked, w) => {
      const doubled = w.rows.map((row) => ({ ...row, value: (row.value ?? 0) * 2 }));
      const twice = (value: unknown) => (value === null ? null : (value as number) * 2);
      const expected = (await asked(w.rows)).map((row) => ({
        ...row,
        opening: twice(row.opening),
        retained: twice(row.retained),
      }));
      expect(await asked(doubled)).toEqual(expected);
    },
  );
});
