import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { mustRun, runEtalon } from './run-etalon.ts';
import { describeOnBothEngines } from './stage-project.ts';

interface Month {
  purchases: number;
  buyers: Set<string>;
  cents: number;
}

/** The figures by plain counting, from the file itself. */
function countByMonth(folder: string): Map<string, Month> {
  const months = new Map<string, Month>();
  const [, ...lines] = readFileSync(join(folder, 'data/orders.csv'), 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    const [, customer, date, , amount] = line.trim().split(',');
    const key = `${date!.slice(0, 7)}-01`;
    const month = months.get(key) ?? { purchases: 0, buyers: new Set(), cents: 0 };
    month.purchases += 1;
    month.buyers.add(customer!);
    month.cents += Math.round(Number(amount) * 100);
    months.set(key, month);
  }
  return months;
}

describeOnBothEngines({ name: 'cdnow', data: ['cdnow/orders.csv'], urlEnv: 'CDNOW_URL' }, (staged) => {
  const ask = async (...words: string[]): Promise<Record<string, unknown>[]> => {
    const { folder, target, env } = staged();
    const text = await mustRun(folder, ['query', ...words, '--target', target, '--format', 'json'], env);
    return (JSON.parse(text) as { rows: Record<string, unknown>[] }).rows;
  };

  beforeAll(async () => {
    const { folder, target, env } = staged();
    await mustRun(folder, ['run', '--target', target], env);
  });

  test('has the published totals', async () => {
    const [total] = await ask('purchases', 'buyers', 'revenue', 'cds');
    expect(total).toMatchObject({ purchases: 69659, buyers: 23570 });
    expect(Number(total!.revenue)).toBe(2500315.63);
  });

  test('has the purchases, buyers and revenue of every month', async () => {
    const expected = countByMonth(staged().folder);
    const rows = await ask('purchases', 'buyers', 'revenue', '--grain', 'month', '--order', 'month');
    expect(rows.map((row) => row.month)).toEqual([...expected.keys()].sort());
    for (const row of rows) {
      const month = expected.get(row.month as string)!;
      expect(row, row.month as string).toMatchObject({ purchases: month.purchases, buyers: month.buyers.size });
      expect(Math.round(Number(row.revenue) * 100), row.month as string).toBe(month.cents);
    }
  });

  test('divides after adding up', async () => {
    const [total] = await ask('revenue_per_buyer');
    expect(Number(total!.revenue_per_buyer)).toBeCloseTo(2500315.63 / 23570, 6);
  });

  test('has nothing to do in a second run', async () => {
    const { folder, target, env } = staged();
    const { code, out } = await runEtalon(folder, ['run', '--target', target, '--json'], env);
    expect(code).toBe(0);
    const steps = (JSON.parse(out) as { steps: { model: string; status: string }[] }).steps;
    expect(steps.map((step) => `${step.model} ${step.status}`).sort()).toEqual([
      'marts.customers fresh',
      'marts.orders fresh',
      'raw.orders fresh',
    ]);
  });
});
