import { describe, expect, test } from 'vitest';
import { type BuildFound, readBuilds, recordBuild } from '../../runtime/state/builds.ts';
import { migrate } from '../../runtime/state/migrate.ts';
import { trimJournal } from '../../runtime/state/trim-journal.ts';
import { engines } from './on-engines.ts';
import { rowsOf } from './two-runs.ts';

const revenue = { kind: 'metric', name: 'revenue', fingerprint: 'a', version: 1, title: "O'Hara's" } as const;
const vip = { kind: 'segment', name: 'vip', fingerprint: 's', version: 1 } as const;
const orders = { kind: 'model', name: 'marts.orders', fingerprint: 'm' } as const;
const value = (period: string, text: string, fingerprint = 'a', version = 1) => ({
  metric: 'revenue',
  fingerprint,
  version,
  grain: 'month',
  period,
  value: text,
});

describe.each(engines)('what builds found, on %s', (_, onEngine) => {
  test('is stored as far as it differs, and can be compared', () =>
    onEngine(async (engine) => {
      await migrate(engine, 0, '2025-06-01T00:00:00Z');
      const record = (found: Pick<BuildFound, 'at' | 'definitions' | 'values'>) =>
        engine.transaction((session) => recordBuild(session, { run: 'r', etalon: '0.1.0', ...found }));
      const first = {
        definitions: [revenue, vip, orders],
        values: [value('2025-01-01', '100.50'), value('2025-02-01', '90')],
      };
      await record({ at: '2025-06-01T00:00:00Z', ...first });
      await record({ at: '2025-06-02T00:00:00Z', ...first });
      expect((await readBuilds(engine)).builds).toEqual([{ number: 1, at: '2025-06-01T00:00:00Z' }]);
      expect(await rowsOf(engine, 'select count(*) from etalon_state.build_values')).toEqual([[2]]);
      // Late rows change a month that was over; the segment is gone.
      await record({
        at: '2025-06-03T00:00:00Z',
        definitions: [revenue, orders],
        values: [value('2025-01-01', '100.50'), value('2025-02-01', '95')],
      });
      const changed = { ...revenue, fingerprint: 'b', version: 2, reason: 'Refunds are taken off.' };
      await record({
        at: '2025-06-04T00:00:00Z',
        definitions: [changed, orders, vip],
        values: [value('2025-01-01', '80', 'b', 2)],
      });
      const { builds, changes, values, restated } = await readBuilds(engine);
      expect(builds.map(({ number }) => number)).toEqual([1, 2, 3]);
      expect(changes).toEqual([
        { build: 1, change: 'added', ...revenue },
        { build: 1, change: 'added', ...orders },
        { build: 1, change: 'added', ...vip },
        { build: 2, change: 'removed', kind: 'segment', name: 'vip' },
        { build: 3, change: 'changed', ...changed },
        { build: 3, change: 'added', ...vip },
      ]);
      expect(restated).toEqual([{ ...value('2025-02-01', '95'), build: 2, previous: '90' }]);
      expect(values).toEqual([
        { ...value('2025-01-01', '100.50'), build: 1 },
        { ...value('2025-02-01', '95'), build: 2 },
        { ...value('2025-01-01', '80', 'b', 2), build: 3 },
      ]);
    }));

  test('is trimmed of values that others stand for, but for those of the last builds', () =>
    onEngine(async (engine) => {
      await migrate(engine, 0, '2025-06-01T00:00:00Z');
      const found = { run: 'r', etalon: '0.1.0', definitions: [revenue] };
      const builds = 54;
      for (let n = 1; n <= builds; n += 1) {
        const at = new Date(Date.UTC(2025, 0, n)).toISOString();
        const values = [value('2025-01-01', '7'), value('2025-02-01', `${n}`)];
        await engine.transaction((session) => recordBuild(session, { ...found, at, values }));
      }
      const before = await readBuilds(engine);
      const trim = (now: string) =>
        engine.transaction((session) => trimJournal(session, { now, olderThan: '30 days' }));
      expect((await trim('2025-02-02T00:00:00Z')).build_values).toBe(2);
      expect((await trim('2026-01-01T00:00:00Z')).build_values).toBe(2);
      expect((await trim('2026-01-01T00:00:00Z')).build_values).toBe(0);
      expect(await readBuilds(engine)).toEqual(before);
      expect(await rowsOf(engine, 'select count(*) from etalon_state.build_values')).toEqual([[builds - 4 + 1]]);
    }));

  test('is read of a target that no build has stored anything in', () =>
    onEngine(async (engine) => {
      await migrate(engine, 0, '2025-06-01T00:00:00Z');
      expect(await readBuilds(engine)).toEqual({ builds: [], changes: [], values: [], restated: [] });
    }));
});
