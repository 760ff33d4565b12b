import type { Scenario } from './scenario.ts';

/* What came to a source, what of it was late, stamped in the future or refused, and how far models are complete. The clock of scenarios stands at 2025-06-01T00:00. */

const project = `project: shop
language: 1
calendar: {timezone: Europe/Berlin}
targets: {dev: {engine: duckdb, path: target/shop.duckdb}}
`;

const texts = {
  'project.yml': project,
  'models/raw/visits.yml':
    'source: {files: "visits/*.csv"}\nloaded_at: seen\ncolumns:\n  id: {type: integer, required: true}\n  at: timestamp\n  seen: timestamp\n',
  'models/clean/visits.yml':
    'from: raw.visits\nkey: id\ntime: visited_at\nincremental: {by: day}\ncolumns: {id: , visited_at: at}\n',
  'models/raw/rates.yml':
    'source: {files: "rates/*.csv"}\nloaded_at: day\ntime: day\ncolumns: {day: date, rate: "decimal(10,4)"}\n',
  'models/marts/days.yml': 'key: day\ntime: day\ncolumns: {day: date, visits: integer, rate: "decimal(10,4)"}\n',
  'models/marts/days.sql': `select v.day, v.visits, r.rate
from (select cast(visited_at as date) as day, count(*) as visits from clean.visits group by 1) as v
left join raw.rates as r on r.day = v.day
`,
};

const csv = (...rows: readonly string[]) => `id,at,seen\n${rows.join('\n')}\n`;
const arrivals = (source: string) =>
  `select rows_in, rows_late, rows_future, rows_rejected, reasons, first_time, last_time from etalon_state.arrivals where model = '${source}' order by build desc limit 1`;
const steps = (model: string) =>
  `select rows_in, rows_out, rows_late, rows_future, rows_rejected from etalon_state.steps where model = '${model}' order by run_number desc limit 1`;
const marks =
  "select string_agg(model || ' ' || coalesce(cast(fresh_through at time zone 'UTC' as varchar), '-') || ' ' || cast(complete_through at time zone 'UTC' as varchar), '; ' order by model) from etalon_state.versions where valid_to is null and model not like '%~_~_%' escape '~'";

