import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { mustRun } from './run-etalon.ts';
import { describeOnBothEngines } from './stage-project.ts';

/** The month that comes late, and the one after which it does: first purchases are then known that move customers to an earlier cohort. */
const late = { month: '1997-02', after: '1997-03' };

/** The file cut by month. */
function months(folder: string): ReadonlyMap<string, string> {
  const [head, ...lines] = readFileSync(join(folder, 'data/orders.csv'), 'utf8').trimEnd().split('\n');
  const parts = new Map<string, string>();
  for (const line of lines) {
    const month = line.split(',')[2]!.slice(0, 7);
    parts.set(month, `${parts.get(month) ?? `${head}\n`}${line}\n`);
  }
  return parts;
}

describeOnBothEngines({ name: 'cdnow', data: ['cdnow/orders.csv'], urlEnv: 'CDNOW_URL' }, (staged) => {
  beforeAll(async () => {
    const { folder, target, env } = staged();
    const parts = months(folder);
    const model = join(folder, 'models/raw/orders.yml');
    writeFileSync(model, readFileSync(model, 'utf8').replace('data/orders.csv', 'data/months/*.csv'));
    rmSync(join(folder, 'data/orders.csv'));
    mkdirSync(join(folder, 'data/months'));
    const order = [...parts.keys()].sort().filter((month) => month !== late.month);
    order.splice(order.indexOf(late.after) + 1, 0, late.month);
    for (const month of order) {
      writeFileSync(join(folder, `data/months/${month}.csv`), parts.get(month)!);
      await mustRun(folder, ['run', '--target', target], env);
    }
  });

  test('after 18 monthly loads, one of them late, the cohorts are those of all at once', async () => {
    const { folder, target, env } = staged();
    const ask = async (...words: string[]): Promise<Record<string, unknown>[]> => {
      const text = await mustRun(
        folder,
        ['query', ...words, '--as-of', '1998-07-01', '--target', target, '--format', 'json'],
        env,
      );
      return (JSON.parse(text) as { rows: Record<string, unknown>[] }).rows;
    };
    const rows = await ask('monthly', '--from', '1997-01-01', '--to', '1997-04-01');
    const row = (cohort: string) =>
      rows
        .filter((r) => r.cohort === cohort && r.returned !== null)
        .map((r) => r.returned)
        .join(' ');
    expect(row('1997-01-01')).toBe('7846 1157 964 810 679 736 720 582 559 594 673 634 528 511 664 472 497 498');
    expect(row('1997-02-01')).toBe('8476 1312 980 783 847 786 626 619 666 721 661 545 568 718 545 548 551');
    expect(row('1997-03-01')).toBe('7248 1032 752 756 674 564 561 579 634 569 464 472 678 420 443 457');
    const values = await ask('ltv', '--by', 'horizon');
    expect(values.map((r) => Number(r.ltv).toFixed(4))).toEqual(['42.0217', '53.5352', '66.8217', '90.7312']);
    const [repeat] = await ask('repeat_30d');
    expect(repeat).toMatchObject({ n_mature: 23570, repeated: 4115 });
  });
});
