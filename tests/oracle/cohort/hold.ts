import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { loadParser, type Manifest } from '../../../compiler/index.ts';
import type { Engine } from '../../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../../support/engines.ts';
import { type everies, type Shape, type World, world } from './arbitrary.ts';
import { ask, type Row } from './ask.ts';
import { dateOf, periodsBetween, startOfDay, type Unit } from './clock.ts';
import type { Retention } from './retention.ts';

/** `ETALON_RUNS=500` looks longer. */
const runs = Number(process.env.ETALON_RUNS ?? 40);
/** The engines of this run, for tests outside `hold`. */
export const opened: { readonly target: TestTarget; readonly engine: Engine; readonly name: string }[] = [];

/** To be called once in a file: opens every engine, and closes it in the end. */
export function useEngines(): void {
  beforeAll(async () => {
    await loadParser();
    for (const under of listRunnableEngines()) {
      const target = await under.prepare();
      opened.push({ target, engine: await target.open(), name: under.name });
    }
  });
  afterAll(async () => {
    // Files that share a process share this list.
    for (const { target } of opened.splice(0)) await target.drop();
  });
}

export type Answer = Awaited<ReturnType<typeof ask>>;
export interface Case<K> {
  readonly knobs: fc.Arbitrary<K>;
  readonly shape?: Shape;
  readonly form: (knobs: K) => Manifest;
  readonly more?: (knobs: K) => Parameters<typeof ask>[4];
  readonly expected: (knobs: K, w: World) => Answer;
}

/** Every engine answers what the oracle does, over random logs, ranges, zones and knobs. */
export async function hold<K>(one: Case<K>): Promise<void> {
  const manifests = new Map<string, Manifest>();
  await fc.assert(
    fc.asyncProperty(one.knobs, world(one.shape), async (knobs, w) => {
      const key = JSON.stringify(knobs);
      const manifest = manifests.get(key) ?? one.form(knobs);
      manifests.set(key, manifest);
      const expected = sorted(one.expected(knobs, w));
      for (const { engine, name } of opened) {
        const answer = await ask(engine, manifest, w.rows, w.asked, one.more?.(knobs));
        const columns = Object.keys(expected[0] ?? {});
        const cut =
          expected.length === 0
            ? answer
            : answer.map((row) => Object.fromEntries(columns.map((c) => [c, row[c] ?? null])));
        expect(sorted(cut), name).toEqual(expected);
      }
    }),
    { numRuns: runs },
  );
}

function sorted(rows: Answer): Answer {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

export const only = (rows: readonly Row[], kind: Row['kind']) =>
  rows.filter((r) => (r.model ?? 'events') === 'events' && r.kind === kind);
export const pick = <T extends string>(...values: T[]) => fc.constantFrom(...values);

export const plainRule = {
  occurrence: 'first_ever' as const,
  criteria: 'on' as const,
  interval: 'calendar' as const,
  periodZero: 'anchor' as const,
  returnAfterAnchor: 'strict' as const,
  minOccurrences: 1,
  brackets: undefined,
  horizon: 'as_of' as const,
};

export function ruleOf(k: {
  readonly every: (typeof everies)[number];
  readonly occurrence: Retention['occurrence'];
  readonly criteria: Retention['criteria'];
  readonly interval: Retention['interval'];
  readonly periodZero: Retention['periodZero'];
  readonly returnAfterAnchor: Retention['returnAfterAnchor'];
  readonly minOccurrences: number;
  readonly brackets: readonly number[] | undefined;
  readonly horizon: Retention['horizon'];
}): Retention {
  const { every, brackets, returnAfterAnchor, ...same } = k;
  return {
    ...same,
    every: every.unit,
    returnAfterAnchor: k.periodZero === 'observed' ? returnAfterAnchor : 'strict',
    ...(brackets ? { brackets } : { periods: 3 }),
  };
}

/** A row of nothing for each period of the range that has not begun: it is there, and tells nothing. */
export function unknown({ asked }: World, unit: Unit, label: string, columns: readonly string[]): Answer {
  return periodsBetween(asked.from, asked.to, unit, asked.calendar)
    .filter((period) => startOfDay(period, asked.calendar) >= asked.asOf)
    .map((period) => ({ [label]: dateOf(period), ...Object.fromEntries(columns.map((column) => [column, null])) }));
}

export function horizonText(horizon: Retention['horizon']): unknown {
  return typeof horizon === 'object' && 'day' in horizon ? dateOf(horizon.day) : horizon;
}

export function labelOf({ unit }: (typeof everies)[number]): string {
  return unit.count === 1 ? unit.unit : 'period';
}
