import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTinyProject, runCli, type TemporaryProject } from '../support/cli.ts';

let project: TemporaryProject;
const etalon = (...words: string[]) => runCli(words, { cwd: project.folder });
beforeAll(async () => {
  project = createTinyProject();
  project.write(
    'models/marts/orders.yml',
    `description: One row per order.
owner: shop
key: order_id
time: paid_at
incremental: {by: day, late: 10 days, batch: 20 days}
columns:
  order_id: text
  paid_at: timestamp
  country: text
  amount: decimal(12,2)
`,
  );
  project.write(
    'models/raw/orders.yml',
    `description: Orders as they arrive.
owner: shop
source: {files: data/orders-*.csv}
loaded_at: paid_at
columns:
  order_id: {type: text, required: true}
  paid_at: timestamp
  country: text
  amount: decimal(12,2)
`,
  );
  await etalon('run');
  project.write(
    'data/orders-2.csv',
    'order_id,paid_at,country,amount\n5,2025-01-04T11:00:00Z,DE,1.00\n6,2025-02-05T11:00:00Z,DE,2.00\n',
  );
});
afterAll(() => project.remove());

describe('a backfill', () => {
  it('is what a late row waits for, and the run says the line', async () => {
    const { code, err } = await etalon('run');
    expect(code, err).toBe(0);
    expect(err).toMatch(/warning +marts\.orders +rows came for a period older than `late: 10 days` \(2025-01-04\)/);
    expect(err).toContain('`etalon backfill --select marts.orders --from 2025-01-04`');
    expect(err).toMatch(/built +marts\.orders +4 rows, 1 day computed again \(2025-02-05\), 1 row changed/);
  });

  it('is planned and stored before it is done', async () => {
    const { code, out } = await etalon(
      'backfill',
      '--select',
      'marts.orders',
      '--from',
      '2025-01-01',
      '--to',
      '2025-02-01',
      '--plan',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/marts\.orders +2 days +2 +1 +2\n/);
    expect(out).toContain('to do so: etalon backfill --resume b1');
  });

  it('is carried out by its id, once', async () => {
    const { code, err } = await etalon('backfill', '--resume', 'b1');
    expect(code, err).toBe(0);
    expect(err).toMatch(
      /built +marts\.orders +5 rows, \d+ days? computed again \(2025-01-0\d to 2025-01-04\), 1 row changed/,
    );
    const again = await etalon('backfill', '--resume', 'b1', '--json');
    expect(JSON.parse(again.out).steps).toEqual([]);
    expect((await etalon('query', 'orders', '--grain', 'month', '--format', 'csv')).out).toContain('2025-01-01,3,');
  });

  it('says what it cannot do', async () => {
    const source = await etalon('backfill', '--select', 'raw.orders', '--from', '2025-01-01');
    expect(source.code).toBe(2);
    expect(source.err).toContain('`raw.orders`: its rows are loaded, not computed');
    const day = await etalon('backfill', '--from', '2025-02-30');
    expect(day.err).toContain('`--from 2025-02-30` is not a day');
    const order = await etalon('backfill', '--from', '2025-02-02', '--to', '2025-02-01');
    expect(order.err).toContain('does not come after');
    const unknown = await etalon('backfill', '--resume', 'b9');
    expect(unknown.err).toContain('there is no backfill `b9`');
    const both = await etalon('backfill', '--resume', 'b1', '--from', '2025-01-01');
    expect(both.code).toBe(2);
  });
});
