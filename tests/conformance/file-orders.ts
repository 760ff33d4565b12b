import type { SampleModel } from './sample-manifest.ts';

/** Orders in CSV files, a model over them, and two files. */
export const rawOrders: SampleModel = {
  name: 'raw.orders',
  columns: 'id integer!, amount decimal(10,2), status text',
  source: { from: 'files', pattern: 'data/*.csv', format: 'csv', onChange: 'error' },
};
export const reloading: SampleModel = { ...rawOrders, source: { ...rawOrders.source!, onChange: 'reload' } };
export const totals: SampleModel = {
  name: 'marts.totals',
  columns: 'status text, orders integer, amount decimal(12,2)',
  key: ['status'],
  sql: 'select status, count(*) as orders, sum(amount) as amount from raw.orders group by status',
};
export const first = 'id,amount,status\n1,10.50,paid\n2,20,open\n';
export const second = 'id,amount,status\n3,5,paid\n';
