import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { createTinyProject, runCli, type TemporaryProject } from '../support/cli.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';

let project: TemporaryProject;
let etalon: (...words: string[]) => ReturnType<typeof runCli>;

/** What somebody does to the target behind the program's back. */
async function tamper(open: Parameters<typeof openEngine>[0], ...statements: string[]): Promise<void> {
  const engine = await openEngine(open);
  const catalog = await engine.readCatalog(['marts', 'raw']);
  for (const sql of statements) {
    const named = sql.replace(/\{([a-z_.]+)\}/, (_, name: string) => {
      const relation = catalog.find((entry) => `${entry.name.schema}.${entry.name.table}` === name)!.reads[0]!;
      return `${relation.schema}.${relation.table}`;
    });
    await engine.execute(named);
  }
  await engine.close();
}
const tamperFile = (...statements: string[]) =>
  tamper({ engine: 'duckdb', path: join(project.folder, 'target/tiny.duckdb') }, ...statements);

describe('a target in a file through its troubles', () => {
  beforeAll(async () => {
    project = createTinyProject();
    etalon = (...words) => runCli(words, { cwd: project.folder });
    expect((await etalon('state', 'verify')).code).toBe(2);
    expect((await etalon('run')).code).toBe(0);
  });
  afterAll(() => project.remove());

  it('agrees with its record, and is not written to by a look', async () => {
    const before = readFileSync(join(project.folder, 'target/tiny.duckdb'));
    const { code, out } = await etalon('state', 'verify');
    expect(out).toBe('the target agrees with its record: 2 published models looked at\n');
    expect(code).toBe(0);
    expect(readFileSync(join(project.folder, 'target/tiny.duckdb')).equals(before)).toBe(true);
    const deep = JSON.parse((await etalon('state', 'verify', '--deep', '--json')).out);
    expect(deep).toMatchObject({ agrees: true, compared: ['marts.orders', 'raw.orders'], findings: [] });
  });

  it('names a row that was changed by its key, and what helps', async () => {
    await tamperFile("update {marts.orders} set amount = 9 where order_id = '1'");
    expect((await etalon('state', 'verify')).code).toBe(0);
    const { code, out } = await etalon('state', 'verify', '--deep', '--select', 'marts.orders');
    expect(code).toBe(1);
    expect(out).toBe(
      'rows  marts.orders: 1 row of a rebuild is not there, 1 row is there that a rebuild would not have\n' +
        '  missing: {"order_id":"1"}\n  too many: {"order_id":"1"}\n' +
        '  `etalon state rebuild --select marts.orders`, then `etalon run`; where it comes back, its query does not say which of equal rows it takes\n' +
        '1 finding: 1 published model looked at; all rows of 1 compared with a rebuild\n',
    );
  });

  it('gives a model up only when it is meant', async () => {
    const asked = await etalon('state', 'rebuild', '--select', 'raw.orders');
    expect(asked).toMatchObject({ code: 2, err: 'nothing was done; to do so, add --yes\n' });
    expect(asked.out).toBe(
      'gives up  raw.orders  3 rows\nthese follow, since they read them: marts.orders\nreaders keep what is published until the next run has built it anew\n',
    );
    expect((await etalon('status', '--json')).out).not.toContain('given up');
    const done = await etalon('state', 'rebuild', '--select', 'marts.orders', '--yes');
    expect(done).toMatchObject({ code: 0, err: '' });
    expect((await etalon('status')).out).toMatch(/marts\.orders +stale .*it was given up/);
    expect((await etalon('query', 'orders', '--format', 'csv')).out).toContain('\n3,');
    const { out } = await etalon('run', '--json');
    expect(JSON.parse(out).totals.models).toMatchObject({ built: 1, fresh: 1 });
    expect((await etalon('state', 'verify', '--deep')).code).toBe(0);
  });

  it('stops when its state is gone, and is adopted', async () => {
    await tamperFile('drop schema etalon_state cascade');
    const stopped = await etalon('run');
    expect(stopped.code).toBe(2);
    expect(stopped.err).toContain('`etalon state adopt` takes over what is proven to be right');
    expect((await etalon('state', 'verify')).code).toBe(1);
    expect((await etalon('state', 'rebuild', '--select', 'marts.orders', '--yes')).err).toContain(
      'leave `--select` out',
    );
    expect((await etalon('gc')).err).toContain('`etalon state adopt`');
    const { code, out, err } = await etalon('state', 'adopt', '--deep');
    expect(err).toBe('');
    expect(out).toMatch(/raw\.orders +adopted +3 +1 file read again, with the rows that stand/);
    expect(out).toMatch(/marts\.orders +adopted +3 +name, columns and rows are those of a rebuild/);
    expect(out).toContain('tests   4 passed');
    expect(code).toBe(0);
    const next = JSON.parse((await etalon('run', '--json')).out);
    expect(next.totals).toMatchObject({ models: { built: 0, fresh: 2 }, tests: { passed: 0 } });
  });

  it('is given up as a whole where nobody wants to adopt it', async () => {
    await tamperFile('drop schema etalon_state cascade');
    const plain = JSON.parse((await etalon('state', 'adopt', '--no-deep', '--json')).out);
    expect(plain.models.map((one: { outcome: string }) => one.outcome)).toEqual(['adopted', 'given-up']);
    await tamperFile('drop schema etalon_state cascade');
    expect((await etalon('state', 'rebuild', '--yes')).out).toContain('2 models given up');
    expect(JSON.parse((await etalon('run', '--json')).out).totals.models).toMatchObject({ built: 2 });
  });

  it('is rid of what is left over', async () => {
    await tamperFile('create table etalon_tables.left_over as select range as n from range(1000)');
    expect((await etalon('gc', '--older-than', 'a while')).code).toBe(2);
    const dry = await etalon('gc', '--dry-run');
    expect(dry.out).toMatch(/^would drop {2}left_over {2}1,000 rows, 262\.1 kB\n$/);
    expect((await etalon('gc')).out).toMatch(/^dropped {2}left_over/);
    expect((await etalon('gc')).out).toBe('nothing is left over\n');
    expect((await etalon('state', 'verify')).code).toBe(0);
  });

  it('does not lose what its source has lost, unless that is accepted', async () => {
    project.write('data/orders-2.csv', 'order_id,paid_at,country,amount\n5,2025-03-05T10:00:00Z,DE,1.00\n');
    expect((await etalon('run')).code).toBe(0);
    rmSync(join(project.folder, 'data/orders-2.csv'));
    const refused = await etalon('run', '--full-refresh');
    expect(refused.code).toBe(5);
    expect(refused.err).toMatch(/`data\/orders-2\.csv` is gone: put it back.*--accept-loss; lost would be 1 row/);
    expect((await etalon('query', 'orders', '--format', 'csv')).out).toContain('\n4,');
    const accepted = await etalon('build', '--full-refresh', '--accept-loss');
    expect(accepted.code, accepted.err).toBe(0);
    expect((await etalon('query', 'orders', '--format', 'csv')).out).toContain('\n3,');
  });

  it('tries again what failed last, and nothing else', async () => {
    expect((await etalon('retry')).out).toBe('nothing failed last: nothing to retry\n');
    const path = 'models/marts/orders.yml';
    const good = readFileSync(join(project.folder, path), 'utf8');
    project.write('models/marts/other.yml', 'description: Other.\nowner: shop\ncolumns: {n: integer}\n');
    project.write('models/marts/other.sql', 'select 1 as n\n');
    project.write('models/marts/below.yml', 'description: Below.\nowner: shop\ncolumns: {n: integer}\n');
    project.write('models/marts/below.sql', 'select count(*) as n from marts.orders\n');
    project.write(path, good.replace('{range: {min: 0}}', '{range: {min: 100}}'));
    expect((await etalon('run', '--full-refresh')).code).toBe(5);
    project.write(path, good);
    project.write('models/marts/other.sql', 'select 2 as n\n');
    const { code, out } = await etalon('retry', '--json');
    expect(code).toBe(0);
    const { steps } = JSON.parse(out);
    expect(steps.map((step: { model: string }) => step.model)).toEqual(['marts.orders', 'marts.below']);
    expect((await etalon('status')).out).toMatch(/marts\.other +stale/);
    expect((await etalon('retry')).out).toContain('nothing to retry');
  });
});

