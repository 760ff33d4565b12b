import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sharedObstacle, sharedPath } from '../support/shared.ts';
import { contractChurn } from './cohort/churn.ts';
import {
  type Calendar,
  dayOf,
  instant,
  localDay,
  microsPerDay,
  microsPerHour,
  startOfDay,
  toText,
} from './cohort/clock.ts';
import { funnel } from './cohort/funnel.ts';
import { histogram, lifecycle, stickiness } from './cohort/lifecycle.ts';
import type { Asked, Event } from './cohort/log.ts';
import { ltv, repeat, revenueRetention } from './cohort/money.ts';
import { meanOver, type Retention, retention } from './cohort/retention.ts';

const utc: Calendar = { zone: 'UTC', weekStart: 1 };
const day = { count: 1, unit: 'day' } as const;
const week = { count: 1, unit: 'week' } as const;
const month = { count: 1, unit: 'month' } as const;

function log(text: string): Event[] {
  return text.split(' · ').flatMap((part) => {
    const [entity, ...times] = part.split(/ (?=\d{4})/);
    return times.map((at, key): Event => ({ entity: entity!, at: instant(at.replace(' ', 'T').concat('Z')), key }));
  });
}

const asked = (from: string, to: string, asOf: string): Asked => ({
  calendar: utc,
  from: dayOf(from),
  to: dayOf(to),
  asOf: instant(`${asOf}T00:00Z`),
});

const rule: Retention = {
  occurrence: 'first_ever',
  every: day,
  periods: 7,
  criteria: 'on',
  interval: 'calendar',
  periodZero: 'anchor',
  returnAfterAnchor: 'strict',
  minOccurrences: 1,
  horizon: 'as_of',
};

/** The oracle itself is held to the figures printed in the design, before anything is held to it. */
describe('the clock of the oracle', () => {
  it('knows days of 23, 24.5 and 25 hours', () => {
    const hours = (date: string, zone: string) => {
      const calendar = { zone, weekStart: 1 };
      const length = startOfDay(dayOf(date) + 1, calendar) - startOfDay(dayOf(date), calendar);
      return Number(length) / Number(microsPerHour);
    };
    expect(hours('2025-03-30', 'Europe/Berlin')).toBe(23);
    expect(hours('2025-11-02', 'America/New_York')).toBe(25);
    expect(hours('2025-04-06', 'Australia/Lord_Howe')).toBe(24.5);
    expect(toText(startOfDay(dayOf('2025-06-10'), { zone: 'Asia/Kolkata', weekStart: 1 }))).toBe(
      '2025-06-09T18:30:00.000000Z',
    );
    expect(localDay(instant('2025-03-29T23:00Z'), { zone: 'Europe/Berlin', weekStart: 1 })).toBe(dayOf('2025-03-30'));
  });
});

describe('semantics.md §4', () => {
  const events = log(
    'u1 2025-01-01 23:00 2025-01-02 22:00 2025-01-04 10:00 · u2 2025-01-01 08:00 2025-01-03 09:00 · u3 2025-01-01 12:00 2025-01-08 12:00 · u4 2025-01-02 09:00 2025-01-02 20:00 · u5 2025-01-03 10:00 2025-01-04 11:00',
  );
  const row = (more: Partial<Retention>, asOf = '2025-01-20') =>
    retention(events, events, { ...rule, ...more }, asked('2025-01-01', '2025-01-02', asOf)).map((c) => c.returned);

  it('has the table of modes', () => {
    expect(row({})).toEqual([3, 1, 1, 1, 0, 0, 0, 1]);
    expect(row({ interval: 'rolling' })).toEqual([3, 0, 2, 0, 0, 0, 0, 1]);
    expect(row({ criteria: 'on_or_after' }, '2025-01-09')).toEqual([3, 3, 3, 2, 1, 1, 1, 1]);
    const { periods: _, ...open } = rule;
    const cells = retention(
      events,
      events,
      { ...open, brackets: [1, 2, 4] },
      asked('2025-01-01', '2025-01-02', '2025-01-09'),
    );
    expect(cells.map((c) => [c.k, c.returned])).toEqual([
      ['0', 3],
      ['1', 1],
      ['2-3', 2],
      ['4-7', 1],
    ]);
  });

  it('has the means', () => {
    const cells = (more: Partial<Retention>, asOf: string) =>
      retention(events, events, { ...rule, periods: 2, ...more }, asked('2025-01-01', '2025-01-04', asOf));
    const first = cells({}, '2025-01-05');
    expect(meanOver(first, '1', 'pooled')).toMatchObject({ returned: 2, size: 5 });
    expect(meanOver(first, '1', 'simple').rate).toBeCloseTo(4 / 9, 12);
    expect(meanOver(first, '2', 'pooled').rate).toBe(0.25);
    expect(meanOver(cells({ occurrence: 'every_period' }, '2025-01-05'), '1', 'pooled')).toMatchObject({
      returned: 2,
      size: 7,
    });
    const wide = retention(
      events,
      events,
      { ...rule, periods: 1, occurrence: 'every_period' },
      asked('2025-01-01', '2025-01-09', '2025-01-09'),
    );
    expect(meanOver(wide, '1', 'pooled')).toMatchObject({ returned: 2, size: 9 });
  });
});

