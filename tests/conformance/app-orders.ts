import type { SampleModel } from './sample-manifest.ts';

/** A table of somebody else's in the target, with two orders. */
export const createApp = [
  'create schema app',
  'create table app.orders (id bigint, amount numeric(10, 2), status varchar, seen timestamptz)',
  "insert into app.orders values (1, 10.50, 'paid', '2025-01-01T00:00:00Z'), (2, 20.00, 'open', '2025-01-02T00:00:00Z')",
];

/** The source over it. */
export const rawOrders: SampleModel = {
  name: 'raw.orders',
  columns: 'id integer, amount decimal(10,2), status text, seen timestamp',
  source: { from: 'table', table: 'app.orders', loadedAt: 'seen' },
};
/** A model over that. */
export const totals: SampleModel = {
  name: 'marts.totals',
  columns: 'status text, orders integer, amount decimal(12,2)',
  key: ['status'],
  sql: 'select status, count(*) as orders, sum(amount) as amount from raw.orders group by status',
};