export const countedArrivalScenarios: readonly Scenario[] = [
  {
    title:
      'rows of an earlier day, rows stamped in the future and refused rows are counted and told, and move no mark; models are complete as far as the least of their inputs',
    project: texts,
    steps: [
      {
        files: {
          'visits/1.csv': csv(
            '1,2025-05-10T10:00:00Z,2025-05-10T10:01:00Z',
            '2,2025-05-11T20:00:00Z,2025-05-11T20:01:00Z',
            // A clock that is ahead: it happened after the last row of all arrived.
            '3,2025-05-20T00:00:00Z,2025-05-11T20:00:30Z',
            ',2025-05-11T10:00:00Z,2025-05-11T20:01:00Z',
            '4,yesterday,2025-05-11T20:01:00Z',
            '5,today,2025-05-11T20:01:00Z',
          ),
          'rates/1.csv': 'day,rate\n2025-05-10,1.1\n2025-05-11,1.2\n',
        },
        expect: {
          state: {
            [arrivals('raw.visits')]: [
              '6',
              '0',
              '1',
              '3',
              '`at` is not a timestamp: 2; `id` is required and missing: 1',
              '2025-05-10T10:00:00Z',
              '2025-05-11T20:00:00Z',
            ],
            [arrivals('raw.rates')]: ['2', '0', '0', '0', null, '2025-05-09T22:00:00Z', '2025-05-10T22:00:00Z'],
            [steps('raw.visits')]: ['6', '3', '0', '1', '3'],
            [steps('marts.days')]: ['5', '3', null, null, null],
            [marks]: [
              'clean.visits 2025-05-11 20:00:00 2025-05-11 20:01:00; marts.days 2025-05-11 00:00:00 2025-05-11 00:00:00; raw.rates 2025-05-11 00:00:00 2025-05-11 00:00:00; raw.visits - 2025-05-11 20:01:00',
            ],
          },
        },
      },
      {
        // In Berlin 22:30 of the 10th is the 11th already: the last day seen, and not late.
        files: {
          'visits/2.csv': csv(
            '6,2025-05-10T22:30:00Z,2025-05-12T10:00:00Z',
            '7,2025-05-10T21:30:00Z,2025-05-12T10:00:00Z',
            '8,2025-04-01T10:00:00Z,2025-05-12T10:00:00Z',
            '9,2025-05-12T09:00:00Z,2031-01-01T00:00:00Z',
          ),
        },
        expect: {
          repaired: { 'clean.visits': 4 },
          state: {
            [arrivals('raw.visits')]: ['4', '2', '1', '0', null, '2025-04-01T10:00:00Z', '2025-05-12T09:00:00Z'],
            [steps('raw.visits')]: ['4', '7', '2', '1', '0'],
            "select complete_through from etalon_state.versions where model = 'clean.visits' and valid_to is null": [
              '2025-05-12T10:00:00Z',
            ],
          },
        },
      },
      { expect: { writes: 0 } },
      {
        // The same files, read anew: nothing was seen before.
        run: { fullRefresh: true, select: ['raw.visits'] },
        expect: {
          state: {
            [arrivals('raw.visits')]: [
              '10',
              '0',
              '2',
              '3',
              '`at` is not a timestamp: 2; `id` is required and missing: 1',
              '2025-04-01T10:00:00Z',
              '2025-05-12T09:00:00Z',
            ],
          },
        },
      },
    ],
    rebuild: { equal: false, because: 'the last run was of one source alone' },
  },
  {
    title: 'what arrives in a source table is counted by its log, and a row of the future each time that it is new',
    project: {
      'project.yml': project,
      'models/raw/visits.yml':
        'source: {table: app.visits}\nloaded_at: seen\ntime: at\ncolumns:\n  id: integer\n  at: timestamp\n  seen: timestamp\n',
      'models/clean/visits.yml': 'from: raw.visits\nkey: id\ntime: at\nincremental: {by: day}\ncolumns: {id: , at: }\n',
    },
    steps: [
      {
        sql: [
          'create schema app',
          'create table app.visits (id bigint, "at" timestamptz, seen timestamptz)',
          "insert into app.visits values (1, '2025-05-10T10:00:00Z', '2025-05-10T10:00:00Z'), (2, '2025-05-11T10:00:00Z', '2025-05-11T10:00:00Z')",
        ],
        expect: {
          state: {
            [arrivals('raw.visits')]: ['2', '0', '0', '0', null, '2025-05-10T10:00:00Z', '2025-05-11T10:00:00Z'],
          },
        },
      },
      {
        sql: [
          "insert into app.visits values (3, '2025-05-01T10:00:00Z', '2025-05-12T10:00:00Z'), (4, '2025-05-12T09:00:00Z', '2025-05-12T10:00:00Z'), (5, '2025-05-12T09:00:00Z', '2031-01-01T00:00:00Z')",
        ],
        expect: {
          repaired: { 'clean.visits': 3 },
          state: {
            [arrivals('raw.visits')]: ['3', '1', '1', '0', null, '2025-05-01T10:00:00Z', '2025-05-12T09:00:00Z'],
            [steps('raw.visits')]: ['3', '5', '1', '1', '0'],
            "select complete_through from etalon_state.versions where model = 'clean.visits' and valid_to is null": [
              '2025-05-12T10:00:00Z',
            ],
          },
        },
      },
      {
        sql: ["insert into app.visits values (6, '2025-05-13T09:00:00Z', '2025-05-13T10:00:00Z')"],
        expect: {
          state: {
            [arrivals('raw.visits')]: ['1', '0', '0', '0', null, '2025-05-13T09:00:00Z', '2025-05-13T09:00:00Z'],
          },
        },
      },
    ],
  },
  {
    title: 'a definition with more columns at the end breaks nobody; one with others is told as a warning',
    project: {
      'project.yml': project,
      'models/raw/visits.yml': texts['models/raw/visits.yml'],
      'models/marts/visits.yml': 'key: id\ncolumns: {id: integer, at: timestamp}\n',
      'models/marts/visits.sql': 'select id, "at" from raw.visits',
    },
    steps: [
      {
        files: { 'visits/1.csv': csv('1,2025-05-10T10:00:00Z,2025-05-10T10:01:00Z') },
        expect: { offers: [], warnings: [] },
      },
      {
        project: {
          'project.yml': project,
          'models/raw/visits.yml': texts['models/raw/visits.yml'],
          'models/marts/visits.yml': 'key: id\ncolumns: {id: integer, at: timestamp, seen: timestamp}\n',
          'models/marts/visits.sql': 'select id, "at", seen from raw.visits',
        },
        expect: { warnings: [], offers: ['marts.visits: readers see one column more, at the end: `seen`'] },
      },
      {
        project: {
          'project.yml': project,
          'models/raw/visits.yml': texts['models/raw/visits.yml'],
          'models/marts/visits.yml': 'key: id\ncolumns: {id: text, seen: timestamp}\n',
          'models/marts/visits.sql': 'select cast(id as text) as id, seen from raw.visits',
        },
        expect: {
          offers: [],
          warnings: ['marts.visits: readers see other columns from now on: `at` is gone; `id` is text and was integer'],
        },
      },
    ],
  },
];
