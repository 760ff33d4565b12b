import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';
import { csv, days as lateDays, visits } from './visits.ts';

/* `partial`, `lookback` and `reads`: periods that are computed although no change of theirs says so, and the ledger of periods. */

const days: SampleModel = { ...lateDays, incremental: { by: 'day', partial: false } };

const openVisits: SampleModel = {
  name: 'clean.visits',
  columns: 'id integer, who text, at timestamp',
  key: ['id'],
  time: 'at',
  incremental: { by: 'day', partial: false },
  sql: 'select id, who, at from (select *, row_number() over (partition by id order by seen desc, who) as copy from raw.visits) s where copy = 1',
};

/** The gap since the visit before of anybody: a window over all rows, which nothing can follow but what the author says. */
const gaps: SampleModel = {
  name: 'marts.gaps',
  columns: 'id integer, at timestamp, before timestamp',
  key: ['id'],
  time: 'at',
  incremental: { by: 'day', reads: { 'raw.visits': { before: '2 days' } } },
  sql: "select id, at, case when prior >= at - interval '1 day' then prior end as before from (select id, at, lag(at) over (order by at, id) as prior from raw.visits) s",
};

const foreign: SampleModel = {
  name: 'raw.orders',
  columns: 'id integer, at timestamp, amount integer',
  source: { from: 'table', table: 'app.orders' },
};

const looked: SampleModel = {
  name: 'marts.orders',
  columns: 'day date, amount integer',
  key: ['day'],
  time: 'day',
  incremental: { by: 'day', lookback: '2 days' },
  sql: "select cast(at at time zone 'UTC' as date) as day, cast(sum(amount) as bigint) as amount from raw.orders group by 1",
};

const ledger = (model: string) =>
  `select string_agg(cast(period_from as varchar) || ' ' || status || ' ' || cast(row_count as varchar), '; ' order by period_from) from etalon_state.periods where model = '${model}'`;

