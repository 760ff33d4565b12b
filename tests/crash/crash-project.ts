import { loadParser, type Manifest } from '../../compiler/index.ts';
import { sampleManifest } from '../conformance/sample-manifest.ts';

// How models follow their inputs is worked out from their SQL.
await loadParser();

/** Small, and with every kind of unit: files, a source table, tables, increments, a view, tests that guard and tests that span. */
export const crashProject: Manifest = sampleManifest(
  [
    {
      name: 'raw.orders',
      columns: 'id integer!, customer text, amount decimal(10,2)',
      source: { from: 'files', pattern: 'data/*.csv', format: 'csv', onChange: 'error' },
    },
    {
      name: 'raw.customers',
      columns: 'customer text, country text, seen timestamp',
      source: { from: 'table', table: 'app.customers', loadedAt: 'seen' },
    },
    {
      name: 'clean.orders',
      columns: 'id integer, customer text, amount decimal(10,2)',
      key: ['id'],
      incremental: 'key',
      sql: 'select id, customer, amount from raw.orders where amount > 0',
    },
    {
      name: 'marts.buyers',
      columns: 'customer text, orders integer, amount decimal(12,2)',
      key: ['customer'],
      incremental: 'key',
      sql: 'select customer, count(*) as orders, sum(amount) as amount from clean.orders group by customer',
    },
    {
      name: 'marts.countries',
      columns: 'country text, orders integer, amount decimal(12,2)',
      sql: 'select c.country, count(*) as orders, sum(o.amount) as amount from clean.orders o join raw.customers c on c.customer = o.customer group by c.country',
    },
    {
      name: 'marts.largest',
      columns: 'country text',
      materialized: 'view',
      sql: 'select country from marts.countries order by amount desc limit 1',
    },
  ],
  [
    { name: 'paid', model: 'clean.orders', fails: 'amount <= 0' },
    {
      name: 'unique',
      model: 'clean.orders',
      failures: 'select id from clean.orders group by id having count(*) > 1',
      tested: 'select count(*) from clean.orders',
    },
    {
      name: 'all counted',
      failures: 'select 1 as lost from marts.countries having sum(orders) <> (select count(*) from clean.orders)',
    },
  ],
);

export const firstFiles: Readonly<Record<string, string>> = {
  'data/1.csv': 'id,customer,amount\n1,a,10\n2,b,20\n3,a,-1\nx,a,5\n',
};

export const firstRows = [
  'create schema app',
  'create table app.customers (customer varchar, country varchar, seen timestamptz)',
  "insert into app.customers values ('a', 'DE', '2025-01-01T00:00:00Z'), ('b', 'FR', '2025-01-01T00:00:00Z')",
];

/** What arrives in round `k`: a file, and a row of the source table. */
export function laterArrival(k: number): [files: Readonly<Record<string, string>>, rows: readonly string[]] {
  const day = `2025-02-01T00:${String(Math.trunc(k / 60)).padStart(2, '0')}:${String(k % 60).padStart(2, '0')}Z`;
  return [
    { [`data/later-${k}.csv`]: `id,customer,amount\n${1000 + k},b,30.50\n` },
    [`insert into app.customers values ('later ${k}', 'AT', '${day}')`],
  ];
}
