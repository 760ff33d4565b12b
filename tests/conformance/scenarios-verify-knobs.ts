import type { SampleModel } from './sample-manifest.ts';
import type { Scenario } from './scenario.ts';
import { csv, days, firsts, visits } from './visits.ts';

const closed: SampleModel = { ...days, name: 'marts.closed', incremental: { by: 'day', partial: false } };
const looked: SampleModel = {
  name: 'marts.orders',
  columns: 'day date, amount integer',
  key: ['day'],
  time: 'day',
  incremental: { by: 'day', lookback: '2 days' },
  sql: "select cast(happened at time zone 'UTC' as date) as day, cast(sum(amount) as bigint) as amount from raw.orders group by 1",
};

const deep = { do: 'verify', deep: true } as const;
const all = 'compared marts.closed marts.days marts.firsts raw.visits';

/** What the author's knobs leave otherwise than a rebuild would is named, and nothing else is let pass with it. */
export const knobScenarios: readonly Scenario[] = [
  {
    title: 'periods that wait for a backfill are not held to a rebuild, and all others are',
    models: [visits, days, firsts, closed],
    steps: [
      {
        files: {
          'data/1.csv': csv(
            '1,a,2025-03-01T10:00Z,2025-03-01T10:00Z',
            '2,b,2025-03-19T10:00Z,2025-03-19T10:00Z',
            '3,a,2025-03-20T10:00Z,2025-03-20T12:00Z',
          ),
        },
        expect: {},
      },
      { upkeep: deep, expect: { told: [all] } },
      {
        files: {
          'data/2.csv': csv('4,c,2025-03-01T11:00Z,2025-03-20T13:00Z', '5,b,2025-03-15T09:00Z,2025-03-20T13:00Z'),
        },
        run: { threads: 1 },
        expect: {
          warnings: ['marts.days: rows came for a period older', 'marts.firsts: rows came for a period older'],
        },
      },
      {
        upkeep: deep,
        expect: {
          told: [
            'not compared marts.days: a period that waits for a backfill',
            'not compared marts.firsts: a period that waits for a backfill',
            all,
          ],
        },
      },
      {
        tamper: [
          "update {marts.days} set visits = 7 where day = date '2025-03-19'",
          "delete from {marts.firsts} where who = 'b'",
        ],
        upkeep: { ...deep, select: ['marts.days', 'marts.firsts'] },
        expect: {
          told: [
            'row-count marts.firsts',
            'rows marts.days: 1 row of a rebuild is not there, 1 row is there that a rebuild would not have [[{"day":"2025-03-19"}],[{"day":"2025-03-19"}]]',
            'rows marts.firsts: 1 row of a rebuild is not there [[{"who":"b"}],[]]',
            'not compared marts.days',
            'not compared marts.firsts',
            'compared',
          ],
        },
      },
      {
        upkeep: { do: 'rebuild', select: ['marts.days', 'marts.firsts'] },
        expect: { told: ['marts.days', 'marts.firsts', 'below'] },
      },
      { expect: {} },
      { upkeep: deep, expect: { told: [all] } },
    ],
  },
  {
    title: 'a state that is lost with a period that waits, and with an open one',
    models: [visits, days, closed],
    steps: [
      {
        files: {
          'data/1.csv': csv('1,a,2025-03-01T10:00Z,2025-03-01T10:00Z', '2,b,2025-03-20T10:00Z,2025-03-20T12:00Z'),
        },
        expect: {},
      },
      {
        files: { 'data/2.csv': csv('4,c,2025-03-01T11:00Z,2025-03-20T13:00Z') },
        expect: { warnings: ['marts.days: rows came for a period older'] },
      },
      {
        tamper: ['drop schema etalon_state cascade'],
        upkeep: { do: 'adopt' },
        expect: {
          told: [
            'adopted raw.visits',
            'adopted marts.closed',
            'given-up marts.days: its rows are not those of a rebuild: 1 row missing, 1 more',
            'tests done',
          ],
          state: {
            "select count(*), sum(row_count) from etalon_state.periods where model = 'marts.closed'": ['1', '1'],
          },
        },
      },
      { expect: { steps: { 'marts.closed': 'fresh', 'marts.days': 'built: it was given up' } } },
      { upkeep: deep, expect: { told: ['compared marts.closed marts.days raw.visits'] } },
    ],
  },
  {
    title: 'what `lookback` leaves alone is not held to a rebuild',
    models: [
      {
        name: 'raw.orders',
        columns: 'id integer, happened timestamp, amount integer',
        source: { from: 'table', table: 'app.orders' },
      },
      looked,
    ],
    steps: [
      {
        sql: [
          'create schema app',
          'create table app.orders (id bigint, happened timestamptz, amount bigint)',
          "insert into app.orders values (1, '2025-03-01T10:00:00Z', 5), (2, '2025-03-09T10:00:00Z', 6), (3, '2025-03-10T10:00:00Z', 7)",
        ],
        expect: {},
      },
      {
        sql: ['update app.orders set amount = amount + 1'],
        expect: { repaired: { 'marts.orders': 4 } },
      },
      {
        upkeep: deep,
        expect: {
          told: [
            'not compared marts.orders: periods before 2025-03-08, which `lookback` leaves alone',
            'not compared raw.orders',
            'compared marts.orders',
          ],
        },
      },
      {
        tamper: ["update {marts.orders} set amount = 1 where day >= date '2025-03-09'"],
        upkeep: deep,
        expect: {
          told: [
            'rows marts.orders: 2 rows of a rebuild are not there',
            'not compared marts.orders',
            'not compared raw',
            'compared',
          ],
        },
      },
    ],
    rebuild: { equal: false, because: 'the author says that changes further back are not seen' },
  },
];