export const periodScenarios: readonly Scenario[] = [
  {
    title:
      'with `partial: false` the rows of a day come when it has ended, on the word of the sources and not of the clock',
    models: [visits, days, openVisits],
    steps: [
      {
        files: {
          'data/1.csv': csv('1,a,2025-03-01T10:00Z,2025-03-01T10:00Z', '2,b,2025-03-02T10:00Z,2025-03-02T10:00Z'),
        },
        expect: {
          tables: { 'marts.days': [['2025-03-01', '1']], 'clean.visits': [['1', 'a', '2025-03-01T10:00:00Z']] },
        },
      },
      {
        files: { 'data/2.csv': csv('3,b,2025-03-02T11:00Z,2025-03-02T12:00Z') },
        expect: { repaired: { 'marts.days': 0, 'clean.visits': 0 } },
      },
      {
        files: { 'data/3.csv': csv('4,c,2025-03-01T12:00Z,2025-03-03T00:00Z') },
        expect: {
          repaired: { 'marts.days': 3, 'clean.visits': 3 },
          tables: {
            'marts.days': [
              ['2025-03-01', '2'],
              ['2025-03-02', '2'],
            ],
            'clean.visits': [
              ['1', 'a', '2025-03-01T10:00:00Z'],
              ['2', 'b', '2025-03-02T10:00:00Z'],
              ['3', 'b', '2025-03-02T11:00:00Z'],
              ['4', 'c', '2025-03-01T12:00:00Z'],
            ],
          },
          state: { [ledger('marts.days')]: ['2025-03-01 00:00:00+00 done 1; 2025-03-02 00:00:00+00 done 1'] },
        },
      },
    ],
  },
  {
    title: 'the ledger tells the open day partial, and counts the rows of each day as they come and go',
    models: [visits, { ...openVisits, incremental: 'day' }],
    steps: [
      {
        files: {
          'data/1.csv': csv('1,a,2025-03-01T10:00Z,2025-03-01T10:00Z', '2,b,2025-03-02T10:00Z,2025-03-02T10:00Z'),
        },
        expect: {
          state: { [ledger('clean.visits')]: ['2025-03-01 00:00:00+00 done 1; 2025-03-02 00:00:00+00 partial 1'] },
        },
      },
      {
        files: {
          'data/2.csv': csv('2,b,2025-03-01T09:00Z,2025-03-03T10:00Z', '3,c,2025-03-03T09:00Z,2025-03-03T10:00Z'),
        },
        expect: {
          repaired: { 'clean.visits': 3 },
          state: {
            [ledger('clean.visits')]: [
              '2025-03-01 00:00:00+00 done 2; 2025-03-02 00:00:00+00 done 0; 2025-03-03 00:00:00+00 partial 1',
            ],
          },
        },
      },
    ],
  },
  {
    title: 'weeks and months of the ledger are those of the calendar',
    models: [
      visits,
      { ...openVisits, incremental: 'week' },
      { ...openVisits, name: 'clean.monthly', incremental: 'month' },
      { ...openVisits, name: 'clean.hourly', incremental: 'hour' },
    ],
    steps: [
      {
        files: {
          'data/1.csv': csv('1,a,2025-03-02T10:30Z,2025-03-04T10:00Z', '2,b,2025-03-03T10:00Z,2025-03-04T10:00Z'),
        },
        expect: {
          state: {
            [ledger('clean.visits')]: ['2025-02-24 00:00:00+00 done 1; 2025-03-03 00:00:00+00 partial 1'],
            [ledger('clean.monthly')]: ['2025-03-01 00:00:00+00 partial 2'],
            [ledger('clean.hourly')]: ['2025-03-02 10:00:00+00 done 1; 2025-03-03 10:00:00+00 done 1'],
          },
        },
      },
    ],
  },
  {
    title:
      'a window over all rows follows its input by what `reads` says: the days that look at a changed row, and no others',
    models: [visits, gaps],
    steps: [
      {
        files: {
          'data/1.csv': csv(
            '1,a,2025-03-01T10:00Z,2025-03-01T10:00Z',
            '2,b,2025-03-02T09:00Z,2025-03-02T10:00Z',
            '3,b,2025-03-05T09:00Z,2025-03-05T10:00Z',
          ),
        },
        expect: {
          tables: {
            'marts.gaps': [
              ['1', '2025-03-01T10:00:00Z', null],
              ['2', '2025-03-02T09:00:00Z', '2025-03-01T10:00:00Z'],
              ['3', '2025-03-05T09:00:00Z', null],
            ],
          },
        },
      },
      {
        files: {
          'data/2.csv': csv('4,c,2025-03-01T23:00Z,2025-03-06T10:00Z', '5,c,2025-03-04T12:00Z,2025-03-06T10:00Z'),
        },
        expect: {
          repaired: { 'marts.gaps': 6 },
          tables: {
            'marts.gaps': [
              ['1', '2025-03-01T10:00:00Z', null],
              ['2', '2025-03-02T09:00:00Z', '2025-03-01T23:00:00Z'],
              ['3', '2025-03-05T09:00:00Z', '2025-03-04T12:00:00Z'],
              ['4', '2025-03-01T23:00:00Z', '2025-03-01T10:00:00Z'],
              ['5', '2025-03-04T12:00:00Z', null],
            ],
          },
        },
      },
    ],
  },
  {
    title:
      'of a table that says nothing of arrivals the last days are always computed again, and older ones are not looked at',
    models: [foreign, looked],
    rebuild: { equal: false, because: 'a change older than `lookback` is not seen, as declared' },
    steps: [
      {
        sql: [
          'create schema app',
          'create table app.orders (id integer, "at" timestamptz, amount integer)',
          "insert into app.orders values (1, '2025-03-01T10:00:00Z', 1), (2, '2025-03-05T10:00:00Z', 2), (3, '2025-03-06T10:00:00Z', 3)",
        ],
        expect: {
          tables: {
            'marts.orders': [
              ['2025-03-01', '1'],
              ['2025-03-05', '2'],
              ['2025-03-06', '3'],
            ],
          },
        },
      },
      {
        sql: [
          'update app.orders set amount = amount * 10',
          "insert into app.orders values (4, '2025-03-07T10:00:00Z', 4)",
        ],
        expect: {
          repaired: { 'marts.orders': 5 },
          tables: {
            'marts.orders': [
              ['2025-03-01', '1'],
              ['2025-03-05', '20'],
              ['2025-03-06', '30'],
              ['2025-03-07', '4'],
            ],
          },
        },
      },
      {
        backfill: { from: '2025-03-01', to: '2025-03-02' },
        expect: {
          repaired: { 'marts.orders': 2 },
          tables: {
            'marts.orders': [
              ['2025-03-01', '10'],
              ['2025-03-05', '20'],
              ['2025-03-06', '30'],
              ['2025-03-07', '4'],
            ],
          },
        },
      },
    ],
  },
];
