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

const asked = { metrics: ['limit', 'end', 'when'], to: '2025-06-01', asOf: '2025-06-01T00:00:00Z' };

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
  {
    title: 'words of SQL as columns, from the file to the metric',
    project: {
      'project.yml': project,
      'models/raw/words.yml': `description: Words.
source: {files: data/*.csv}
loaded_at: at
columns: {at: timestamp, order: {type: integer, required: true}, user: text, group: text, select: integer, end: timestamp, offset: integer, window: text, state: text}
`,
      'models/clean/words.yml': `description: Words, one per order.
from: raw.words
key: order
time: at
dedupe: {keep: first, by: offset}
where: '"select" > 0 and "end" >= "at"'
incremental: {by: day}
columns:
  order:
  at:
  end:
  user: {tests: [not_null, {references: clean.users.user}]}
  group: {map: {from: '"group"', values: {a: [a, A]}, else: other}, tests: [{accepted: [a, other]}]}
  select: {is: '"select" + "offset"', type: integer, tests: [{range: {min: 1}}]}
  window: lower("window")
  state:
tests:
  - expression: '"end" >= "at" and "select" > 0'
    where: coalesce("group", 'a') = 'a'
  - unique: [order, window]
`,
      'models/clean/users.yml': `description: Users.
from: raw.words
key: user
dedupe: {keep: last, by: order}
columns: {user: , window: , state: }
`,
      'models/marts/words.yml': `description: Words by user.
key: [user, group, order]
time: at
incremental: {by: key}
columns: {user: text, group: text, order: integer, at: timestamp, select: integer, end: timestamp, state: text}
relations: {user: {to: clean.users, on: user}}
`,
      'models/marts/words.sql': `select w."user", "group", w."order", min(w.at) as at, sum("select") as "select", max("end") as "end", min(w.state) as state
from clean.words as w join (select "order", offset_of."offset" from raw.words as offset_of) as "table" on "table"."order" = w."order"
group by w."user", "group", w."order"
`,
      'metrics/words.yml': `from: marts.words
time: at
where: '"select" > 1'
by: [group, state, user.window, user.state, order]
metrics:
  limit: {is: 'sum("select") filter (where "group" is not null)', description: A sum.}
  end: {is: count(distinct "order"), description: A count.}
  when: {is: '"limit" / "end"', description: A ratio.}
`,
    },
    steps: [
      {
        files: {
          'data/1.csv':
            'at,order,user,group,select,end,offset,window,state\n2025-01-01T10:00:00Z,1,u,A,1,2025-01-02T00:00:00Z,1,W,x\n2025-01-02T10:00:00Z,2,v,b,0,2025-01-03T00:00:00Z,1,W,x\n',
        },
        expect: {
          tables: {
            'marts.words': [['u', 'a', '1', '2025-01-01T10:00:00Z', '2', '2025-01-02T00:00:00Z', 'x']],
          },
        },
      },
      {
        files: {
          'data/2.csv':
            'at,order,user,group,select,end,offset,window,state\n2025-01-01T11:00:00Z,3,v,b,4,2025-01-02T00:00:00Z,2,V,y\n2025-02-01T11:00:00Z,4,u,,8,2025-02-02T00:00:00Z,0,V,\n',
        },
        expect: {
          steps: { 'clean.words': 'built', 'marts.words': 'built' },
          answers: [
            {
              ask: { ...asked, by: ['group'], order: ['-limit'] },
              rows: [
                ['other', '14', '2', '7', 'final'],
                ['a', '2', '1', '2', 'final'],
              ],
            },
            {
              ask: {
                ...asked,
                by: ['state', 'user.state'],
                grain: 'month',
                where: '"user".window = \'V\'',
                order: ['-state'],
              },
              rows: [
                ['2025-01-01', 'y', 'y', '6', '1', '6', 'final'],
                ['2025-01-01', 'x', null, '2', '1', '2', 'final'],
                ['2025-02-01', null, null, '8', '1', '8', 'final'],
              ],
            },
            {
              ask: { ...asked, metrics: ['end'], by: ['order', 'user.window'], order: [] },
              rows: [
                ['1', 'V', '1', 'final'],
                ['3', 'V', '1', 'final'],
                ['4', 'V', '1', 'final'],
              ],
            },
          ],
        },
      },
      { expect: { writes: 0 } },
    ],
  },
];