const obstacle = findPostgresObstacle();
describe.skipIf(obstacle !== undefined)(`on PostgreSQL${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  beforeAll(async () => {
    project = createTinyProject();
    database = await freshDatabase();
    etalon = (...words) =>
      runCli([...words, '--target', 'prod'], { cwd: project.folder, env: { TINY_URL: database.url } });
  });
  afterAll(async () => {
    project.remove();
    await database.drop();
  });

  it('is verified, adopted and collected there, too', async () => {
    expect((await etalon('run')).code).toBe(0);
    expect((await etalon('state', 'verify', '--deep')).out).toContain('all rows of 2 compared');
    const open = { engine: 'postgres', url: database.url } as const;
    await tamper(open, 'create view public.mine as select * from {marts.orders}');
    await tamper(open, 'drop schema etalon_state cascade');
    expect((await etalon('state', 'adopt')).code).toBe(0);
    expect(JSON.parse((await etalon('run', '--json')).out).totals.models).toMatchObject({ built: 0, fresh: 2 });
    expect((await etalon('run', '--full-refresh')).code).toBe(0);
    // The old version is read by somebody: no run could drop it.
    const kept = await etalon('gc', '--older-than', '0 seconds');
    expect(kept.out).toMatch(/kept {2}marts__orders__\w+: somebody reads it/);
    expect((await etalon('state', 'verify')).out).toMatch(/stray {2}1 relation/);
    await tamper(open, 'drop view public.mine');
    expect((await etalon('gc', '--older-than', '0 seconds')).out).toMatch(
      /dropped {2}marts__orders__\w+ {2}3 rows, \d+\.\d kB/,
    );
    expect((await etalon('state', 'verify')).code).toBe(0);
  });
});
