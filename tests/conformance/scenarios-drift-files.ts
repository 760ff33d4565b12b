import type { Scenario } from './scenario.ts';

/* Columns that come to files, leave them, or hold something else. */

const project = 'project: shop\nlanguage: 1\ntargets: {dev: {engine: duckdb, path: target/shop.duckdb}}\n';

const raw = (columns: string, more = '') => `source: {files: "data/*.csv"}\n${more}columns:\n${columns}`;
const base = '  id: {type: integer, required: true}\n  amount: decimal(12,2)\n  note: text\n';

const texts = {
  'project.yml': project,
  'models/raw/orders.yml': raw(base),
  'models/clean/orders.yml': 'from: raw.orders\nkey: id\ncolumns:\n  id:\n  amount:\n    tests: [{range: {min: 0}}]\n',
  'metrics/money.yml': 'from: clean.orders\nmetrics:\n  revenue: sum(amount)\n',
};

const drift =
  "select coalesce(string_agg(kind || ' ' || column_name || ' ' || coalesce(type, '-') || coalesce(' ' || outcome, ''), '; ' order by column_name, since), '') from etalon_state.source_drift";

const many = (row: (index: number) => string, from = 0, count = 25) =>
  Array.from({ length: count }, (_, index) => `${row(from + index)}\n`).join('');

