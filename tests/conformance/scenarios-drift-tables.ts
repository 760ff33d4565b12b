import type { Scenario } from './scenario.ts';

/* Columns that come to a table of others, leave it, or hold something else. */

const project = 'project: shop\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: target/shop.duckdb}}\n';

const raw = (more = '') =>
  `source: {table: app.orders}\nloaded_at: seen\ncolumns:\n  id: integer\n  amount: decimal(10,2)\n  seen: timestamp\n  note: text\n${more}`;

const texts = {
  'project.yml': project,
  'models/raw/orders.yml': raw(),
  'models/marts/orders.yml': 'key: id\nincremental: {by: key}\ncolumns: {id: integer, amount: "decimal(10,2)"}\n',
  'models/marts/orders.sql': 'select id, amount from raw.orders',
  'metrics/money.yml': 'from: marts.orders\nmetrics:\n  revenue: sum(amount)\n',
};

const columns = 'id bigint, amount numeric(10, 2), seen timestamptz, note varchar';
const create = (list = columns) => `create table app.orders (${list})`;
const first = ["(1, 10, '2025-01-01T00:00:00Z', 'a')", "(2, 20, '2025-01-02T00:00:00Z', 'b')"];
const createApp = ['create schema app', create(), `insert into app.orders values ${first.join(', ')}`];

/** As others change their table: by another one of that name. */
const replace = (list: string, rows: string) => [
  'drop table app.orders cascade',
  create(list),
  `insert into app.orders values ${rows}`,
];

const drift =
  "select coalesce(string_agg(kind || ' ' || column_name || ' ' || coalesce(type, '-') || coalesce(' ' || outcome, ''), '; ' order by column_name, since), '') from etalon_state.source_drift";

