import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { mustRun } from './run-etalon.ts';
import { describeOnBothEngines } from './stage-project.ts';

const data = ['raw_customers.csv', 'raw_orders.csv', 'raw_payments.csv'].map((name) => `jaffle_shop/${name}`);

function readRows(folder: string, name: string): string[][] {
  const [, ...lines] = readFileSync(join(folder, `data/${name}.csv`), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => line.trim().split(','));
}

describeOnBothEngines({ name: 'jaffle', data, urlEnv: 'JAFFLE_URL' }, (staged) => {
  let steps: readonly { model: string; status: string; rows?: number }[];
  const ask = async (...words: string[]): Promise<Record<string, unknown>[]> => {
    const { folder, target, env } = staged();
    const text = await mustRun(folder, ['query', ...words, '--target', target, '--format', 'json'], env);
    return (JSON.parse(text) as { rows: Record<string, unknown>[] }).rows;
  };

  beforeAll(async () => {
    const { folder, target, env } = staged();
    const out = await mustRun(folder, ['run', '--target', target, '--json'], env);
    steps = (JSON.parse(out) as { steps: typeof steps }).steps;
  });

  test('builds every model with the rows that dbt’s project has', () => {
    const rows = Object.fromEntries(steps.map((step) => [step.model, step.rows]));
    expect(steps.every((step) => step.status === 'built')).toBe(true);
    expect(rows).toMatchObject({
      'raw.customers': 100,
      'raw.orders': 99,
      'raw.payments': 113,
      'clean.payments': 113,
      'marts.customers': 100,
      'marts.orders': 99,
    });
  });

  test('takes 1,672.00 dollars for 99 orders of 62 customers', async () => {
    const [total] = await ask('orders', 'revenue', 'customers_ordering');
    expect(total).toMatchObject({ orders: 99, customers_ordering: 62 });
    expect(Number(total!.revenue)).toBe(1672);
  });

  test('has the amount of every month and status, counted from the files', async () => {
    const { folder } = staged();
    const paid = new Map<string, number>();
    for (const [, order, , cents] of readRows(folder, 'raw_payments')) {
      paid.set(order!, (paid.get(order!) ?? 0) + Number(cents));
    }
    const expected = new Map<string, number>();
    for (const [id, , date, status] of readRows(folder, 'raw_orders')) {
      const key = `${date!.slice(0, 7)}-01 ${status}`;
      expected.set(key, (expected.get(key) ?? 0) + (paid.get(id!) ?? 0));
    }
    const rows = await ask('revenue', '--grain', 'month', '--by', 'status');
    const found = rows.map((row) => [`${row.month} ${row.status}`, Math.round(Number(row.revenue) * 100)]);
    expect(new Map(found as [string, number][])).toEqual(expected);
  });

  test('passes every data test, also when asked again', async () => {
    const { folder, target, env } = staged();
    await mustRun(folder, ['test', '--target', target], env);
  });
});
