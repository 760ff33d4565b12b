import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadParser } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/index.ts';
import { listRunnableEngines, type TestTarget } from '../support/engines.ts';
import { ask, compileForm, type Row } from './cohort/ask.ts';
import { type Calendar, dayOf, instant } from './cohort/clock.ts';
import type { Asked } from './cohort/log.ts';

/** What the random logs do not reach: hours, ranges without an end, dimensions, funnels by period. Worked out by hand. */
const row = (entity: string, at: string, kind: Row['kind'] = 'back', more: Partial<Row> = {}): Omit<Row, 'key'> => ({
  entity,
  at: instant(at),
  kind,
  ...more,
});
const log = (...rows: Omit<Row, 'key'>[]): Row[] => rows.map((one, i) => ({ ...one, key: i + 1 }));

function asked(from: string, to: string, asOf: string, zone = 'UTC'): Asked {
  const calendar: Calendar = { zone, weekStart: 1 };
  return { calendar, from: dayOf(from), to: dayOf(to), asOf: instant(asOf) };
}

/** Without `from` and `to`. */
const open = { from: undefined, to: undefined } as never;

describe.each(listRunnableEngines())('on $name', (under) => {
  let target: TestTarget;
  let engine: Engine;
  beforeAll(async () => {
    await loadParser();
    target = await under.prepare();
    engine = await target.open();
  });
  afterAll(() => target.drop());

  it('hours of a calendar whose zone is half an hour off, and hours elapsed', async () => {
    const rows = log(
      row('a', '2025-06-10T06:40:00Z', 'start'),
      row('a', '2025-06-10T07:29:59.999999Z'),
      row('a', '2025-06-10T08:30:00Z'),
      row('b', '2025-06-10T07:00:00Z', 'start'),
      row('b', '2025-06-10T07:30:00Z'),
    );
    const range = asked('2025-06-10', '2025-06-11', '2025-06-10T12:00:00Z', 'Asia/Kolkata');
    const by = (knobs: object) =>
      compileForm('retention', { cohort: 'group', return: 'back', every: 'hour', periods: 2, ...knobs });
    const calendar = (await ask(engine, by({}), rows, range)).filter((r) => r.size !== 0 && r.size !== null);
    // The hour of both begins at 06:30 UTC.
    expect(calendar.map((r) => [r.k, r.size, r.returned])).toEqual([
      [0, 2, 2],
      [1, 2, 1],
      [2, 2, 1],
    ]);
    const rolling = (await ask(engine, by({ interval: 'rolling' }), rows, range)).filter(
      (r) => r.size !== 0 && r.size !== null,
    );
    expect(rolling.map((r) => [r.k, r.size, r.returned])).toEqual([
      [0, 2, 2],
      [1, 2, 1],
      [2, 2, 0],
    ]);
  });

  it('elapsed stretches of 36 hours, cohorts by day', async () => {
    const rows = log(
      row('a', '2025-06-10T00:00:00Z', 'start'),
      row('a', '2025-06-11T11:59:59.999999Z'),
      row('b', '2025-06-10T00:00:00Z', 'start'),
      row('b', '2025-06-11T12:00:00Z'),
    );
    const metric = compileForm('retention', {
      cohort: 'group',
      return: 'back',
      every: '36 hours',
      periods: 1,
      interval: 'rolling',
    });
    const answer = await ask(engine, metric, rows, asked('2025-06-10', '2025-06-11', '2025-07-01T00:00:00Z'));
    expect(answer.map((r) => [r.cohort, r.k, r.returned, r.state])).toEqual([
      ['2025-06-10', 0, 2, 'final'],
      ['2025-06-10', 1, 1, 'final'],
    ]);
  });

  it('a range without ends goes from the first cohort to the last, with what is empty between', async () => {
    const rows = log(row('a', '2025-06-01T10:00:00Z', 'start'), row('b', '2025-06-03T10:00:00Z', 'start'));
    const metric = compileForm('retention', { cohort: 'group', return: 'back', every: 'day', periods: 0 });
    const range = asked('2025-06-01', '2025-06-02', '2025-07-01T00:00:00Z');
    const answer = await ask(engine, metric, rows, range, open);
    expect(answer.map((r) => [r.cohort, r.size, r.state])).toEqual([
      ['2025-06-01', 1, 'final'],
      ['2025-06-02', 0, 'empty'],
      ['2025-06-03', 1, 'final'],
    ]);
    expect(await ask(engine, metric, [], range, open)).toEqual([]);
  });

  it('dimensions of the anchor, a condition on them, and the mean by them', async () => {
    const rows = log(
      row('a', '2025-06-01T10:00:00Z', 'start', { order: 'x' }),
      row('a', '2025-06-02T10:00:00Z', 'back', { order: 'y' }),
      row('b', '2025-06-01T10:00:00Z', 'start', { order: null }),
      row('c', '2025-06-02T10:00:00Z', 'start', { order: 'x' }),
    );
    const metric = compileForm(
      'retention',
      { cohort: 'group', return: 'back', every: 'day', periods: 1 },
      { anchor: 'start', by: ['order_id'] },
    );
    const range = asked('2025-06-01', '2025-06-03', '2025-07-01T00:00:00Z');
    const cells = await ask(engine, metric, rows, range, { by: ['order_id'] });
    expect(cells.map((r) => [r.cohort, r.order_id, r.k, r.returned])).toEqual([
      ['2025-06-01', 'x', 0, 1],
      ['2025-06-01', 'x', 1, 1],
      ['2025-06-01', null, 0, 1],
      ['2025-06-01', null, 1, 0],
      ['2025-06-02', 'x', 0, 1],
      ['2025-06-02', 'x', 1, 0],
    ]);
    const means = await ask(engine, metric, rows, range, { by: ['k', 'order_id'] });
    expect(means.map((r) => [r.order_id, r.k, r.size, r.rate])).toEqual([
      ['x', 0, 2, 1],
      ['x', 1, 2, 0.5],
      [null, 0, 1, 1],
      [null, 1, 1, 0],
    ]);
    const some = await ask(engine, metric, rows, range, { by: ['k'], where: "order_id = 'x'" });
    expect(some.map((r) => [r.k, r.size])).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it('lifetime value by cohort and dimension, a cohort of nobody among them', async () => {
    const rows = log(
      row('a', '2025-01-05T00:00:00Z', 'spend', { value: 10, order: 'x' }),
      row('b', '2025-03-05T00:00:00Z', 'spend', { value: 30, order: 'y' }),
    );
    const metric = compileForm(
      'ltv',
      { cohort: 'group', activity: 'spend', horizons: ['30 days'], every: 'month' },
      { anchor: 'spend', by: ['order_id'] },
    );
    const range = asked('2025-01-01', '2025-04-01', '2025-06-01T00:00:00Z');
    expect((await ask(engine, metric, rows, range)).map((r) => [r.cohort, r.n_total, r.ltv, r.state])).toEqual([
      ['2025-01-01', 1, 10, 'final'],
      ['2025-02-01', 0, null, 'empty'],
      ['2025-03-01', 1, 30, 'final'],
    ]);
    const cut = await ask(engine, metric, rows, range, { by: ['horizon', 'order_id'] });
    expect(cut.map((r) => [r.horizon, r.order_id, r.ltv])).toEqual([
      ['30 days', 'x', 10],
      ['30 days', 'y', 30],
    ]);
  });

  it('repeats by the week of the first', async () => {
    const rows = log(
      row('a', '2025-01-06T10:00:00Z'),
      row('a', '2025-01-08T10:00:00Z'),
      row('b', '2025-01-20T10:00:00Z'),
    );
    const metric = compileForm('repeat', { activity: 'back', within: '7 days', every: 'week' });
    const answer = await ask(engine, metric, rows, asked('2025-01-06', '2025-01-27', '2025-01-25T00:00:00Z'), {
      by: ['cohort'],
    });
    expect(answer.map((r) => [r.cohort, r.n_total, r.n_mature, r.repeated, r.rate, r.state])).toEqual([
      ['2025-01-06', 1, 1, 1, 1, 'final'],
      ['2025-01-13', 0, 0, null, null, 'empty'],
      ['2025-01-20', 1, 0, null, null, 'unobservable'],
    ]);
  });

  it('stickiness of hours in a day of 23, of weeks in a month, and trailing', async () => {
    const berlin = asked('2025-03-30', '2025-03-31', '2025-05-01T00:00:00Z', 'Europe/Berlin');
    const hours = log(
      row('a', '2025-03-29T23:10:00Z'),
      row('a', '2025-03-30T05:10:00Z'),
      row('b', '2025-03-30T05:50:00Z'),
    );
    const ofHours = compileForm('stickiness', { activity: 'back', of: 'hour', in: 'day' });
    const [day] = await ask(engine, ofHours, hours, berlin);
    expect(day!.rate).toBeCloseTo(3 / (2 * 23), 8);
    // March 2025 has days of six weeks from Monday.
    const weeks = log(
      row('a', '2025-03-01T10:00:00Z'),
      row('a', '2025-03-31T10:00:00Z'),
      row('b', '2025-03-12T10:00:00Z'),
    );
    const ofWeeks = compileForm('stickiness', { activity: 'back', of: 'week', in: 'month' });
    const [month] = await ask(engine, ofWeeks, weeks, asked('2025-03-01', '2025-04-01', '2025-05-01T00:00:00Z'));
    expect(month!.rate).toBeCloseTo(3 / (2 * 6), 8);
    const trailing = compileForm('stickiness', { activity: 'back', of: 'day', in: 'week', window: 'trailing' });
    const last = await ask(engine, trailing, weeks, asked('2025-03-31', '2025-04-14', '2025-05-01T00:00:00Z'));
    expect(last.map((r) => [r.week, r.rate])).toEqual([
      ['2025-03-31', 0],
      ['2025-04-07', null],
    ]);
  });

  it('who returned, over all of a range', async () => {
    const rows = log(
      row('a', '2025-01-01T00:00:00Z'),
      row('a', '2025-01-09T00:00:00Z'),
      row('a', '2025-01-19T00:00:00Z'),
      row('b', '2025-01-02T00:00:00Z'),
    );
    const metric = compileForm('returned', { activity: 'back', after: '7 days' });
    expect(await ask(engine, metric, rows, asked('2025-01-01', '2025-02-01', '2025-03-01T00:00:00Z'))).toEqual([
      { m: 1, state: 'final' },
    ]);
    expect(await ask(engine, metric, rows, asked('2025-03-01', '2025-04-01', '2025-03-01T00:00:00Z'))).toEqual([
      { m: null, state: 'unobservable' },
    ]);
  });

  it('a funnel by the day of its entries; final when all their time is over', async () => {
    const rows = log(
      row('a', '2025-01-05T23:30:00Z', 'start'),
      row('a', '2025-01-06T00:10:00Z'),
      row('b', '2025-01-06T10:00:00Z', 'start'),
      row('c', '2025-01-06T23:30:00Z', 'start'),
    );
    const metric = compileForm('funnel', { steps: ['start', 'back'], within: '1 hour' });
    const range = asked('2025-01-05', '2025-01-08', '2025-01-07T00:00:00Z');
    const answer = await ask(engine, metric, rows, range, { grain: 'day' });
    expect(answer.map((r) => [r.day, r.step, r.entities, r.rate, r.step_rate, r.state])).toEqual([
      ['2025-01-05', 1, 1, 1, null, 'final'],
      ['2025-01-05', 2, 1, 1, 1, 'final'],
      ['2025-01-06', 1, 1, 1, null, 'partial'],
      ['2025-01-06', 2, 0, 0, 0, 'partial'],
      ['2025-01-07', 1, null, null, null, 'unobservable'],
      ['2025-01-07', 2, null, null, null, 'unobservable'],
    ]);
  });

  it('steps of two models, which a tie in time does not put in order, and a step that is made of several', async () => {
    const rows = log(
      row('a', '2025-01-05T10:00:00Z', 'start'),
      row('a', '2025-01-05T10:00:00Z', 'back', { model: 'others' }),
      row('b', '2025-01-05T10:00:00Z', 'start'),
      row('b', '2025-01-05T10:00:00.000001Z', 'back', { model: 'others' }),
      row('c', '2025-01-05T10:00:00Z', 'start'),
      row('c', '2025-01-05T10:00:00Z', 'back'),
    );
    const metric = compileForm('funnel', { steps: ['start', 'either'], within: '1 hour' });
    const answer = await ask(engine, metric, rows, asked('2025-01-05', '2025-01-06', '2025-01-07T00:00:00Z'));
    expect(answer.map((r) => r.entities)).toEqual([3, 2]);
  });

  it('what stands between two steps in strict order, where several events of a model are at one instant', async () => {
    const rows = log(
      row('a', '2025-01-05T10:00:00Z', 'start', { model: 'others' }),
      row('a', '2025-01-05T11:00:00Z', 'done'),
      row('a', '2025-01-05T11:00:00Z', 'start'),
      row('b', '2025-01-05T10:00:00Z', 'start', { model: 'others' }),
      row('b', '2025-01-05T11:00:00Z', 'start'),
      row('b', '2025-01-05T11:00:00Z', 'done'),
    );
    const metric = compileForm('funnel', { steps: ['other', 'start', 'done'], within: '2 hours', order: 'strict' });
    const answer = await ask(engine, metric, rows, asked('2025-01-05', '2025-01-06', '2025-01-07T00:00:00Z'));
    expect(answer.map((r) => r.entities)).toEqual([2, 1, 1]);
  });

  it('one activity as two steps: an event does not follow itself', async () => {
    const rows = log(
      row('a', '2025-01-05T10:00:00Z'),
      row('b', '2025-01-05T10:00:00Z'),
      row('b', '2025-01-05T10:30:00Z'),
    );
    for (const order of ['sequential', 'strict']) {
      const metric = compileForm('funnel', { steps: ['back', 'back'], within: '1 hour', order });
      const answer = await ask(engine, metric, rows, asked('2025-01-05', '2025-01-06', '2025-01-07T00:00:00Z'));
      expect(
        answer.map((r) => r.entities),
        order,
      ).toEqual([2, 1]);
    }
  });

  it('periods of a form without ends of a range: from the first event to the instant of the data', async () => {
    const rows = log(row('a', '2025-06-01T10:00:00Z'), row('a', '2025-06-02T10:00:00Z'));
    const metric = compileForm('lifecycle', { activity: 'back', every: 'day' });
    const range = asked('2025-06-01', '2025-06-02', '2025-06-03T12:00:00Z');
    const answer = await ask(engine, metric, rows, range, open);
    expect(answer.map((r) => [r.day, r.new, r.returning, r.dormant, r.state])).toEqual([
      ['2025-06-01', 1, 0, 0, 'final'],
      ['2025-06-02', 0, 1, 0, 'final'],
      ['2025-06-03', 0, 0, 1, 'partial'],
    ]);
    expect(await ask(engine, metric, [], range, open)).toEqual([]);
  });
});
