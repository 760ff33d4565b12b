import fc from 'fast-check';
import { describe, it } from 'vitest';
import { everies } from './cohort/arbitrary.ts';
import { compileForm, share } from './cohort/ask.ts';
import { contractChurn, inactivityChurn, returnedUsers } from './cohort/churn.ts';
import { dateOf, microsPerDay } from './cohort/clock.ts';
import { type Answer, hold, horizonText, labelOf, only, pick, ruleOf, unknown, useEngines } from './cohort/hold.ts';
import { histogram, lifecycle, stickiness } from './cohort/lifecycle.ts';
import { meanOver, type Retention, retention } from './cohort/retention.ts';

useEngines();

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
      brackets: fc.constantFrom(undefined, [1, 2, 4], [2, 1, 1]),
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
});