export const tableDriftScenarios: readonly Scenario[] = [
  {
    title: 'a column that comes to a source table is offered once, though no row has come; nothing is built',
    project: texts,
    steps: [
      { sql: createApp, expect: { offers: [], drift: [] } },
      { expect: { writes: 0 } },
      {
        sql: ['alter table app.orders add column channel varchar'],
        expect: {
          offers: [
            'raw.orders: a column is not declared: `channel`, first in `app.orders`; to read it, write under `columns:` (models/raw/orders.yml:7)\n  channel: text',
          ],
          warnings: [],
          steps: { 'raw.orders': 'fresh', 'marts.orders': 'fresh' },
          drift: ['added raw.orders.channel'],
          state: { [drift]: ['added channel text'] },
        },
      },
      { expect: { writes: 0, offers: [], drift: ['added raw.orders.channel'] } },
      {
        sql: ["insert into app.orders values (3, 30, '2025-01-03T00:00:00Z', 'c', 'web')"],
        expect: { offers: [], repaired: { 'marts.orders': 1 } },
      },
      {
        project: { ...texts, 'models/raw/orders.yml': raw('  channel: text\n') },
        expect: { drift: [], state: { [drift]: ['added channel text declared'] } },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'an offered column that leaves the table again is over',
    project: texts,
    steps: [
      {
        sql: [...createApp, 'alter table app.orders add column channel varchar'],
        expect: { drift: ['added raw.orders.channel'] },
      },
      {
        sql: ['alter table app.orders drop column channel'],
        expect: {
          offers: [],
          drift: [],
          steps: { 'raw.orders': 'fresh' },
          state: { [drift]: ['added channel text gone'] },
        },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'a source table that lost a column which definitions need is not read, and they are named',
    project: texts,
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: replace('id bigint, seen timestamptz, note varchar', "(1, '2025-01-01T00:00:00Z', 'a')"),
        expect: {
          exit: 5,
          steps: {
            'raw.orders': `failed: the column \`amount\` is gone from \`app.orders\`, and 2 definitions need it: nothing is loaded
  needed by marts.orders.amount  models/marts/orders.yml:3
  needed by metric revenue  metrics/money.yml:3
  to go on: mend the source; or take it out of these definitions; or let it be null with --accept-loss`,
            'marts.orders': 'skipped',
          },
          tables: {
            'marts.orders': [
              ['1', '10.00'],
              ['2', '20.00'],
            ],
          },
          state: { [drift]: [''] },
        },
      },
      {
        sql: replace(columns, first.join(', ')),
        expect: { warnings: [], drift: [], status: { 'raw.orders': 'ok', 'marts.orders': 'ok' } },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'a source table that lost a column which nothing needs has null there, is warned of once, and mends itself',
    project: texts,
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: replace(
          'id bigint, amount numeric(10, 2), seen timestamptz',
          "(1, 10, '2025-01-01T00:00:00Z'), (2, 20, '2025-01-02T00:00:00Z')",
        ),
        expect: {
          warnings: [
            'raw.orders: the column `note` is gone from `app.orders`; nothing needs it, so it is null in every row: take its line out (models/raw/orders.yml:7)',
          ],
          steps: { 'raw.orders': 'built' },
          drift: ['removed raw.orders.note'],
          tables: {
            'raw.orders': [
              ['1', '10.00', '2025-01-01T00:00:00Z', null],
              ['2', '20.00', '2025-01-02T00:00:00Z', null],
            ],
          },
        },
      },
      { expect: { writes: 0, warnings: [] } },
      {
        sql: ["insert into app.orders values (3, 30, '2025-01-03T00:00:00Z')"],
        expect: { warnings: [], repaired: { 'marts.orders': 1 } },
      },
      {
        sql: [
          'alter table app.orders add column note varchar',
          "insert into app.orders values (4, 40, '2025-01-04T00:00:00Z', 'd')",
        ],
        expect: {
          steps: { 'raw.orders': 'built: its columns changed' },
          drift: [],
          state: { [drift]: ['removed note - back'] },
        },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title:
      'a column of a source table with another type is no column of the declared one: an error where it is needed, null where not',
    project: texts,
    steps: [
      { sql: createApp, expect: {} },
      {
        sql: replace(
          'id bigint, amount varchar, seen timestamptz, note varchar',
          "(1, '10 EUR', '2025-01-01T00:00:00Z', 'a'), (3, '30 EUR', '2025-01-03T00:00:00Z', 'c')",
        ),
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: the column `amount` of `app.orders` is text now, and decimal(10,2) is declared, and 2 definitions need it: nothing is loaded',
          },
        },
      },
      {
        run: { acceptLoss: true },
        expect: {
          warnings: [
            'raw.orders: the column `amount` of `app.orders` is text now, and decimal(10,2) is declared; --accept-loss allows it, so it is null in every row: declare what it holds now, or take its line out (models/raw/orders.yml:5)',
          ],
          drift: ['retyped raw.orders.amount'],
          tables: {
            'marts.orders': [
              ['1', null],
              ['3', null],
            ],
          },
        },
      },
      { expect: { writes: 0 } },
      {
        project: {
          'project.yml': project,
          'models/raw/orders.yml': raw().replace('amount: decimal(10,2)', 'amount: text'),
          'models/marts/orders.yml': 'key: id\ncolumns: {id: integer, amount: text}\n',
          'models/marts/orders.sql': 'select id, amount from raw.orders',
        },
        expect: {
          warnings: ['marts.orders: readers see other columns from now on: `amount` is text and was decimal(10,2)'],
          drift: [],
          state: { [drift]: ['retyped amount text back'] },
        },
      },
      {
        sql: replace(
          'id bigint, amount bigint, seen timestamptz, note varchar',
          "(1, 10, '2025-01-01T00:00:00Z', 'a'), (3, 30, '2025-01-03T00:00:00Z', 'c')",
        ),
        expect: {
          warnings: [],
          drift: [],
          tables: {
            'marts.orders': [
              ['1', '10'],
              ['3', '30'],
            ],
          },
        },
      },
    ],
  },
  {
    title: 'a source table without `loaded_at` is looked at, too, each time it is read',
    project: {
      ...texts,
      'models/raw/orders.yml': raw().replace('loaded_at: seen\n', ''),
      'models/marts/orders.yml': 'key: id\ncolumns: {id: integer, amount: "decimal(10,2)"}\n',
    },
    steps: [
      { sql: createApp, expect: { offers: [] } },
      {
        sql: [
          'alter table app.orders add column channel varchar',
          "insert into app.orders values (3, 30, '2025-01-03T00:00:00Z', 'c', 'web')",
        ],
        expect: { offers: ['raw.orders: a column is not declared: `channel`'], drift: ['added raw.orders.channel'] },
      },
      { expect: { offers: [], drift: ['added raw.orders.channel'] } },
    ],
  },
];
