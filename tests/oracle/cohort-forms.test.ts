import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadParser, type Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';
import { everies, type Shape, type World, world } from './cohort/arbitrary.ts';
import { ask, compileForm, type Row, share } from './cohort/ask.ts';
import { contractChurn, inactivityChurn, returnedUsers } from './cohort/churn.ts';
import { dateOf, microsPerDay, microsPerHour, periodsBetween, startOfDay, type Unit } from './cohort/clock.ts';
import { type Funnel, funnel } from './cohort/funnel.ts';
import { histogram, lifecycle, stickiness } from './cohort/lifecycle.ts';
import { cohortRevenue, ltv, repeat, revenueRetention } from './cohort/money.ts';
import { meanOver, type Retention, retention } from './cohort/retention.ts';

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

type Answer = Awaited<ReturnType<typeof ask>>;
interface Case<K> {
  readonly knobs: fc.Arbitrary<K>;
  readonly shape?: Shape;
  readonly form: (knobs: K) => Manifest;
  readonly more?: (knobs: K) => Parameters<typeof ask>[4];
  readonly expected: (knobs: K, w: World) => Answer;
}

/** Every engine answers what the oracle does, over random logs, ranges, zones and knobs. */
async function hold<K>(one: Case<K>): Promise<void> {
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

const only = (rows: readonly Row[], kind: Row['kind']) =>
  rows.filter((r) => (r.model ?? 'events') === 'events' && r.kind === kind);
const pick = <T extends string>(...values: T[]) => fc.constantFrom(...values);

describe('the engines count as the oracle does', () => {
  it('retention and churn of a cohort, every cell', async () => {
    const knobs = fc.record({
      every: fc.constantFrom(...everies),
      occurrence: fc.constantFrom<Retention['occurrence']>('first_ever', 'first_matching', 'every_period', { nth: 2 }),
      criteria: pick('on', 'on_or_after', 'on_or_before', 'streak'),
      interval: pick('calendar', 'rolling'),
      periodZero: pick('anchor', 'observed'),
      returnAfterAnchor: pick('strict', 'same_instant'),
      minOccurrences: fc.constantFrom(1, 2),
      brackets: fc.constantFrom(undefined, [1, 2, 4], [2, 3]),
      horizon: fc.constantFrom<Retention['horizon']>('as_of', { periods: 2 }, { day: 20_180 }),
      form: pick('retention', 'churn'),
    });
    await hold({
      knobs,
      shape: { kinds: ['start', 'back'] },
      form: (k) =>
        compileForm(
          k.form,
          {
            cohort: 'group',
            return: 'back',
            every: k.every.text,
            ...(k.brackets ? { brackets: k.brackets } : { periods: 3 }),
            criteria: k.criteria,
            interval: k.interval,
            period_zero: k.periodZero,
            ...(k.periodZero === 'observed' ? { return_after_anchor: k.returnAfterAnchor } : {}),
            min_occurrences: k.minOccurrences,
            ...(k.criteria === 'on_or_after' ? { horizon: horizonText(k.horizon) } : {}),
          },
          { anchor: 'start', occurrence: k.occurrence, where: 'flag' },
        ),
      expected: (k, w) =>
        retention(only(w.rows, 'start'), only(w.rows, 'back'), ruleOf(k), w.asked).map((c) => {
          const n = c.returned === null || k.form === 'retention' ? c.returned : c.size - c.returned;
          return {
            cohort: dateOf(c.cohort),
            k: k.brackets ? c.k : Number(c.k),
            size: c.state === 'unobservable' && c.size === 0 ? null : c.size,
            [k.form === 'churn' ? 'churned' : 'returned']: n,
            rate: share(n, c.size),
            state: c.state,
          };
        }),
    });
  });

  it('means over cohorts', async () => {
    const knobs = fc.record({
      every: fc.constantFrom(...everies),
      occurrence: fc.constantFrom<Retention['occurrence']>('first_ever', 'every_period'),
      mean: pick('pooled', 'simple'),
      includePartial: fc.boolean(),
    });
    const rule = (k: { every: (typeof everies)[number]; occurrence: Retention['occurrence'] }): Retention => ({
      occurrence: k.occurrence,
      every: k.every.unit,
      periods: 3,
      criteria: 'on',
      interval: 'calendar',
      periodZero: 'anchor',
      returnAfterAnchor: 'strict',
      minOccurrences: 1,
      horizon: 'as_of',
    });
    await hold({
      knobs,
      shape: { kinds: ['start', 'back'] },
      form: (k) =>
        compileForm(
          'retention',
          {
            cohort: 'group',
            return: 'either',
            every: k.every.text,
            periods: 3,
            mean: k.mean,
            include_partial: k.includePartial,
          },
          { anchor: 'start', occurrence: k.occurrence },
        ),
      more: () => ({ by: ['k'] }),
      expected: (k, w) => {
        const anchors = only(w.rows, 'start').map((r) => ({ ...r, matches: true }));
        const cells = retention(anchors, only(w.rows, 'back'), rule(k), w.asked);
        return ['0', '1', '2', '3'].map((name) => {
          const mean = meanOver(cells, name, k.mean, k.includePartial);
          return {
            k: Number(name),
            size: mean.size,
            returned: mean.returned,
            rate: mean.rate === null ? null : Number(mean.rate.toFixed(9)),
          };
        });
      },
    });
  });

  it('churn by inactivity', async () => {
    await hold({
      knobs: fc.record({ every: fc.constantFrom(...everies), days: fc.constantFrom(1, 3, 7) }),
      form: (k) => compileForm('churn', { activity: 'back', inactive_for: `${k.days} days`, every: k.every.text }),
      expected: (k, w) => {
        const rows: Answer = inactivityChurn(only(w.rows, 'back'), k.days, k.every.unit, w.asked).map((r) => ({
          [labelOf(k.every)]: dateOf(r.period),
          at_risk: r.atRisk,
          churned: r.churned,
          rate: share(r.churned, r.atRisk),
        }));
        return [...rows, ...unknown(w, k.every.unit, labelOf(k.every), ['at_risk', 'churned', 'rate'])];
      },
    });
  });

  it('churn of contracts', async () => {
    await hold({
      knobs: fc.record({ every: fc.constantFrom(...everies), of: pick('opening', 'opening_plus_new') }),
      shape: { models: ['contracts'] },
      form: (k) => compileForm('churn', { activity: 'contract', of: k.of, every: k.every.text }),
      expected: (k, w) => {
        const contracts = w.rows.map((r) => ({ entity: r.entity, from: r.at, until: r.until ?? null }));
        const rows: Answer = contractChurn(contracts, k.of, k.every.unit, w.asked).map((r) => ({
          [labelOf(k.every)]: dateOf(r.period),
          at_risk: r.atRisk,
          churned: r.churned,
          rate: share(r.churned, r.atRisk),
        }));
        return [...rows, ...unknown(w, k.every.unit, labelOf(k.every), ['at_risk', 'churned', 'rate'])];
      },
    });
  });

  it('who returned', async () => {
    await hold({
      knobs: fc.record({ grain: pick('day', 'week', 'month'), days: fc.constantFrom(1, 2, 7) }),
      form: (k) => compileForm('returned', { activity: 'back', after: `${k.days} days` }),
      more: (k) => ({ grain: k.grain }),
      expected: (k, w) => {
        const unit = { count: 1, unit: k.grain } as const;
        const rows = returnedUsers(only(w.rows, 'back'), BigInt(k.days) * microsPerDay, unit, w.asked);
        const answer: Answer = [...rows].map(([period, m]) => ({ [k.grain]: dateOf(period), m }));
        return [...answer, ...unknown(w, unit, k.grain, ['m'])];
      },
    });
  });

  it('the lifecycle', async () => {
    await hold({
      knobs: fc.record({ every: fc.constantFrom(...everies) }),
      form: (k) => compileForm('lifecycle', { activity: 'back', every: k.every.text }),
      expected: (k, w) => {
        const rows: Answer = lifecycle(only(w.rows, 'back'), k.every.unit, w.asked).map(({ period, ...counts }) => ({
          [labelOf(k.every)]: dateOf(period),
          ...counts,
        }));
        const columns = ['new', 'returning', 'resurrected', 'dormant', 'active'];
        return [...rows, ...unknown(w, k.every.unit, labelOf(k.every), columns)];
      },
    });
  });

  it('stickiness and its histogram', async () => {
    await hold({
      knobs: fc.record({ in: pick('week', 'month'), as: pick('rate', 'histogram') }),
      form: (k) => compileForm('stickiness', { activity: 'back', of: 'day', in: k.in, as: k.as }),
      expected: (k, w) => {
        const inside = { count: 1, unit: k.in } as const;
        const events = only(w.rows, 'back');
        if (k.as === 'rate') {
          const rates: Answer = [...stickiness(events, inside, w.asked)].map(([period, rate]) => ({
            [k.in]: dateOf(period),
            rate: share(rate, 1),
          }));
          return [...rates, ...unknown(w, inside, k.in, ['rate'])];
        }
        return [...histogram(events, inside, w.asked)].flatMap(([period, rows]) =>
          [...rows].map(([days, entities]) => ({ [k.in]: dateOf(period), days, entities })),
        );
      },
    });
  });

  it('lifetime value', async () => {
    await hold({
      knobs: fc.record({ refunds: pick('gross', 'on_refund_date', 'on_order_date') }),
      shape: { kinds: ['spend'] },
      form: (k) =>
        compileForm(
          'ltv',
          { cohort: 'group', activity: 'spend', horizons: ['2 days', '9 days'], refunds: k.refunds },
          { anchor: 'sale' },
        ),
      more: () => ({ by: ['horizon'] }),
      expected: (k, w) => {
        const sales = w.rows.filter((r) => r.value! > 0).map((r) => ({ ...r, matches: true }));
        return ltv(sales, w.rows, [2, 9], k.refunds, w.asked).map((r) => ({
          horizon: `${r.horizon} days`,
          n_total: r.total,
          n_mature: r.mature,
          value: r.value,
          ltv: share(r.value, r.mature),
        }));
      },
    });
  });

  it('repeats', async () => {
    await hold({
      knobs: fc.record({ days: fc.constantFrom(1, 5), sameDay: pick('merge', 'count') }),
      shape: { kinds: ['start'] },
      form: (k) => compileForm('repeat', { activity: 'start', within: `${k.days} days`, same_day: k.sameDay }),
      expected: (k, w) => {
        const r = repeat(w.rows, k.days, k.sameDay, w.asked);
        const repeated = r.mature === 0 ? null : r.repeated;
        return [{ n_total: r.total, n_mature: r.mature, repeated, rate: share(repeated, r.mature) }];
      },
    });
  });

  it('revenue that is kept', async () => {
    await hold({
      knobs: fc
        .record({
          every: fc.constantFrom(...everies),
          kind: pick('gross', 'net'),
          base: pick('opening', 'opening_plus_reactivated'),
        })
        .filter((k) => k.kind === 'net' || k.base === 'opening'),
      shape: { kinds: ['spend'] },
      form: (k) =>
        compileForm('revenue_retention', { activity: 'spend', every: k.every.text, kind: k.kind, base: k.base }),
      expected: (k, w) => {
        const rows: Answer = revenueRetention(w.rows, k.kind, k.base, k.every.unit, w.asked).map((r) => ({
          [labelOf(k.every)]: dateOf(r.period),
          opening: r.opening,
          retained: r.retained,
          rate: share(r.retained, r.opening),
        }));
        return [...rows, ...unknown(w, k.every.unit, labelOf(k.every), ['opening', 'retained', 'rate'])];
      },
    });
  });

  it('revenue of a cohort', async () => {
    await hold({
      knobs: fc.record({ every: fc.constantFrom(...everies) }),
      shape: { kinds: ['start', 'spend'] },
      form: (k) =>
        compileForm('revenue_retention', { cohort: 'group', activity: 'spend', every: k.every.text, periods: 2 }),
      expected: (k, w) => {
        const anchors = only(w.rows, 'start').map((r) => ({ ...r, matches: true }));
        const rule: Retention = { ...ruleOf({ ...plainRule, every: k.every }), periods: 2 };
        return retention(anchors, [], rule, w.asked).map((cell) => {
          const of = (n: number) =>
            cohortRevenue(anchors, only(w.rows, 'spend'), k.every.unit, n, cell.cohort, w.asked);
          const isKnown = cell.returned !== null;
          const base = cell.state === 'unobservable' && cell.size === 0 ? null : of(0);
          const value = isKnown ? of(Number(cell.k)) : null;
          return {
            cohort: dateOf(cell.cohort),
            k: Number(cell.k),
            base,
            value,
            rate: share(value, base),
            state: cell.state,
          };
        });
      },
    });
  });

  it('funnels', async () => {
    const knobs = fc
      .record({
        hours: fc.constantFrom(1, 24, 72),
        entry: pick('first', 'any'),
        windowFrom: pick('first_step', 'previous_step'),
        bound: pick('inclusive', 'exclusive'),
        order: pick('sequential', 'strict', 'any'),
        count: pick('entities', 'attempts'),
      })
      .filter((k) => k.order !== 'any' || k.windowFrom === 'first_step');
    await hold({
      knobs,
      shape: { kinds: ['start', 'back', 'done'], most: 16 },
      form: (k) =>
        compileForm('funnel', {
          steps: ['start', 'back', 'done'],
          within: `${k.hours} hours`,
          entry: k.entry,
          window_from: k.windowFrom,
          bound: k.bound,
          order: k.order,
          count: k.count,
        }),
      expected: (k, w) => {
        const steps = ['start', 'back', 'done'];
        const rule: Funnel = { ...k, within: BigInt(k.hours) * microsPerHour };
        const reached = funnel(
          w.rows.map((r) => ({ ...r, step: steps.indexOf(r.kind) })),
          3,
          rule,
          w.asked,
        );
        return reached.map((n, i) => ({
          step: i + 1,
          name: steps[i]!,
          [k.count]: n,
          rate: share(n, reached[0]!),
          step_rate: i === 0 ? null : share(n, reached[i - 1]!),
        }));
      },
    });
  });
});

const plainRule = {
  occurrence: 'first_ever' as const,
  criteria: 'on' as const,
  interval: 'calendar' as const,
  periodZero: 'anchor' as const,
  returnAfterAnchor: 'strict' as const,
  minOccurrences: 1,
  brackets: undefined,
  horizon: 'as_of' as const,
};

function ruleOf(k: {
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
function unknown({ asked }: World, unit: Unit, label: string, columns: readonly string[]): Answer {
  return periodsBetween(asked.from, asked.to, unit, asked.calendar)
    .filter((period) => startOfDay(period, asked.calendar) >= asked.asOf)
    .map((period) => ({ [label]: dateOf(period), ...Object.fromEntries(columns.map((column) => [column, null])) }));
}

function horizonText(horizon: Retention['horizon']): unknown {
  return typeof horizon === 'object' && 'day' in horizon ? dateOf(horizon.day) : horizon;
}

function labelOf({ unit }: (typeof everies)[number]): string {
  return unit.count === 1 ? unit.unit : 'period';
}
