import type { Scenario } from './scenario.ts';

const project = 'project: names\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: names.duckdb}}\n';

const asTheyAre = `description: Orders under the names of whoever exported them.
source: {files: data/*.EXT}
columns:
  order_id: {type: integer, required: true, from: Order ID}
  net_amount: {type: "decimal(20,2)", from: 'Net "amount", €'}
  paid_at: {type: timestamp, zone: Europe/Berlin, from: paid.at}
  details: {type: json, from: '~/детали'}
  note: text
`;
const json = (id: string, amount: string) =>
  `{"Order ID":${id},"Net \\"amount\\", €":${amount},"paid.at":"2025-01-03 10:00:00","~/детали":{"a":1},"note":"n"}\n`;

/** Names that SQL, a file or a table has for something else. */
export const nameScenarios: readonly Scenario[] = [
  {
    title: 'columns that the source calls otherwise',
    project: {
      'project.yml': project,
      'models/raw/sheet.yml': asTheyAre.replace('EXT', 'csv'),
      'models/raw/lines.yml': asTheyAre.replace('EXT', 'jsonl'),
      'models/raw/app.yml':
        'description: Orders of the app.\nsource: {table: app.orders}\nloaded_at: arrived\ncolumns:\n  order_id: {type: integer, from: Order ID}\n  arrived: {type: timestamp, from: Arrived}\n',
      'models/marts/orders.yml':
        'description: All orders.\ncolumns:\n  order_id: integer\n  net_amount: decimal(20,2)\n  paid_at: timestamp\n',
      'models/marts/orders.sql':
        'select order_id, net_amount, paid_at from raw.sheet union all select order_id, net_amount, paid_at from raw.lines union all select order_id, null, null from raw.app',
    },
    steps: [
      {
        sql: [
          'create schema app',
          'create table app.orders ("Order ID" integer, "Arrived" timestamp)',
          "insert into app.orders values (7, timestamp '2025-02-01 00:00:00')",
        ],
        files: {
          'data/1.csv':
            'note,Order ID,"Net ""amount"", €",paid.at,~/детали\nn,1,10.50,2025-01-03 10:00:00,"{""a"":1}"\nn,x,1,,\n',
          'data/1.jsonl': `${json('2', '123456789012345678.25')}${json('"y"', '1')}`,
        },
        expect: {
          tables: {
            'marts.orders': [
              ['1', '10.50', '2025-01-03T09:00:00Z'],
              ['2', '123456789012345678.25', '2025-01-03T09:00:00Z'],
              ['7', null, null],
            ],
          },
          state: {
            'select count(*), min(reason) from raw.sheet__rejected': ['1', "`order_id` is not an integer: 'x'"],
            'select count(*), min(reason) from raw.lines__rejected': ['1', "`order_id` is not an integer: 'y'"],
          },
        },
      },
      {
        sql: ["insert into app.orders values (8, timestamp '2025-02-02 00:00:00')"],
        expect: { steps: { 'raw.app': 'built', 'raw.sheet': 'fresh' } },
      },
      { expect: { writes: 0 } },
    ],
  },
  {
    title: 'a header that resembles a column is named, with the line to write',
    project: {
      'project.yml': project,
      'models/raw/sheet.yml':
        'description: A sheet.\nsource: {files: data/*.csv}\ncolumns:\n  order_id: integer\n  net_amount: {type: "decimal(12,2)"}\n  missing: text\n',
      'models/raw/app.yml': 'description: A table.\nsource: {table: app.sheet}\ncolumns:\n  order_id: integer\n',
    },
    steps: [
      {
        files: { 'data/1.csv': 'Order ID,Net amount\n1,2\n' },
        sql: ['create schema app', 'create table app.sheet ("Order-ID" integer)'],
        expect: {
          exit: 5,
          steps: {
            'raw.sheet':
              'failed: `raw.sheet` could not be built: `data/1.csv` has no column `order_id`, `net_amount`, `missing`: its header has `Order ID`, `Net amount` (under `columns:` write `order_id: {type: integer, from: "Order ID"}` and `net_amount: {type: "decimal(12,2)", from: "Net amount"}`)',
            'raw.app':
              'failed: the table `app.sheet` has no column `order_id`; it has `Order-ID`; under `columns:` write `order_id: {type: integer, from: "Order-ID"}`',
          },
        },
      },
    ],
    rebuild: { equal: false, because: 'nothing is built' },
  },
];
