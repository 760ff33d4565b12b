import type { Scenario } from './scenario.ts';

/* Tracking plans: what is bad is told by test, kept, and counted per day and event. */

const project = `project: shop
language: 1
calendar: {timezone: Europe/Berlin}
targets: {dev: {engine: duckdb, path: target/shop.duckdb}}
`;

const plan = (catalog: string, more = '') => `source: {files: data/*.jsonl, on_change: reload}
loaded_at: at
key: id
columns:
  id: {type: text, required: true}
  name: text
  at: {type: timestamp, required: true}
  who: {type: text, pii: id}
  version: integer
  properties: json
events:
  name: name
  version: version
${more}  catalog:
${catalog}`;

const catalog = `    opened:
    paid: {requires: [order_id, who, cart.total], since: 2, renamed_from: payment_done, owner: billing}
`;

const clean = `from: raw.events
key: id
time: at
incremental: {by: day}
columns: {id: , event: {event: raw.events}, at: , who: }
`;

const event = (
  id: string,
  name: string | null,
  at: string,
  version: number | null,
  who: string | null,
  properties: object,
) => JSON.stringify({ id, name, at, who, version, properties });
const lines = (...events: readonly string[]) => `${events.join('\n')}\n`;
const whole = { order_id: 7, cart: { total: 9.5 } };

const first = lines(
  event('a', 'opened', '2025-03-01T10:00:00Z', 1, null, {}),
  event('b', 'payment_done', '2025-03-01T11:00:00Z', 1, null, {}),
  event('c', 'paid', '2025-03-01T22:59:00Z', 2, 'u', whole),
  event('d', 'paid', '2025-03-01T23:00:00Z', 2, 'u', { order_id: null, cart: { total: 3 } }),
  event('e', 'payment_done', '2025-03-02T10:00:00Z', 2, 'u', { order_id: 1 }),
  event('f', 'clicked_42', '2025-03-02T10:00:00Z', 2, null, {}),
  event('g', 'mail ann@x.test', '2025-03-02T11:00:00Z', 2, null, {}),
);

/** The account as one text: day, event, property, events, bad, unknown. */
const account =
  "select string_agg(coalesce(cast(day as varchar), '-') || ' ' || coalesce(event, '-') || ' ' || coalesce(property, '*') || ' ' || cast(events as varchar) || '/' || cast(bad as varchar) || '/' || cast(unknown as varchar), '; ' order by day, event, property nulls first) from etalon_state.events_by_day";

const ofFirst = [
  '2025-03-01 opened * 1/0/0',
  '2025-03-01 paid * 2/0/0',
  '2025-03-01 paid cart.total 1/0/0',
  '2025-03-01 paid order_id 1/0/0',
  '2025-03-01 paid who 1/0/0',
  '2025-03-02 clicked_# * 1/1/1',
  '2025-03-02 paid * 2/2/0',
  '2025-03-02 paid cart.total 2/1/0',
  '2025-03-02 paid order_id 2/1/0',
  '2025-03-02 paid who 2/0/0',
  '2025-03-02 - * 1/1/1',
];

