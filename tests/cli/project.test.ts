import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTinyProject, runCli, startCli, type TemporaryProject } from '../support/cli.ts';

/** One project through its life: the tests of a `describe` stand in the order of a working day. */
let project: TemporaryProject;
const etalon = (...words: string[]) => runCli(words, { cwd: project.folder });
beforeAll(() => {
  project = createTinyProject();
});
afterAll(() => project.remove());

describe('a project from nothing to a dictionary', () => {
  it('builds and sums up', async () => {
    const { code, out, err } = await etalon('build');
    expect(err).toMatch(/built +raw\.orders +3 rows, 1 rejected, 1 file/);
    expect(code, err).toBe(0);
    expect(out).toMatch(/models +2 built; 6 rows, 1 rejected/);
    expect(out).toMatch(/tests +4 passed/);
    expect(out).toMatch(/examples +1 passed/);
    const url = /file:\S+/.exec(out)![0];
    expect(readFileSync(fileURLToPath(url), 'utf8')).toContain('revenue');
  });

  it('has nothing to do the second time', async () => {
    const { code, out } = await etalon('build', '--json');
    const document = JSON.parse(out);
    expect(code).toBe(0);
    expect(document.totals.models).toEqual({ built: 0, fresh: 2, failed: 0, skipped: 0 });
    expect(document.dictionary).toMatchObject({ written: 0, pages: expect.any(Number) });
    const page = join(document.dictionary.folder, 'metrics', 'revenue.html');
    const whole = readFileSync(page, 'utf8');
    writeFileSync(page, 'edited by hand');
    expect(JSON.parse((await etalon('build', '--json')).out).dictionary.written).toBe(1);
    expect(readFileSync(page, 'utf8')).toBe(whole);
  });

  it('answers with every digit', async () => {
    const { code, out } = await etalon('query', 'revenue', 'aov', '--by', 'country', '--order', '-revenue', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out).rows).toMatchObject([
      { country: 'FR', revenue: 20.5, aov: 20.5 },
      { country: 'DE', revenue: 17.25, aov: 8.625 },
    ]);
    expect(out).toContain('"revenue": 20.50');
  });

  it('answers as CSV and as a table', async () => {
    const csv = await etalon('query', 'orders', '--grain', 'month', '--format', 'csv');
    expect(csv.out).toBe('month,orders,state\n2025-01-01,2,final\n2025-02-01,1,final\n');
    const table = await etalon('query', 'orders', '--by', 'month', '--from', '2025-02-01', '--limit', '5');
    expect(table.out).toMatch(/^month +orders +state\n2025-02-01 +1 +final\n$/);
  });

  it('shows the SQL instead, for either engine', async () => {
    const { out } = await etalon('query', 'revenue', '--sql');
    expect(out).toMatch(/select/i);
    expect(out).toContain('orders');
  });

  it('cuts at an instant', async () => {
    const { out } = await etalon('query', 'orders', '--grain', 'month', '--as-of', '2025-01-04', '--format', 'csv');
    expect(out).toBe('month,orders,state\n2025-01-01,1,partial\n');
  });

  it('tells its status', async () => {
    const { out } = await etalon('status', '--json', '--select', 'layer:raw');
    const { models, runs } = JSON.parse(out);
    expect(models).toMatchObject([{ model: 'raw.orders', status: 'ok', rows: 3, rejected: 1 }]);
    expect(runs).toHaveLength(1);
    expect((await etalon('status')).out).toMatch(/marts\.orders +ok +3/);
  });

  it('lists, explains and traces', async () => {
    const listed = JSON.parse((await etalon('list', '--json', '--select', 'kind:metric')).out);
    expect(listed.map((one: { name: string }) => one.name)).toEqual(['aov', 'orders', 'revenue']);
    const explained = await etalon('explain', 'revenue', '--sql');
    expect(explained.out).toContain('marts.orders');
    expect(explained.out).toMatch(/from the file/);
    const lineage = JSON.parse((await etalon('lineage', 'aov', '--json')).out);
    expect(lineage).toMatchObject({
      name: 'aov',
      above: ['marts.orders', 'orders', 'raw.orders', 'revenue'],
      below: [],
    });
    expect(lineage.metrics.map((one: { name: string }) => one.name)).toEqual(['aov', 'revenue', 'orders']);
    expect(lineage.metrics[1]).toMatchObject({ path: 'metrics/revenue.yml', line: 7 });
    expect(lineage.metrics[1].columns[0]).toMatchObject({ column: 'amount', from: [{ model: 'raw.orders' }] });
    expect(lineage.tests.map((one: { name: string }) => one.name)).toContain('marts.orders.amount.range');
  });

  it('names who reads a column, with file and line', async () => {
    const { out } = await etalon('lineage', 'marts.orders.amount');
    expect(out).toBe(`marts.orders.amount
made from
  raw.orders.amount
read by
  nothing
metrics that read it
  aov      by revenue  metrics/revenue.yml:19
  revenue  aggregated  metrics/revenue.yml:7
data tests that read it
  marts.orders.amount.range  tested  models/marts/orders.yml:9
`);
    const { metrics, tests } = JSON.parse((await etalon('lineage', 'raw.orders.amount', '--json')).out);
    expect(metrics[1]).toMatchObject({ name: 'revenue', uses: [{ model: 'marts.orders', how: 'aggregated' }] });
    expect(tests).toMatchObject([{ name: 'marts.orders.amount.range', path: 'models/marts/orders.yml', line: 9 }]);
    expect((await etalon('lineage', 'revenue')).out).toContain(`columns that it reads
  revenue  metrics/revenue.yml:7
    marts.orders.amount  (aggregated)
      raw.orders.amount
`);
  });

  it('tests what is published, and says so as it happens', async () => {
    const { code, out } = await etalon('test', '--events');
    expect(code).toBe(0);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    expect(events.filter((event) => event === 'test_ended')).toHaveLength(4);
  });

  it('loads what is new and only that', async () => {
    project.write('data/orders-2.csv', 'order_id,paid_at,country,amount\n5,2025-03-05T10:00:00Z,DE,1.00\n');
    const { code, out } = await etalon('run', '--events');
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(events[0].event).toBe('run_started');
    const steps = events
      .filter((one) => one.event === 'step_ended')
      .map(({ step }) => [step.model, step.status, step.rows]);
    expect(steps).toEqual([
      ['raw.orders', 'built', 4],
      ['marts.orders', 'built', 4],
    ]);
  });
});