export const fileDriftScenarios: readonly Scenario[] = [
  {
    title:
      'a column that comes to files is offered once with its line, and is over when it is declared; older files are null there',
    project: texts,
    steps: [
      {
        files: { 'data/1.csv': 'id,amount,note\n1,10,a\n' },
        expect: { warnings: [], offers: [], state: { [drift]: [''] } },
      },
      {
        files: { 'data/2.csv': 'id,amount,note,channel,Coupon Code\n2,20,b,web,7\n' },
        expect: {
          warnings: [],
          offers: [
            'raw.orders: 2 columns are not declared; to read them, write under `columns:` (models/raw/orders.yml:5)\n  channel: text\n  coupon_code: {type: integer, from: "Coupon Code"}',
          ],
          drift: ['added raw.orders.Coupon Code', 'added raw.orders.channel'],
          state: { [drift]: ['added Coupon Code integer; added channel text'] },
        },
      },
      {
        files: { 'data/3.csv': 'id,amount,note,channel,Coupon Code\n3,30,c,app,8\n' },
        expect: { offers: [], drift: ['added raw.orders.Coupon Code', 'added raw.orders.channel'] },
      },
      {
        project: { ...texts, 'models/raw/orders.yml': raw(`${base}  channel: text\n`) },
        expect: {
          offers: ['raw.orders: the column `channel` is not in `data/1.csv`: it is null there'],
          drift: ['added raw.orders.Coupon Code'],
          tables: {
            'raw.orders': [
              ['1', '10.00', 'a', null],
              ['2', '20.00', 'b', 'web'],
              ['3', '30.00', 'c', 'app'],
            ],
          },
          state: { [drift]: ['added Coupon Code integer; added channel text declared'] },
        },
      },
      { expect: { writes: 0, offers: [] } },
    ],
  },
  {
    title:
      'a column that is gone and that definitions need stops the load and names them; nothing is loaded, nothing is lost',
    project: texts,
    rebuild: { equal: false, because: 'the last load was refused' },
    steps: [
      { files: { 'data/1.csv': 'id,amount,note\n1,10,a\n' }, expect: {} },
      {
        files: { 'data/2.csv': 'id,Amount,note\n2,20,b\n' },
        expect: {
          exit: 5,
          steps: {
            'raw.orders': `failed: the column \`amount\` is gone from \`data/2.csv\`, and 3 definitions need it: nothing is loaded
  needed by clean.orders.amount  models/clean/orders.yml:5
  needed by metric revenue  metrics/money.yml:3
  needed by data test clean.orders.amount.range  models/clean/orders.yml:6
  to go on: mend the source; or under \`columns:\` write \`amount: {type: "decimal(12,2)", from: "Amount"}\`; or take it out of these definitions; or let it be null with --accept-loss (models/raw/orders.yml)`,
            'clean.orders': 'skipped: `raw.orders` failed',
          },
          offers: [],
          tables: { 'raw.orders': [['1', '10.00', 'a']], 'clean.orders': [['1', '10.00']] },
          state: {
            [drift]: [''],
            'select count(*) from etalon_state.loaded_files': ['1'],
          },
        },
      },
      { expect: { exit: 5, steps: { 'raw.orders': 'failed: the column `amount` is gone' } } },
    ],
  },
  {
    title: 'the loss of a column that is needed may be accepted, once; it is over when the column is back',
    project: texts,
    rebuild: { equal: false, because: 'a rebuild knows of no loss: its last file has the column' },
    steps: [
      { files: { 'data/1.csv': 'id,amount,note\n1,10,a\n' }, expect: {} },
      {
        files: { 'data/2.csv': 'id,note\n2,b\n' },
        run: { acceptLoss: true },
        expect: {
          warnings: [
            'raw.orders: the column `amount` is gone from `data/2.csv`; --accept-loss allows it, so it is null from here on: take its line out (models/raw/orders.yml:4)',
          ],
          drift: ['removed raw.orders.amount'],
          tables: {
            'clean.orders': [
              ['1', '10.00'],
              ['2', null],
            ],
          },
          state: { 'select accepted from etalon_state.source_drift': ['true'] },
        },
      },
      { files: { 'data/3.csv': 'id,note\n3,c\n' }, expect: { warnings: [], drift: ['removed raw.orders.amount'] } },
      {
        files: { 'data/4.csv': 'id,amount,note\n4,40,d\n' },
        expect: { warnings: [], drift: [], state: { [drift]: ['removed amount - back'] } },
      },
    ],
  },
  {
    title:
      'a column that is gone and that nothing needs is warned of once and null; when something needs it, the next load says so',
    project: texts,
    rebuild: { equal: false, because: 'the last load was refused' },
    steps: [
      { files: { 'data/1.csv': 'id,amount,note\n1,10,a\n' }, expect: {} },
      {
        files: { 'data/2.csv': 'id,amount\n2,20\n' },
        expect: {
          warnings: [
            'raw.orders: the column `note` is gone from `data/2.csv`; nothing needs it, so it is null from here on: take its line out (models/raw/orders.yml:5)',
          ],
          drift: ['removed raw.orders.note'],
          tables: {
            'raw.orders': [
              ['1', '10.00', 'a'],
              ['2', '20.00', null],
            ],
          },
        },
      },
      { files: { 'data/3.csv': 'id,amount\n3,30\n' }, expect: { warnings: [] } },
      {
        project: {
          ...texts,
          'models/marts/notes.yml': 'key: id\ncolumns: {id: integer, note: text}\n',
          'models/marts/notes.sql': 'select id, note from raw.orders',
        },
        files: { 'data/4.csv': 'id,amount\n4,40\n' },
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: the column `note` is gone from `data/4.csv`, and 1 definition needs it: nothing is loaded\n  needed by marts.notes.note  models/marts/notes.yml:2',
          },
        },
      },
    ],
  },
  {
    title: 'a required column that is gone names the source itself, and no loss of it can be accepted',
    project: texts,
    rebuild: { equal: false, because: 'the last load was refused' },
    steps: [
      { files: { 'data/1.csv': 'id,amount,note\n1,10,a\n' }, expect: {} },
      {
        files: { 'data/2.csv': 'amount,note\n20,b\n' },
        run: { acceptLoss: true },
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: `data/2.csv` has no column `id`: its header has `amount`, `note`, and 4 definitions need it: nothing is loaded\n  needed by `required` of raw.orders  models/raw/orders.yml:3\n  needed by clean.orders.id',
          },
          tables: { 'raw.orders': [['1', '10.00', 'a']] },
        },
      },
    ],
  },
  {
    title: 'a declared column that no file has was never there: a slip, whoever needs it',
    project: texts,
    rebuild: { equal: false, because: 'the load was refused' },
    steps: [
      {
        files: { 'data/1.csv': 'id,amount,Note\n1,10,a\n', 'data/2.csv': 'id,amount\n2,20\n' },
        expect: {
          exit: 5,
          steps: { 'raw.orders': 'failed: no file has the column `note`; there are `id`, `amount`' },
        },
      },
    ],
  },
  {
    title:
      'a column of which no value can be read any more is retyped: nothing is loaded where it is needed, rows are kept aside where not',
    project: texts,
    rebuild: { equal: false, because: 'a rebuild knows no values that could be read before' },
    steps: [
      { files: { 'data/1.csv': `id,amount,note\n${many((i) => `${i},${i},a`)}` }, expect: {} },
      {
        files: { 'data/2.csv': `id,amount,note\n${many((i) => `${i},${i} EUR,a`, 100)}` },
        expect: {
          exit: 5,
          steps: {
            'raw.orders':
              'failed: not one of 25 values of `amount` is decimal(12,2), as those before were, and 3 definitions need it: nothing is loaded\n  needed by clean.orders.amount',
          },
          state: { 'select count(*) from raw.orders__rejected': ['0'], [drift]: [''] },
        },
      },
      {
        project: {
          'project.yml': project,
          'models/raw/orders.yml': texts['models/raw/orders.yml'],
          'models/clean/orders.yml': 'from: raw.orders\nkey: id\ncolumns: {id: , note: }\n',
        },
        expect: {
          warnings: [
            'raw.orders: not one of 25 values of `amount` is decimal(12,2), as those before were; nothing needs it, so rows with such a value are kept aside in `raw.orders__rejected`: declare what it holds now, or take its line out (models/raw/orders.yml:4)',
            'clean.orders: readers see other columns from now on: `amount` is gone; `note` is new',
          ],
          drift: ['retyped raw.orders.amount'],
          state: { 'select count(*) from raw.orders__rejected': ['25'], 'select count(*) from raw.orders': ['25'] },
        },
      },
      {
        files: { 'data/3.csv': 'id,amount,note\n200,7,a\n' },
        expect: { warnings: [], drift: [], state: { [drift]: ['retyped amount - back'] } },
      },
    ],
  },
  {
    title: 'of JSON lines a key counts as gone where every row had it and none of many has; new keys are offered',
    project: {
      ...texts,
      'models/raw/orders.yml': raw(base).replace('data/*.csv', 'data/*.jsonl'),
    },
    rebuild: { equal: false, because: 'the last load was refused' },
    steps: [
      { files: { 'data/1.jsonl': many((i) => `{"id":${i},"amount":${i},"note":"a"}`) }, expect: { offers: [] } },
      {
        files: { 'data/2.jsonl': '{"id":100,"note":"b","channel":"web"}\n' },
        expect: {
          warnings: [],
          offers: [
            'raw.orders: a column is not declared: `channel`, first in `data/2.jsonl`; to read it, write under `columns:` (models/raw/orders.yml:5)\n  channel: text',
          ],
        },
      },
      {
        // One row without it was there before: the key is one that may be absent.
        files: { 'data/3.jsonl': many((i) => `{"id":${i},"note":"b","channel":"web"}`, 200) },
        expect: { warnings: [], offers: [] },
      },
      {
        files: { 'data/4.jsonl': many((i) => `{"id":${i},"amount":1}`, 300) },
        expect: {
          warnings: ['raw.orders: not one of 25 rows has a value of `note`, and all 51 before had; nothing needs it'],
          drift: ['added raw.orders.channel', 'removed raw.orders.note'],
        },
      },
      {
        project: {
          ...texts,
          'models/raw/orders.yml': raw(base).replace('data/*.csv', 'data/*.jsonl'),
          'models/clean/orders.yml': 'from: raw.orders\nkey: id\ncolumns: {id: , amount: , note: }\n',
        },
        files: { 'data/5.jsonl': '{"id":400,"amount":1,"note":"x"}\n' },
        expect: { warnings: [], drift: ['added raw.orders.channel'] },
      },
    ],
  },
];
