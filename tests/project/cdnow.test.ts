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

  const asOf = ['--as-of', '1998-07-01'];
  const quarter = ['--from', '1997-01-01', '--to', '1997-04-01', ...asOf];
  const numbers = (rows: readonly Record<string, unknown>[], name: string) => rows.map((row) => Number(row[name]));

  test('has the retention of every cohort, to the unit', async () => {
    const rows = await ask('monthly', ...quarter);
    const row = (cohort: string) =>
      rows
        .filter((r) => r.cohort === cohort && r.returned !== null)
        .map((r) => r.returned)
        .join(' ');
    expect(row('1997-01-01')).toBe('7846 1157 964 810 679 736 720 582 559 594 673 634 528 511 664 472 497 498');
    expect(row('1997-02-01')).toBe('8476 1312 980 783 847 786 626 619 666 721 661 545 568 718 545 548 551');
    expect(row('1997-03-01')).toBe('7248 1032 752 756 674 564 561 579 634 569 464 472 678 420 443 457');
    expect(rows.filter((r) => r.returned === null).map((r) => [r.cohort, r.k, r.state])).toEqual([
      ['1997-02-01', 17, 'unobservable'],
      ['1997-03-01', 16, 'unobservable'],
      ['1997-03-01', 17, 'unobservable'],
    ]);
    const january = await ask('later', '--from', '1997-01-01', '--to', '1997-02-01', ...asOf);
    expect(january.map((r) => r.returned).join(' ')).toBe(
      '7846 3654 3357 3140 2958 2842 2677 2524 2404 2292 2148 1947 1741 1564 1396 1086 846 498',
    );
    const rolling = await ask('rolling', '--by', 'k', ...asOf);
    expect(rolling.map((r) => r.returned).join(' ')).toBe('23570 3088 2375 2149 2110 2024 1868 1772');
  });

  test('has the means over cohorts', async () => {
    const [, pooled] = await ask('monthly', '--by', 'k', ...quarter);
    const [, simple] = await ask('monthly_mean', '--by', 'k', ...quarter);
    const [, lost] = await ask('monthly_churn', '--by', 'k', ...quarter);
    expect((Number(pooled!.rate) * 100).toFixed(3)).toBe('14.854');
    expect((Number(simple!.rate) * 100).toFixed(3)).toBe('14.821');
    expect(Number(lost!.rate)).toBeCloseTo(1 - Number(pooled!.rate), 12);
  });

  test('has the lifetime value and the repeats', async () => {
    const values = await ask('ltv', '--by', 'horizon', ...asOf);
    expect(values.map((r) => Number(r.ltv).toFixed(4))).toEqual(['42.0217', '53.5352', '66.8217', '90.7312']);
    expect(numbers(values, 'n_mature')).toEqual([23570, 23570, 23570, 23570]);
    for (const [name, repeated] of [
      ['repeat_30d', 4115],
      ['repeat_90d', 6887],
      ['repeat_180d', 8827],
      ['repeat_365d', 10810],
    ] as const) {
      const [row] = await ask(name, ...asOf);
      expect(row, name).toMatchObject({ n_total: 23570, n_mature: 23570, repeated });
    }
  });

  test('has a lifecycle that adds up', async () => {
    const rows = await ask('life', '--from', '1997-01-01', '--to', '1998-07-01', ...asOf);
    const [fresh, back, again, gone, active] = ['new', 'returning', 'resurrected', 'dormant', 'active'].map((n) =>
      numbers(rows, n),
    );
    expect(fresh!.reduce((a, b) => a + b)).toBe(23570);
    rows.forEach((_, i) => {
      expect(active![i]).toBe(fresh![i]! + back![i]! + again![i]!);
      expect(active![i]! - (active![i - 1] ?? 0)).toBe(fresh![i]! + again![i]! - gone![i]!);
    });
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