export const eventScenarios: readonly Scenario[] = [
  {
    title:
      'a tracking plan warns of unknown events and missing properties, counts them per day and event, and takes an old name for the new one',
    project: {
      'project.yml': project,
      'models/raw/events.yml': plan(catalog, '  missing: {max: 10%}\n'),
      'models/clean/events.yml': clean,
    },
    steps: [
      {
        files: { 'data/1.jsonl': first },
        expect: {
          tests: { 'raw.events.events.unknown': 'warned', 'raw.events.events.paid': 'warned' },
          state: {
            [account]: [ofFirst.join('; ')],
            "select message from etalon_state.test_results where test = 'raw.events.events.unknown'": [
              'every event is in the tracking plan: 2 of 7 events fail',
            ],
            "select message from etalon_state.test_results where test = 'raw.events.events.paid'": [
              '`paid` (once `payment_done`) carries `order_id`, `who` and `cart.total`, from `version` 2 on: 2 of 3 events fail',
            ],
            "select string_agg(row_keys, ' ' order by number) from etalon_state.failures where test = 'raw.events.events.paid'":
              ['{"id":"d","name":"paid"} {"id":"e","name":"payment_done"}'],
          },
          tables: {
            'clean.events': [
              ['a', 'opened', '2025-03-01T10:00:00Z', null],
              ['b', 'paid', '2025-03-01T11:00:00Z', null],
              ['c', 'paid', '2025-03-01T22:59:00Z', 'u'],
              ['d', 'paid', '2025-03-01T23:00:00Z', 'u'],
              ['e', 'paid', '2025-03-02T10:00:00Z', 'u'],
              ['f', 'clicked_42', '2025-03-02T10:00:00Z', null],
              ['g', 'mail ann@x.test', '2025-03-02T11:00:00Z', null],
            ],
          },
        },
      },
      {
        // More of the same days: what comes is added to the account and to the counts of the tests.
        files: {
          'data/2.jsonl': lines(
            event('h', 'paid', '2025-03-02T12:00:00Z', 1, 'u', whole),
            event('i', 'paid', '2025-03-02T12:00:00Z', null, 'u', {}),
            event('j', null, '2025-03-03T12:00:00Z', 2, null, {}),
          ),
        },
        expect: {
          tests: { 'raw.events.events.unknown': 'warned', 'raw.events.events.paid': 'warned' },
          state: {
            "select failing, tested from etalon_state.test_results where test = 'raw.events.events.unknown' order by run_number desc":
              ['4', '10'],
            "select events, bad, unknown from etalon_state.events_by_day where event = 'paid' and property is null and day = '2025-03-02'":
              ['4', '3', '1'],
            "select events, bad, unknown from etalon_state.events_by_day where event is null and day = '2025-03-03'": [
              '1',
              '1',
              '1',
            ],
            'select count(distinct build) from etalon_state.event_counts': ['2'],
          },
        },
      },
      {
        // A file that is loaded again takes its events out of the account first.
        files: { 'data/1.jsonl': lines(event('a', 'opened', '2025-03-01T10:00:00Z', 1, null, {})) },
        expect: {
          tests: { 'raw.events.events.unknown': 'warned', 'raw.events.events.paid': 'passed' },
          state: {
            [account]: ['2025-03-01 opened * 1/0/0; 2025-03-02 paid * 2/1/1; 2025-03-03 - * 1/1/1'],
            "select failing, tested from etalon_state.test_results where test = 'raw.events.events.unknown' order by run_number desc":
              ['2', '4'],
          },
        },
      },
      {
        // Another plan: the rows are the same, the account is made anew.
        project: {
          'project.yml': project,
          'models/raw/events.yml': plan(catalog.replace('since: 2', 'since: 1'), '  missing: {max: 10%}\n'),
          'models/clean/events.yml': clean,
        },
        expect: {
          steps: { 'raw.events': 'fresh: 2 data tests are due' },
          tests: { 'raw.events.events.unknown': 'warned', 'raw.events.events.paid': 'passed' },
          state: {
            [account]: [
              '2025-03-01 opened * 1/0/0; 2025-03-02 paid * 2/0/0; 2025-03-02 paid cart.total 1/0/0; 2025-03-02 paid order_id 1/0/0; 2025-03-02 paid who 1/0/0; 2025-03-03 - * 1/1/1',
            ],
          },
        },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'a tracking plan that says so keeps the rows back, and what is below waits',
    project: {
      'project.yml': project,
      'models/raw/events.yml': plan(catalog.replace('owner: billing', 'severity: error'), '  unknown: {max: 1 row}\n'),
      'models/clean/events.yml': clean,
    },
    rebuild: { equal: false, because: 'the rows that were kept back are in the files' },
    steps: [
      {
        files: { 'data/1.jsonl': lines(event('c', 'paid', '2025-03-01T22:59:00Z', 2, 'u', whole)) },
        expect: { tests: { 'raw.events.events.unknown': 'passed', 'raw.events.events.paid': 'passed' } },
      },
      {
        files: { 'data/2.jsonl': lines(event('d', 'paid', '2025-03-02T22:59:00Z', 2, 'u', {})) },
        expect: {
          exit: 5,
          steps: {
            'raw.events': 'failed: a data test failed: `raw.events.events.paid`',
            'clean.events': 'skipped: `raw.events` failed',
          },
          tables: { 'clean.events': [['c', 'paid', '2025-03-01T22:59:00Z', 'u']] },
          state: { 'select sum(events), sum(bad) from etalon_state.events_by_day where property is null': ['1', '0'] },
        },
      },
      {
        files: { 'data/2.jsonl': lines(event('d', 'paied', '2025-03-02T22:59:00Z', 2, 'u', {})) },
        expect: {
          tests: { 'raw.events.events.unknown': 'passed', 'raw.events.events.paid': 'passed' },
          state: { 'select sum(events), sum(bad) from etalon_state.events_by_day where property is null': ['2', '1'] },
        },
      },
    ],
  },
  {
    title: 'of a table that others write, the account is made anew with every arrival',
    project: {
      'project.yml': project,
      'models/raw/events.yml': `source: {table: app.events}
loaded_at: at
columns: {id: integer, name: text, at: timestamp, who: text}
events: {name: name, catalog: {opened: {requires: [who]}}}
`,
    },
    steps: [
      {
        sql: [
          'create schema app',
          'create table app.events (id bigint, name text, "at" timestamptz, who text)',
          "insert into app.events values (1, 'opened', '2025-03-01T10:00:00Z', 'u'), (2, 'opened', '2025-03-01T11:00:00Z', null)",
        ],
        expect: {
          tests: { 'raw.events.events.opened': 'warned', 'raw.events.events.unknown': 'passed' },
          state: { [account]: ['2025-03-01 opened * 2/1/0; 2025-03-01 opened who 2/1/0'] },
        },
      },
      {
        sql: ["insert into app.events values (3, 'oponed', '2025-03-01T12:00:00Z', null)"],
        expect: {
          tests: { 'raw.events.events.unknown': 'warned' },
          state: {
            [account]: ['2025-03-01 opened * 2/1/0; 2025-03-01 opened who 2/1/0; 2025-03-01 oponed * 1/1/1'],
            'select count(distinct build) from etalon_state.event_counts': ['1'],
          },
        },
      },
      {
        sql: [
          'delete from app.events where id = 2',
          "insert into app.events values (4, 'opened', '2025-03-02T12:00:00Z', 'u')",
        ],
        expect: {
          tests: { 'raw.events.events.opened': 'passed', 'raw.events.events.unknown': 'warned' },
          state: {
            [account]: [
              '2025-03-01 opened * 1/0/0; 2025-03-01 opened who 1/0/0; 2025-03-01 oponed * 1/1/1; 2025-03-02 opened * 1/0/0; 2025-03-02 opened who 1/0/0',
            ],
            'select count(distinct build) from etalon_state.event_counts': ['1'],
          },
        },
      },
      { expect: { writes: 0 } },
    ],
  },
];
