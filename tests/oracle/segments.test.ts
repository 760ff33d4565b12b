import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attritionOf, loadParser } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';
import { everies } from './cohort/arbitrary.ts';
import { dateOf, localDay } from './cohort/clock.ts';
import { plainRule, ruleOf } from './cohort/hold.ts';
import { type Retention, retention } from './cohort/retention.ts';
import { type Case, segmentCase } from './segment/arbitrary.ts';
import { askBySegment, askSegment, compileSegments, worldOf } from './segment/ask-engine.ts';
import { attritionOf as attritionByHand } from './segment/attrition.ts';
import { memberVerdict } from './segment/conditions.ts';
import { partsOf } from './segment/splits.ts';
import type { WrittenSegment } from './segment/world.ts';

/** `ETALON_RUNS=500` looks longer. */
const runs = Number(process.env.ETALON_RUNS ?? 40);
const opened: { readonly target: TestTarget; readonly engine: Engine; readonly name: string }[] = [];

beforeAll(async () => {
  await loadParser();
  for (const under of listRunnableEngines()) {
    const target = await under.prepare();
    opened.push({ target, engine: await target.open(), name: under.name });
  }
});
afterAll(async () => {
  for (const { target } of opened) await target.drop();
});

/** The metric of that name. */
const kept: Retention = { ...ruleOf({ ...plainRule, every: everies[0]! }), periods: 2 };

/** Of each part the retention of those who are in it: as if nobody else were there. */
function keptByPart({ rows, zone, asOf }: Case, partOf: (user: string) => string | null): string[] {
  const calendar = { zone, weekStart: 1 };
  const day = localDay(asOf, calendar);
  const asked = { calendar, asOf, from: day - 30, to: day + 30 };
  const eventsOf = (kind: string, part: string | null) =>
    rows
      .filter((row) => row.model === 'events' && row.kind === kind && partOf(row.user) === part)
      .map(({ user, at, key }) => ({ entity: user, at, key }));
  return ['in', 'out', 'unknown', null].flatMap((part) =>
    retention(eventsOf('start', part), eventsOf('back', part), kept, asked)
      .filter(({ size }) => size > 0)
      .map(({ cohort, k, size, returned, state }) =>
        String([dateOf(cohort), k, part, size, returned, returned === null ? null : returned / size, state]),
      ),
  );
}

describe('the engines see in segments who the oracle does', () => {
  it('members, unknowns and attrition of nested rules', async () => {
    await fc.assert(
      fc.asyncProperty(segmentCase(), async (one) => {
        const segments: Record<string, WrittenSegment> = {
          s: { where: one.rule, exclude: one.exclude },
          other: { where: one.other, exclude: ['test_users'] },
        };
        const manifest = compileSegments(segments);
        const world = worldOf(one, segments);
        const verdicts = [...world.population.keys()].map((e) => [e, memberVerdict('s', e, world)] as const);
        const members = verdicts.filter(([, verdict]) => verdict === true).map(([e]) => e);
        for (const { engine, name } of opened) {
          const rows = await askSegment(engine, manifest, 's', one, 'members');
          expect(rows.map(([e]) => String(e)).sort(), name).toEqual(members.sort());
          const masks = (await askSegment(engine, manifest, 's', one, 'attrition')).map(([, mask, entities]) => ({
            mask: String(mask),
            entities: Number(entities),
          }));
          const counted = attritionOf(manifest.segments.find((s) => s.name === 's')!, masks)!;
          expect(counted.rows, name).toEqual(attritionByHand(segments.s!, world));
          expect([counted.population, counted.members, counted.unknown], name).toEqual([
            world.population.size,
            members.length,
            verdicts.filter(([, verdict]) => verdict === null).length,
          ]);
        }
      }),
      { numRuns: runs },
    );
  });

  it('what metrics come to in and out of a segment', async () => {
    await fc.assert(
      fc.asyncProperty(segmentCase(), async (one) => {
        const segments: Record<string, WrittenSegment> = {
          s: { where: one.rule, exclude: one.exclude },
          other: { where: one.other },
        };
        const manifest = compileSegments(segments);
        const world = worldOf(one, segments);
        const partOf = (user: string): string | null => {
          if (!world.population.has(user)) return null;
          const verdict = memberVerdict('s', user, world);
          return verdict === null ? 'unknown' : verdict ? 'in' : 'out';
        };
        const spent = new Map<string | null, { rows: number; sum: number | null }>();
        for (const row of one.rows) {
          if (row.model !== 'events' || row.kind !== 'spend' || row.at >= one.asOf) continue;
          const part = partOf(row.user);
          const { rows, sum } = spent.get(part) ?? { rows: 0, sum: null };
          spent.set(part, { rows: rows + 1, sum: row.value === null ? sum : (sum ?? 0) + row.value });
        }
        for (const { engine, name } of opened) {
          const counted = await askBySegment(engine, manifest, 'spends', 's', one);
          const summed = await askBySegment(engine, manifest, 'spent', 's', one);
          const shown = (rows: readonly (readonly unknown[])[]) =>
            new Map(rows.map(([part, value]) => [part, value === null ? null : Number(value)]));
          expect(shown(counted), name).toEqual(new Map([...spent].map(([part, { rows }]) => [part, rows])));
          expect(shown(summed), name).toEqual(new Map([...spent].map(([part, { sum }]) => [part, sum])));
          const cells = await askBySegment(engine, manifest, 'kept', 's', one);
          expect(cells.map(String).sort(), name).toEqual(keptByPart(one, partOf).sort());
        }
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
  });

  it('parts of splits, by cuts and by quantiles', async () => {
    const cuts = fc
      .uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 })
      .map((all) => all.sort((a, b) => a - b));
    const fewDays = fc
      .uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 })
      .map((all) => all.sort((a, b) => a - b));
    const rfm = fc.oneof(
      fc.record({ recency: fewDays, frequency: fc.constantFrom([1, 2], [2, 3, 4]), monetary: cuts }),
      fc.integer({ min: 2, max: 5 }).map((quantiles) => ({ quantiles })),
    );
    await fc.assert(
      fc.asyncProperty(segmentCase(), rfm, fc.constantFrom('3 days', '9 days'), async (one, scores, within) => {
        const names = [1, 2, 3, 4, 5].flatMap((r) => [1, 2, 3, 4, 5].map((f) => `r = ${r} and f = ${f}`));
        const fits = (part: string, s: Readonly<Record<string, number>>) =>
          part.split(' and ').every((test) => s[test[0]!] === Number(test.at(-1)));
        const parts = {
          rich: 'm >= 3',
          ...Object.fromEntries(names.map((when, i) => [`p${i + 1}`, when])),
        };
        const segments: Record<string, WrittenSegment> = {
          s: { split: { rfm: { activity: 'spend', within, ...scores }, parts }, exclude: one.exclude },
        };
        const manifest = compileSegments(segments);
        const expected = partsOf(segments.s!, worldOf(one, segments), (part, s) =>
          part === 'm >= 3' ? s.m >= 3 : fits(part, s),
        );
        for (const { engine, name } of opened) {
          const rows = await askSegment(engine, manifest, 's', one, 'members');
          expect(rows.length, name).toBe(expected.size);
          expect(new Map(rows.map(([e, part]) => [String(e), String(part)])), name).toEqual(expected);
        }
      }),
      { numRuns: runs },
    );
  });
});