describe('semantics.md §5', () => {
  it('counts contracts', () => {
    const at = (date: string) => instant(`${date}T00:00Z`);
    const contracts = [
      ...Array.from({ length: 100 }, (_, i) => ({
        entity: `o${i}`,
        from: at('2025-01-10'),
        until: i < 8 ? at('2025-02-10') : null,
      })),
      ...Array.from({ length: 20 }, (_, i) => ({
        entity: `n${i}`,
        from: at('2025-02-05'),
        until: i < 3 ? at('2025-02-20') : null,
      })),
    ];
    const range = asked('2025-02-01', '2025-03-01', '2025-04-01');
    expect(contractChurn(contracts, 'opening', month, range)[0]).toMatchObject({ atRisk: 100, churned: 8 });
    expect(contractChurn(contracts, 'opening_plus_new', month, range)[0]).toMatchObject({ atRisk: 120, churned: 11 });
  });

  it('tells the new from the returning', () => {
    const weeks = ['2025-02-03', '2025-02-10', '2025-02-17', '2025-02-24'];
    const active = { u1: [1, 2, 4], u2: [1], u3: [2, 3, 4] };
    const events = Object.entries(active).flatMap(([entity, list]) =>
      list.map((w): Event => ({ entity, at: instant(`${weeks[w - 1]}T10:00Z`), key: w })),
    );
    const rows = lifecycle(events, week, asked('2025-02-03', '2025-03-03', '2025-04-01'));
    expect(rows.map(({ period: _, ...r }) => Object.values(r))).toEqual([
      [2, 0, 0, 0, 2],
      [1, 1, 0, 1, 2],
      [0, 1, 0, 1, 1],
      [0, 1, 1, 0, 2],
    ]);
  });

  it('measures stickiness', () => {
    const on = (entity: string, days: readonly number[]) =>
      days.map((d): Event => ({ entity, at: instant(`2025-04-${String(d).padStart(2, '0')}T10:00Z`), key: d }));
    const events = [
      ...on(
        'a',
        Array.from({ length: 30 }, (_, i) => i + 1),
      ),
      ...on('b', [30]),
      ...on('c', [1, 15]),
    ];
    const range = asked('2025-04-01', '2025-05-01', '2025-06-01');
    expect([...stickiness(events, month, range).values()][0]).toBeCloseTo(1.1 / 3, 12);
    expect([...histogram(events, month, range).values()][0]).toEqual(
      new Map([
        [30, 1],
        [1, 1],
        [2, 1],
      ]),
    );
  });
});

describe('semantics.md §6', () => {
  const at = (d: number) => instant('2025-01-01T00:00Z') + BigInt(d) * microsPerDay;
  const pay = (entity: string, d: number, value: number, order: string): Event => ({
    entity,
    at: at(d),
    key: d,
    value,
    order,
  });
  const ledger = [
    pay('u1', 0, 100, '1'),
    pay('u1', 40, 50, '2'),
    pay('u1', 45, -40, '1'),
    pay('u2', 0, 80, '3'),
    pay('u2', 10, -80, '3'),
    pay('u3', 0, 60, '4'),
    pay('u3', 95, 60, '5'),
  ];
  it('has the LTV of each way with refunds', () => {
    const of = (refunds: 'gross' | 'on_refund_date' | 'on_order_date') =>
      ltv(
        ledger.filter((e) => e.value! > 0),
        ledger,
        [30, 90, 180],
        refunds,
        asked('2025-01-01', '2025-02-01', '2025-12-01'),
      ).map((r) => (r.value! / r.mature).toFixed(2));
    expect(of('gross')).toEqual(['80.00', '96.67', '116.67']);
    expect(of('on_refund_date')).toEqual(['53.33', '56.67', '76.67']);
    expect(of('on_order_date')).toEqual(['40.00', '56.67', '76.67']);
  });

  it('has gross, net and reactivated revenue', () => {
    const paid = (entity: string, date: string, value: number): Event => ({
      entity,
      at: instant(`${date}T00:00Z`),
      key: 0,
      value,
    });
    const events = [
      paid('A', '2025-01-05', 100),
      paid('A', '2025-02-05', 120),
      paid('B', '2025-01-05', 100),
      paid('B', '2025-02-05', 60),
      paid('C', '2025-01-05', 100),
      paid('D', '2024-10-05', 70),
      paid('D', '2025-02-05', 100),
      paid('E', '2025-02-05', 80),
    ];
    const of = (kind: 'gross' | 'net', base: 'opening' | 'opening_plus_reactivated') =>
      revenueRetention(events, kind, base, month, asked('2025-02-01', '2025-03-01', '2025-06-01'))[0];
    expect(of('gross', 'opening')).toMatchObject({ opening: 300, retained: 160 });
    expect(of('net', 'opening')).toMatchObject({ opening: 300, retained: 180 });
    expect(of('net', 'opening_plus_reactivated')).toMatchObject({ opening: 300, retained: 280 });
  });
});

