import { expect, it } from 'vitest';
import type { ManifestModel, SourceUser } from '../../compiler/index.ts';
import { describeLost, describeNever, describeOffer, describePartly, describeRefused } from './describe-drift.ts';

const model = {
  name: 'raw.orders',
  path: 'models/raw/orders.yml',
  source: { from: 'files' },
  columns: [
    { name: 'id', line: 4 },
    { name: 'amount', line: 5 },
  ],
} as unknown as ManifestModel;
const table = { ...model, source: { from: 'table' } } as unknown as ManifestModel;

const user = (kind: SourceUser['kind'], name: string, path: string, line: number): SourceUser => ({
  kind,
  name,
  path,
  line,
});
const gone = { column: 'amount', state: 'removed', found: 'the column `amount` is gone from `data/2.csv`' } as const;
const other = (name: string, type = 'text') => ({ name, type, where: '`data/2.csv`' });

it('offers one column with its line', () => {
  expect(describeOffer(model, [other('channel')])).toMatchInlineSnapshot(`
    "a column is not declared: \`channel\`, first in \`data/2.csv\`; to read it, write under \`columns:\` (models/raw/orders.yml:5)
      channel: text"
  `);
});

it('offers several: names that are none of the language, that are taken, that have no letter, and types of the database', () => {
  const others = [
    other('Coupon Code', 'decimal(18,2)'),
    other('ID'),
    other('№'),
    other('at', 'timestamp without time zone'),
    other('tags', 'integer[]'),
  ];
  expect(describeOffer(model, others)).toMatchInlineSnapshot(`
    "5 columns are not declared; to read them, write under \`columns:\` (models/raw/orders.yml:5)
      coupon_code: {type: "decimal(18,2)", from: "Coupon Code"}
      id_2: {type: text, from: "ID"}
      column: {type: text, from: "№"}
      at: timestamp
      tags: text"
  `);
  const many = Array.from({ length: 25 }, (_, index) => other(`c${index}`));
  expect(describeOffer(model, many).split('\n').slice(-2)).toEqual(['  c19: text', '  and 5 more']);
});

it('names all who need a lost column, and the ways to go on', () => {
  const users = [
    user('model', 'clean.orders.amount', 'models/clean/orders.yml', 6),
    user('metric', 'revenue', 'metrics/money.yml', 3),
    user('test', 'clean.orders.amount.range', 'models/clean/orders.yml', 7),
  ];
  expect(describeRefused([{ look: gone, users }], undefined)).toMatchInlineSnapshot(`
    "the column \`amount\` is gone from \`data/2.csv\`, and 3 definitions need it: nothing is loaded
      needed by clean.orders.amount  models/clean/orders.yml:6
      needed by metric revenue  metrics/money.yml:3
      needed by data test clean.orders.amount.range  models/clean/orders.yml:7
      to go on: mend the source; or take it out of these definitions; or let it be null with --accept-loss"
  `);
});

it('names two columns apart, and offers no way that is none', () => {
  const own = user('source', '`required` of raw.orders', 'models/raw/orders.yml', 4);
  const id = { column: 'id', state: 'removed', found: 'the column `id` is gone from `data/2.csv`' } as const;
  const advice = 'under `columns:` write `id: {type: integer, from: "ID"}`';
  const many = Array.from({ length: 9 }, (_, index) => user('metric', `m${index}`, 'metrics/m.yml', index + 1));
  expect(
    describeRefused(
      [
        { look: id, users: [own] },
        { look: gone, users: many },
      ],
      advice,
    ),
  ).toMatchInlineSnapshot(`
    "the column \`id\` is gone from \`data/2.csv\`; the column \`amount\` is gone from \`data/2.csv\`, and 10 definitions need them: nothing is loaded
      \`id\`
      needed by \`required\` of raw.orders  models/raw/orders.yml:4
      \`amount\`
      needed by metric m0  metrics/m.yml:1
      needed by metric m1  metrics/m.yml:2
      needed by metric m2  metrics/m.yml:3
      needed by metric m3  metrics/m.yml:4
      needed by metric m4  metrics/m.yml:5
      needed by metric m5  metrics/m.yml:6
      needed by metric m6  metrics/m.yml:7
      needed by metric m7  metrics/m.yml:8
      and 1 more
      to go on: mend the source; or under \`columns:\` write \`id: {type: integer, from: "ID"}\`; or take them out of these definitions"
  `);
});

it('says what becomes of a column that nothing needs, or of which the loss was accepted', () => {
  const retyped = {
    column: 'amount',
    state: 'retyped',
    found: 'not one of 25 values of `amount` is integer, as those before were',
  } as const;
  expect([
    describeLost(model, { kind: 'removed', look: gone, accepted: false }),
    describeLost(table, { kind: 'removed', look: gone, accepted: true }),
    describeLost(model, { kind: 'retyped', look: retyped, accepted: false }),
    describeLost(table, { kind: 'retyped', look: retyped, accepted: false }),
  ]).toMatchInlineSnapshot(`
    [
      "the column \`amount\` is gone from \`data/2.csv\`; nothing needs it, so it is null from here on: take its line out (models/raw/orders.yml:5)",
      "the column \`amount\` is gone from \`data/2.csv\`; --accept-loss allows it, so it is null in every row: take its line out (models/raw/orders.yml:5)",
      "not one of 25 values of \`amount\` is integer, as those before were; nothing needs it, so rows with such a value are kept aside in \`raw.orders__rejected\`: declare what it holds now, or take its line out (models/raw/orders.yml:5)",
      "not one of 25 values of \`amount\` is integer, as those before were; nothing needs it, so it is null in every row: declare what it holds now, or take its line out (models/raw/orders.yml:5)",
    ]
  `);
});

it('says where older files are null, and what no file has', () => {
  expect(describePartly('channel', ['data/1.csv'], 2)).toMatchInlineSnapshot(
    '"the column `channel` is not in `data/1.csv`: it is null there"',
  );
  expect(describePartly('channel', ['data/1.csv', 'data/2.csv'], 3)).toMatchInlineSnapshot(
    '"the column `channel` is not in 2 of 3 files (`data/1.csv` …): it is null there"',
  );
  expect(describeNever(['total'], ['id'])).toMatchInlineSnapshot('"no file has the column `total`; there is `id`"');
});
