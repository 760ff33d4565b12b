import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';
import { csv, days, firsts, visits } from './visits.ts';

/* Knobs of incremental models that go by time: `late`, and the backfill that repairs what waited behind it. */

const months: SampleModel = {
  name: 'marts.months',
  columns: 'month date, visits integer',
  key: ['month'],
  time: 'month',
  incremental: 'month',
  sql: "select cast(date_trunc('month', day) as date) as month, cast(sum(visits) as bigint) as visits from marts.days group by 1",
};

const first = csv(
  '1,a,2025-03-01T10:00Z,2025-03-01T10:00Z',
  '2,b,2025-03-19T10:00Z,2025-03-19T10:00Z',
  '3,a,2025-03-20T10:00Z,2025-03-20T12:00Z',
);
const tooLate = csv('4,c,2025-03-01T11:00Z,2025-03-20T13:00Z', '5,a,2025-03-15T09:00Z,2025-03-20T13:00Z');

const statusOf = (model: string) =>
  `select coalesce(string_agg(cast(period_from as varchar) || ' ' || status || ' ' || coalesce(cast(row_count as varchar), '-'), '; ' order by period_from), '') from etalon_state.periods where model = '${model}' and status <> 'done'`;

export const lateScenarios: readonly Scenario[] = [
  {
    title:
      'a row within `late` repairs its day; an older one waits, is told, and a backfill repairs it and what is below',
    models: [visits, days, months],
    rebuild: { equal: false, because: 'nothing waits in the first build of a table' },
    steps: [
      {
        files: { 'data/1.csv': first },
        expect: {
          tables: {
            'marts.days': [
              ['2025-03-01', '1'],
              ['2025-03-19', '1'],
              ['2025-03-20', '1'],
            ],
          },
        },
      },
      {
        files: { 'data/2.csv': tooLate },
        expect: {
          repaired: { 'marts.days': 1, 'marts.months': 2 },
          warnings: ['marts.days: rows came for a period older than `late: 10 days` (2025-03-01)'],
          tables: {
            'marts.days': [
              ['2025-03-01', '1'],
              ['2025-03-15', '1'],
              ['2025-03-19', '1'],
              ['2025-03-20', '1'],
            ],
            'marts.months': [['2025-03-01', '4']],
          },
          state: {
            "select status, row_count from etalon_state.periods where model = 'marts.days' and period_from = timestamptz '2025-03-01 00:00:00+00'":
              ['late', '1'],
          },
        },
      },
      { expect: { steps: { 'marts.days': 'fresh' }, writes: 0 } },
      {
        backfill: { from: '2025-03-01', to: '2025-03-02' },
        expect: {
          repaired: { 'marts.days': 2 },
          tables: {
            'marts.days': [
              ['2025-03-01', '2'],
              ['2025-03-15', '1'],
              ['2025-03-19', '1'],
              ['2025-03-20', '1'],
            ],
            'marts.months': [['2025-03-01', '5']],
          },
          state: {
            "select status, row_count from etalon_state.periods where model = 'marts.days' and period_from = timestamptz '2025-03-01 00:00:00+00'":
              ['done', '1'],
            "select count(*), count(*) filter (where status = 'done') from etalon_state.backfill_batches": ['4', '2'],
          },
        },
      },
      { expect: { steps: { 'marts.days': 'fresh', 'marts.months': 'fresh' }, writes: 0 } },
    ],
  },
  {
    title: 'where units are keys, a key with a row too late stays whole as it is until the backfill',
    models: [visits, firsts],
    rebuild: { equal: false, because: 'nothing waits in the first build of a table' },
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      {
        files: {
          'data/2.csv': csv('4,c,2025-03-01T11:00Z,2025-03-20T13:00Z', '5,b,2025-03-15T09:00Z,2025-03-20T13:00Z'),
        },
        expect: {
          repaired: { 'marts.firsts': 2 },
          warnings: ['marts.firsts: rows came for a period older than `late: 10 days` (2025-03-01)'],
          tables: {
            'marts.firsts': [
              ['a', '2025-03-01T10:00:00Z'],
              ['b', '2025-03-15T09:00:00Z'],
            ],
          },
          state: { [statusOf('marts.firsts')]: ['2025-03-01 00:00:00+00 late 1'] },
        },
      },
      {
        backfill: { from: '2025-02-01', to: '2025-04-01', select: ['marts.firsts'] },
        expect: {
          repaired: { 'marts.firsts': 1 },
          tables: {
            'marts.firsts': [
              ['a', '2025-03-01T10:00:00Z'],
              ['b', '2025-03-15T09:00:00Z'],
              ['c', '2025-03-01T11:00:00Z'],
            ],
          },
          state: { [statusOf('marts.firsts')]: [''] },
        },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'a backfill goes in batches, each a unit of work with its mark, the newest first where asked',
    models: [visits, { ...days, incremental: { by: 'day', batch: '7 days' } }, months],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      { sql: [], files: { 'data/2.csv': tooLate }, expect: { repaired: { 'marts.days': 3 } } },
      {
        backfill: { from: '2025-03-01', to: '2025-03-21', select: ['marts.days'], newestFirst: true },
        expect: {
          repaired: { 'marts.days': 0 },
          state: {
            "select day_from, day_to from etalon_state.backfill_batches where number = 1 and status = 'done'": [
              '2025-03-15',
              '2025-03-21',
            ],
            "select count(*) from etalon_state.backfill_batches where status = 'done'": ['3'],
          },
        },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'what arrived and was not computed yet is not lost in a backfill of other days',
    models: [visits, { ...days, incremental: 'day' }, months],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      { files: { 'data/2.csv': tooLate }, run: { select: ['raw.visits'] }, expect: {} },
      {
        backfill: { from: '2025-03-01', to: '2025-03-02', select: ['marts.days'] },
        expect: {
          repaired: { 'marts.days': 2 },
          tables: {
            'marts.days': [
              ['2025-03-01', '2'],
              ['2025-03-19', '1'],
              ['2025-03-20', '1'],
            ],
          },
        },
      },
      {
        expect: {
          repaired: { 'marts.days': 1 },
          tables: {
            'marts.days': [
              ['2025-03-01', '2'],
              ['2025-03-15', '1'],
              ['2025-03-19', '1'],
              ['2025-03-20', '1'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a day that waited is counted whole once `late` is taken away and a row comes for it',
    models: [visits, days],
    steps: [
      { files: { 'data/1.csv': first }, expect: {} },
      { files: { 'data/2.csv': tooLate }, expect: { repaired: { 'marts.days': 1 } } },
      {
        models: [visits, { ...days, incremental: 'day' }],
        files: { 'data/3.csv': csv('6,d,2025-03-01T12:00Z,2025-03-20T14:00Z') },
        expect: {
          repaired: { 'marts.days': 2 },
          tables: {
            'marts.days': [
              ['2025-03-01', '3'],
              ['2025-03-15', '1'],
              ['2025-03-19', '1'],
              ['2025-03-20', '1'],
            ],
          },
        },
      },
    ],
  },
];