describe('semantics.md §7', () => {
  it('starts the clock at the first entry, or at any', () => {
    const events = ['10:00', '10:30', '11:15'].map((time, key) => ({
      entity: 'a',
      at: instant(`2025-01-05T${time}Z`),
      key,
      steps: [key === 2 ? 1 : 0],
    }));
    const of = (entry: 'first' | 'any') =>
      funnel(
        events,
        2,
        {
          within: microsPerHour,
          entry,
          windowFrom: 'first_step',
          bound: 'inclusive',
          order: 'sequential',
          count: 'entities',
        },
        asked('2025-01-01', '2025-02-01', '2025-02-01'),
      );
    expect(of('first')).toEqual([1, 0]);
    expect(of('any')).toEqual([1, 1]);
  });
});

const file = 'data/cdnow/orders.csv';
const obstacle = sharedObstacle(file);

describe.skipIf(obstacle !== undefined)(`CDNOW${obstacle ? ` (${obstacle})` : ''}`, () => {
  const events = obstacle
    ? []
    : readFileSync(sharedPath(file), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line): Event => {
          const [id, entity, date, , amount] = line.trim().split(',');
          return {
            entity: entity!,
            at: instant(`${date}T00:00Z`),
            key: Number(id),
            value: Math.round(Number(amount) * 100),
          };
        });
  const range = asked('1997-01-01', '1997-04-01', '1998-07-01');

  it('has the retention of every month', () => {
    const cells = retention(events, events, { ...rule, every: month, periods: 17 }, range);
    const row = (date: string) =>
      cells.filter((c) => c.cohort === dayOf(date) && c.returned !== null).map((c) => c.returned);
    expect(row('1997-01-01').join(' ')).toBe(
      '7846 1157 964 810 679 736 720 582 559 594 673 634 528 511 664 472 497 498',
    );
    expect(row('1997-02-01').join(' ')).toBe('8476 1312 980 783 847 786 626 619 666 721 661 545 568 718 545 548 551');
    expect(row('1997-03-01').join(' ')).toBe('7248 1032 752 756 674 564 561 579 634 569 464 472 678 420 443 457');
    expect((meanOver(cells, '1', 'pooled').rate! * 100).toFixed(3)).toBe('14.854');
    expect((meanOver(cells, '1', 'simple').rate! * 100).toFixed(3)).toBe('14.821');
  });

  it('has what comes later, rolling intervals and money', () => {
    const later = retention(
      events,
      events,
      { ...rule, every: month, periods: 17, criteria: 'on_or_after' },
      asked('1997-01-01', '1997-02-01', '1998-07-01'),
    );
    expect(later.map((c) => c.returned).join(' ')).toBe(
      '7846 3654 3357 3140 2958 2842 2677 2524 2404 2292 2148 1947 1741 1564 1396 1086 846 498',
    );
    const rolling = retention(events, events, { ...rule, every: month, interval: 'rolling', periods: 7 }, range);
    expect(Array.from({ length: 8 }, (_, k) => meanOver(rolling, String(k), 'pooled').returned).join(' ')).toBe(
      '23570 3088 2375 2149 2110 2024 1868 1772',
    );
    const horizons = ltv(events, events, [30, 90, 180, 365], 'on_refund_date', range).map((r) =>
      (r.value! / r.mature / 100).toFixed(4),
    );
    expect(horizons).toEqual(['42.0217', '53.5352', '66.8217', '90.7312']);
    const repeats = [30, 90, 180, 365].map((days) => repeat(events, days, 'merge', range));
    expect(repeats).toEqual([4115, 6887, 8827, 10810].map((repeated) => ({ total: 23570, mature: 23570, repeated })));
  });
});
