import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTinyProject, runCli, type TemporaryProject } from '../support/cli.ts';

/** What sources deliver that nobody expected, as a run and `etalon status` tell it. The tests stand in the order of a week. */
let project: TemporaryProject;
const etalon = (...words: string[]) => runCli(words, { cwd: project.folder });
beforeAll(async () => {
  project = createTinyProject();
  await etalon('run');
});
afterAll(() => project.remove());

describe('what a source brings', () => {
  it('is counted, and a column that nobody declared is offered once', async () => {
    const rows = [
      '5,2025-02-06T10:00:00Z,DE,1,web',
      '6,2025-01-01T10:00:00Z,DE,1,web',
      '7,2999-01-01T10:00:00Z,DE,1,app',
    ];
    project.write(
      'data/orders-2.csv',
      `order_id,paid_at,country,amount,channel\n${rows.join('\n')}\n8,never,DE,1,app\n`,
    );
    const { err, out, code } = await etalon('run');
    expect(code, err).toBe(0);
    expect(err).toMatch(/built +raw\.orders +6 rows, 4 came, 1 late, 1 stamped in the future, 1 rejected, 1 file/);
    expect(err).toMatch(
      /notice +raw\.orders +a column is not declared: `channel`, first in `data\/orders-2\.csv`; .*\(models\/raw\/orders\.yml:8\)\n {2}channel: text/,
    );
    expect(out).toMatch(/models +2 built; 12 rows, 1 rejected, 1 late, 1 stamped in the future/);
    expect((await etalon('run')).err).not.toContain('notice');
  });

  it('is told by status until it is declared', async () => {
    const { out } = await etalon('status');
    expect(out).toMatch(/source +came last +late +in the future +refused/);
    expect(out).toMatch(
      /raw\.orders +4 +1 +1 +1 +2025-01-01 10:00:00 +2025-02-06 10:00:00 +`paid_at` is not a timestamp: 1/,
    );
    expect(out).toContain('columns of sources\nadded     raw.orders  not declared: channel (text)\n');
    const { models, drift } = JSON.parse((await etalon('status', '--json')).out);
    expect(drift).toMatchObject([
      { model: 'raw.orders', column: 'channel', kind: 'added', type: 'text', since: expect.any(String) },
    ]);
    const source = models.find(({ model }: { model: string }) => model === 'raw.orders');
    expect(source.arrivals).toEqual({
      rows: 4,
      late: 1,
      future: 1,
      rejected: 1,
      first: '2025-01-01T10:00:00Z',
      last: '2025-02-06T10:00:00Z',
      reasons: [{ reason: '`paid_at` is not a timestamp', rows: 1 }],
    });
    const mart = models.find(({ model }: { model: string }) => model === 'marts.orders');
    expect(mart).toMatchObject({ freshThrough: '2025-02-06T10:00:00Z', completeThrough: source.completeThrough });
    expect((await etalon('status', '--select', 'marts.orders')).out).not.toContain('channel');
  });

  it('stops the load where a column is gone that definitions need, and may be accepted', async () => {
    project.write('data/orders-3.csv', 'order_id,paid_at,country\n9,2025-02-07T10:00:00Z,DE\n');
    const refused = await etalon('run', '--json');
    expect(refused.code).toBe(5);
    const { steps } = JSON.parse(refused.out);
    expect(steps[0].reason).toBe(
      'the column `amount` is gone from `data/orders-3.csv`, and 4 definitions need it: nothing is loaded',
    );
    expect(steps[0].error).toContain('needed by marts.orders.amount  models/marts/orders.yml:9');
    expect(steps[0].error).toContain('needed by metric revenue  metrics/revenue.yml:7');
    const accepted = await etalon('run', '--accept-loss');
    expect(accepted.code, accepted.err).toBe(0);
    expect(accepted.err).toMatch(
      /warning +raw\.orders +the column `amount` is gone .*; --accept-loss allows it, so it is null/,
    );
    expect((await etalon('status')).out).toMatch(/removed +raw\.orders +since .*the column `amount` is gone/);
  });
});
