import fc from 'fast-check';
import { describe, it } from 'vitest';
import { everies } from './cohort/arbitrary.ts';
import { compileForm, type Row, share } from './cohort/ask.ts';
import { dateOf, microsPerHour } from './cohort/clock.ts';
import { type Funnel, funnel } from './cohort/funnel.ts';
import { type Answer, hold, labelOf, only, pick, plainRule, ruleOf, unknown, useEngines } from './cohort/hold.ts';
import { cohortRevenue, contractRevenue, ltv, repeat, revenueRetention } from './cohort/money.ts';
import { type Retention, retention } from './cohort/retention.ts';

useEngines();

const keptKnobs = fc
  .record({
    every: fc.constantFrom(...everies),
    kind: pick('gross', 'net'),
    base: pick('opening', 'opening_plus_reactivated'),
  })
  .filter((k) => k.kind === 'net' || k.base === 'opening');

describe('the engines count as the oracle does', () => {
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
      knobs: keptKnobs,
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

  it('revenue of contracts that is kept', async () => {
    await hold({
      knobs: keptKnobs,
      shape: { models: ['contracts'] },
      form: (k) =>
        compileForm('revenue_retention', { activity: 'contract', every: k.every.text, kind: k.kind, base: k.base }),
      expected: (k, w) => {
        const contracts = w.rows.map((r) => ({
          entity: r.entity,
          from: r.at,
          until: r.until ?? null,
          ...(r.value === undefined ? {} : { value: r.value }),
        }));
        const rows: Answer = contractRevenue(contracts, k.kind, k.base, k.every.unit, w.asked).map((r) => ({
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

  it('funnels, also of events that are two steps or stand in two models', async () => {
    const activities: Record<string, (r: Row) => boolean> = {
      start: (r) => r.model === 'events' && r.kind === 'start',
      back: (r) => r.model === 'events' && r.kind === 'back',
      done: (r) => r.model === 'events' && r.kind === 'done',
      other: (r) => r.model === 'others',
      either: (r) => r.model === 'others' || r.kind === 'back',
    };
    const knobs = fc
      .record({
        steps: fc.constantFrom(
          ['start', 'back', 'done'],
          ['start', 'either', 'done'],
          ['back', 'either', 'other', 'back'],
          ['either', 'start', 'either'],
        ),
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
      shape: { kinds: ['start', 'back', 'done'], models: ['events', 'events', 'others'], most: 24, spread: 2 },
      form: (k) =>
        compileForm('funnel', {
          steps: k.steps,
          within: `${k.hours} hours`,
          entry: k.entry,
          window_from: k.windowFrom,
          bound: k.bound,
          order: k.order,
          count: k.count,
        }),
      expected: ({ steps, ...k }, w) => {
        const rule: Funnel = { ...k, within: BigInt(k.hours) * microsPerHour };
        const events = w.rows.map((r) => ({ ...r, steps: [...steps.keys()].filter((i) => activities[steps[i]!]!(r)) }));
        const isStep = ({ steps }: { readonly steps: readonly number[] }) => steps.length > 0;
        const reached = funnel(events.filter(isStep), steps.length, rule, w.asked);
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