describe('when a data test fails', () => {
  it('keeps the good data, says which rule, and ends with 5', async () => {
    project.write('data/orders-3.csv', 'order_id,paid_at,country,amount\n6,2025-03-06T10:00:00Z,DE,-1.00\n');
    const { code, out, err } = await etalon('run');
    expect(code).toBe(5);
    expect(err).toMatch(/failed +marts\.orders/);
    expect(out).toMatch(/1 built, 1 failed/);
    expect(out).toMatch(/3 passed, 1 failed/);
    const after = await etalon('query', 'orders', '--format', 'csv');
    expect(after.out).toMatch(/^orders,state\n4,/);
    expect((await etalon('status')).out).toMatch(/marts\.orders +failing/);
  });

  it('publishes a warning, and fails on it where asked to', async () => {
    const path = 'models/marts/orders.yml';
    const before = readFileSync(join(project.folder, path), 'utf8');
    project.write(path, before.replace('{range: {min: 0}}', '{range: {min: 0}, severity: warn}'));
    const { code, out } = await etalon('run', '--fail-on', 'warn', '--full-refresh');
    expect(out).toMatch(/3 passed, 1 warned/);
    expect(code).toBe(3);
  });

  it('ends with 1 where an example does not come out', async () => {
    const path = 'metrics/revenue.yml';
    const before = readFileSync(join(project.folder, path), 'utf8');
    project.write(path, before.replace('revenue: 12.50', 'revenue: 12.51'));
    const { code, out, err } = await etalon('test', '--examples');
    expect(code).toBe(1);
    expect(out).toMatch(/1 failed/);
    expect(err).toMatch(/revenue: Two orders of a day +metrics\/revenue\.yml:\d+/);
    project.write(path, before);
  });
});

describe('what no definition owns any more', () => {
  it('is named first, and dropped when told so', async () => {
    project.write(
      'models/marts/countries.yml',
      'description: Countries.\nowner: shop\nkey: country\ncolumns: {country: text}\n',
    );
    project.write('models/marts/countries.sql', 'select distinct country from raw.orders where country is not null\n');
    expect((await etalon('run', '--select', 'marts.countries')).code).toBe(0);
    for (const ending of ['yml', 'sql']) {
      rmSync(join(project.folder, `models/marts/countries.${ending}`));
    }
    const asked = JSON.parse((await etalon('clean', '--json')).out);
    expect(asked).toMatchObject({ removed: false, orphans: [{ model: 'marts.countries' }] });
    expect(existsSync(join(project.folder, 'target/docs'))).toBe(true);
    const done = await etalon('clean', '--yes');
    expect(done.code, done.err).toBe(0);
    expect(done.out).toContain('removed  marts.countries\n');
    expect(existsSync(join(project.folder, 'target/docs'))).toBe(false);
    expect((await etalon('clean')).out).toBe('nothing to remove\n');
    expect((await etalon('query', 'orders', '--format', 'csv')).code).toBe(0);
  });
});

describe('Ctrl-C', () => {
  it('ends with 130 and leaves the target whole', async () => {
    const slow =
      'select count(*) as n from raw.orders a, generate_series(1, 100000) b, generate_series(1, 1000000) c\n';
    project.write('models/marts/slow.yml', 'description: Slow.\nowner: shop\ncolumns: {n: integer}\n');
    project.write('models/marts/slow.sql', slow);
    const child = startCli(['run', '--events', '--select', 'marts.slow'], { cwd: project.folder });
    let heard = '';
    let shown = '';
    child.stderr!.on('data', (text) => {
      shown += text;
    });
    const started = new Promise<void>((done) => {
      child.stdout!.on('data', (text) => {
        heard += text;
        if (heard.includes('"step_started"')) done();
      });
    });
    const closed = new Promise<number | null>((done) => child.on('close', done));
    await Promise.race([started, closed]);
    child.kill('SIGINT');
    expect(await closed, shown).toBe(130);
    for (const ending of ['yml', 'sql']) rmSync(join(project.folder, `models/marts/slow.${ending}`));
    expect((await etalon('run')).code).toBe(0);
  });
});
