import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { mustRun, runEtalon } from './run-etalon.ts';

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: held
language: 1
calendar: {timezone: Europe/Berlin, fiscal_year_start: april}
targets:
  dev: {engine: duckdb, path: target/held.duckdb}
  prod: {engine: postgres, url_env: HELD_URL}
target: dev
`,
  'data/orders.csv': `order_id,user_id,store_id,country,currency,paid_at,amount,weight
1,a,s1,DE,EUR,2025-01-31T23:30:00Z,10.10,0.1
2,b,s1,DE,EUR,2025-03-31T21:59:00Z,20.20,0.2
3,a,s2,,EUR,2025-03-31T22:00:00Z,-5.05,0.3
4,c,s9,FR,JPY,2025-04-02T10:00:00Z,900,0.7
5,,s2,FR,JPY,2025-05-02T10:00:00Z,100,
`,
  'data/stores.csv': 'store_id,city\ns1,Rome\ns2,Oslo\n',
  'models/raw/orders.yml':
    'source: {files: data/orders.csv}\ncolumns: {order_id: integer, user_id: text, store_id: text, country: text, currency: text, paid_at: timestamp, amount: "decimal(12,2)", weight: double}\n',
  'models/raw/stores.yml': 'source: {files: data/stores.csv}\ncolumns: {store_id: text, city: text}\n',
  'models/marts/orders.yml':
    'from: raw.orders\nkey: order_id\ntime: paid_at\nrelations: {store: {to: marts.stores, on: store_id}}\ncolumns: {order_id: , user_id: , store_id: , country: , currency: , paid_at: , amount: , weight: }\n',
  'models/marts/stores.yml': 'from: raw.stores\nkey: store_id\ncolumns: {store_id: , city: }\n',
  'metrics/m.yml': `from: marts.orders
by: [country, store.city]
metrics:
  orders: {is: count(*), grains: [day, month]}
  revenue: {is: sum(amount), by: [currency, store.city], requires: [currency]}
  buyers: {is: count(distinct user_id), grains: [month]}
  largest: max(amount)
  weight: sum(weight)
  mean: avg(amount)
  dense: {is: orders, fill: 0}
`,
};

const obstacle = findPostgresObstacle();
let folder: string;
let database: Awaited<ReturnType<typeof freshDatabase>> | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-held-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  if (obstacle === undefined) database = await freshDatabase();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database?.drop();
});

const targets = [
  { target: 'dev', skip: undefined },
  { target: 'prod', skip: obstacle },
] as const;

describe.each(targets)('on $target', ({ target, skip }) => {
  const env = () => (database ? { HELD_URL: database.url } : {});
  const hold = async (...more: string[]) => {
    const { code, out } = await runEtalon(folder, ['test', '--metrics', '--target', target, '--json', ...more], env());
    const { metrics } = JSON.parse(out) as {
      metrics: { metric: string; words: string; status: string; differences: string[] }[];
    };
    return {
      code,
      held: metrics.map(({ metric, words }) => `${metric}: ${words}`),
      failed: metrics
        .filter(({ status }) => status !== 'passed')
        .map(({ metric, words, differences }) => `${metric}: ${words} (${differences.join('; ')})`),
    };
  };
  /** Changes the table behind a published name, which may be a view. */
  const spoil = async (...changes: readonly (readonly [model: string, sql: (table: string) => string])[]) => {
    const engine = await openEngine(
      target === 'dev'
        ? { engine: 'duckdb', path: join(folder, 'target/held.duckdb') }
        : { engine: 'postgres', url: database!.url, runId: 'test' },
    );
    for (const [model, sql] of changes) {
      const { rows } = await engine.execute(
        `select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE' and (table_schema = 'marts' and table_name = '${model}' or table_schema = 'etalon_tables' and table_name like 'marts__${model}__%') order by length(table_name) limit 1`,
      );
      await engine.execute(sql(rows[0]!.map((part) => `"${String(part)}"`).join('.')));
    }
    await engine.close();
  };

  test.skipIf(skip !== undefined)('what must hold of metrics holds, and is told where it does not', async () => {
    await mustRun(folder, ['run', '--target', target], env());
    const before = await hold();
    expect(before.failed).toEqual([]);
    expect(before.code).toBe(0);
    expect(before.held).toEqual([
      'buyers: the total lies between its largest `country` and the sum of them',
      'buyers: the total lies between its largest `store.city` and the sum of them',
      'buyers: each month lies between its largest day and the sum of them',
      'buyers: each year lies between its largest month and the sum of them',
      'buyers: what is kept by month answers as the rows do',
      'buyers: what is kept gives the total of the rows',
      'dense: its groups by `country` add up to the total',
      'dense: its groups by `store.city` add up to the total',
      'dense: the days of each month add up to it',
      'dense: the months of each year add up to it',
      'dense: what is kept gives the total of the rows',
      'largest: its groups by `country` have the greatest of the total',
      'largest: its groups by `store.city` have the greatest of the total',
      'largest: the days of each month have the greatest of it',
      'largest: the months of each year have the greatest of it',
      'orders: its groups by `country` add up to the total',
      'orders: its groups by `store.city` add up to the total',
      'orders: the days of each month add up to it',
      'orders: the months of each year add up to it',
      'orders: what is kept by day answers as the rows do',
      'orders: what is kept by month answers as the rows do',
      'orders: what is kept gives the total of the rows',
      'revenue: its groups by `store.city` add up to the total',
      'revenue: the days of each month add up to it',
      'revenue: the months of each year add up to it',
      'weight: its groups by `country` add up to the total',
      'weight: its groups by `store.city` add up to the total',
      'weight: the days of each month add up to it',
      'weight: the months of each year add up to it',
    ]);
    // A store twice makes its orders count twice where they are cut by city; a count that is changed behind our back is not that of the rows.
    await spoil(
      ['stores', (table) => `insert into ${table} select * from ${table} where store_id = 's1'`],
      ['orders__by_month', (table) => `delete from ${table} where country = 'FR'`],
    );
    const after = await hold('--select', 'orders');
    expect(after.code).toBe(1);
    expect(after.failed).toEqual([
      'orders: its groups by `store.city` add up to the total (parts 7, whole 5)',
      'orders: what is kept by day answers as the rows do (day 2025-02-01, country DE, city Rome, orders_kept 1, orders 2, state_kept final, state final; day 2025-03-31, country DE, city Rome, orders_kept 1, orders 2, state_kept final, state final)',
      'orders: what is kept by month answers as the rows do (month 2025-02-01, country DE, city Rome, orders_kept 1, orders 2, state_kept final, state final; month 2025-03-01, country DE, city Rome, orders_kept 1, orders 2, state_kept final, state final; month 2025-04-01, country FR, city nothing, orders_kept nothing, orders 1, state_kept nothing, state final; and 1 more)',
      'orders: what is kept gives the total of the rows (orders_kept 3, orders 5, state_kept partial, state partial)',
    ]);
  });
});
