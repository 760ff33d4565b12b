import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { mustRun } from './run-etalon.ts';
import { describeOnBothEngines } from './stage-project.ts';

/** The same project with its metrics kept: every figure must be the published one, and come from what is kept. */
function keep(folder: string): void {
  const edit = (path: string, change: (text: string) => string) =>
    writeFileSync(join(folder, path), change(readFileSync(join(folder, path), 'utf8')));
  edit('metrics/purchases.yml', (text) => text.replace('metrics:\n', 'grains: [day, month]\nmetrics:\n'));
  edit('metrics/cohorts.yml', (text) => text.replace('metrics:\n', 'grains: [month]\nmetrics:\n'));
}

describeOnBothEngines({ name: 'cdnow', data: ['cdnow/orders.csv'], urlEnv: 'CDNOW_URL' }, (staged) => {
  const etalon = (...words: string[]): Promise<string> => {
    const { folder, target, env } = staged();
    return mustRun(folder, [...words, '--target', target], env);
  };
  /** Columns of the file: row, customer, date, number of CDs, amount. */
  const lines = () =>
    readFileSync(join(staged().folder, 'data/orders.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
  const ask = async (...words: string[]): Promise<Record<string, unknown>[]> =>
    (JSON.parse(await etalon('query', ...words, '--format', 'json')) as { rows: Record<string, unknown>[] }).rows;

  beforeAll(async () => {
    keep(staged().folder);
    await etalon('run');
  });

  test('has the published totals and months', async () => {
    const [total] = await ask('purchases', 'buyers', 'revenue');
    expect(total).toMatchObject({ purchases: 69659, buyers: 23570 });
    expect(Number(total!.revenue)).toBe(2500315.63);
    const months = await ask('buyers', '--grain', 'month', '--to', '1997-04-01');
    const counted = ['1997-01', '1997-02', '1997-03'].map(
      (month) => new Set(lines().flatMap(([, who, day]) => (day!.startsWith(month) ? [who] : []))).size,
    );
    expect(months.map(({ buyers }) => buyers)).toEqual(counted);
  });

  test('has the published retention', async () => {
    const range = ['--from', '1997-01-01', '--to', '1997-02-01', '--as-of', '1998-07-01'];
    const row = (rows: readonly Record<string, unknown>[]) => rows.map(({ returned }) => returned).join(' ');
    expect(row(await ask('monthly', ...range))).toBe(
      '7846 1157 964 810 679 736 720 582 559 594 673 634 528 511 664 472 497 498',
    );
    expect(row(await ask('later', ...range))).toBe(
      '7846 3654 3357 3140 2958 2842 2677 2524 2404 2292 2148 1947 1741 1564 1396 1086 846 498',
    );
  });

  test('knows no more at an earlier instant than there was', async () => {
    const [then] = await ask('purchases', '--as-of', '1997-01-16');
    expect(then).toMatchObject({ purchases: lines().filter(([, , day]) => day! < '1997-01-16').length });
  });

  test('says what is kept, and holds it to the rows', async () => {
    const said = await mustRun(staged().folder, ['explain', 'revenue_per_buyer'], staged().env);
    expect(said).toMatch(/kept as\n {2}marts\.revenue__by_day/);
    const verified = JSON.parse(await etalon('state', 'verify', '--deep', '--json')) as {
      findings: unknown[];
      compared: string[];
    };
    expect(verified.findings).toEqual([]);
    expect(verified.compared).toEqual(
      expect.arrayContaining(['marts.buyers__by_month', 'marts.monthly__members', 'marts.life__active_by_month']),
    );
  });
});
