import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, mustRun, runEtalon } from '../project/run-etalon.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { writeShop } from './write-shop.ts';

const asOf = ['--as-of', '2025-06-01T00:00:00Z'];
const obstacle = findPostgresObstacle();

const metrics = `from: marts.orders
by: [user_id]
activities:
  anything: {any: [signup, purchase]}
cohorts:
  signed: {anchor: signup, by: [country]}
  any_first: {anchor: anything}
metrics:
  paid_amount: {is: sum(amount)}
  per_order: {is: paid_amount / order_count}
  order_count: {is: count(*)}
  accounts: {is: count(*), from: marts.users}
  back: {retention: {cohort: signed, return: purchase, every: month, periods: 4}, exclude: [test_users]}
  back_often: {retention: {cohort: signed, return: purchase, every: month, periods: 4, min_occurrences: 2}}
  back_soon: {retention: {cohort: signed, return: purchase, every: month, periods: 4, criteria: on_or_before}}
  lost: {churn: {cohort: signed, return: purchase, every: month, periods: 4}}
  rolling: {retention: {cohort: signed, return: purchase, every: 30 days, interval: rolling, periods: 3}}
  often: {lifecycle: {activity: purchase, every: month}}
  begun: {retention: {cohort: any_first, return: purchase, every: month, periods: 2}}
`;

/** Cells that nobody can know yet have no value. */
const sumOf = (values: readonly unknown[]) =>
  values.every((value) => value === null) ? null : values.reduce<number>((sum, value) => sum + Number(value), 0);

const more = `segments:
  strict: {entity: user, where: {property: plan = 'pro'}, expect: {size: {min: 4, max: 9}, disjoint_with: [pro, met]}}
  trying: {entity: user, status: draft, where: {property: plan = 'pro'}, expect: {size: {max: 1}}}
  past: {entity: user, status: archived, where: {property: plan = 'pro'}, expect: {size: {max: 1}}}
  met: {entity: user, where: {did: purchase}, expect: {size: {min: 1, max: 5}}}
  parted:
    entity: user
    split:
      rfm: {activity: purchase, within: 9999 days, recency: [30]}
      parts: {fresh: r = 2, others: else}
    expect: {size: {min: 5, max: 5}}
  walked:
    entity: user
    where:
      any:
        - {sequence: [signup, purchase]}
        - {last: purchase, before: 10 days}
        - {did_not: purchase, since: {first: signup, within: 30 days}}
        - {property: "country = 'DE' and signed_up_at < timestamptz '2025-03-01 00:00:00+00'"}
`;

describe.each([
  { name: 'dev', why: undefined },
  { name: 'prod', why: obstacle },
])('segments in use on $name', ({ name, why }) => {
  let folder: string;
  let env: Record<string, string> = {};
  let drop: (() => Promise<void>) | undefined;
  let built: Ended;
  const run = (...words: string[]) => runEtalon(folder, [...words, '--target', name], env);
  const rowsOf = async (...words: string[]) =>
    (
      JSON.parse(await mustRun(folder, [...words, ...asOf, '--json', '--target', name], env)) as {
        readonly rows: readonly Record<string, unknown>[];
      }
    ).rows;

  beforeAll(async () => {
    if (why !== undefined) return;
    folder = mkdtempSync(join(tmpdir(), 'etalon-in-use-'));
    if (name === 'prod') {
      const database = await freshDatabase();
      env = { SHOP_URL: database.url };
      drop = database.drop;
    }
    writeShop(folder);
    writeFileSync(join(folder, 'metrics/more.yml'), metrics);
    writeFileSync(join(folder, 'segments/more.yml'), more);
    built = await run('run');
  }, 120_000);
  afterAll(async () => {
    await drop?.();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(why !== undefined)(`what is expected of members is a data test${why ? ` (${why})` : ''}`, async () => {
    expect(built.code, built.err).toBe(5);
    const told = [
      'failed   strict.size  `strict` has between 4 and 9 members: it has 3; look: etalon segment attrition strict',
      'failed   strict.disjoint_with.pro  `strict` shares no member with `pro`: 3 of its 3 members are in both; look: etalon segment overlap strict pro',
      'failed   strict.disjoint_with.met  `strict` shares no member with `met`: 3 of its 3 members are in both',
      'warned   trying.size  `trying` has at most 1 member: it has 3',
    ];
    for (const line of told) expect(built.err).toContain(line);
    expect(built.err).not.toMatch(/(past|met|parted)\.size/);
    const again = await run('test', '--select', 'met', '--json');
    expect(JSON.parse(again.out)).toMatchObject({ totals: { passed: 1, failed: 0 } });
    const listed = await mustRun(folder, ['list', '--json']);
    expect(JSON.parse(listed)).toContainEqual(
      expect.objectContaining({ kind: 'segment', name: 'parted', what: 'split' }),
    );
    expect(await mustRun(folder, ['explain', 'strict.size'])).toContain('has between 4 and 9 members');
    // Nothing has changed: nothing is asked again but what failed.
    const idle = await run('run', '--json');
    const { tests } = JSON.parse(idle.out) as { tests: { test: string }[] };
    expect(tests.map(({ test }) => test).sort()).toEqual([
      'strict.disjoint_with.met',
      'strict.disjoint_with.pro',
      'strict.size',
    ]);
  });

  it.skipIf(why !== undefined)(
    `a metric is cut by a segment as of the question’s instant${why ? ` (${why})` : ''}`,
    async () => {
      const cut = (...words: string[]) => rowsOf('query', ...words);
      expect(await cut('paid_amount', 'order_count', '--by', 'segment:rfm')).toMatchObject([
        { rfm: 'champions', paid_amount: 570, order_count: 6 },
        { rfm: 'others', paid_amount: 60, order_count: 1 },
        { rfm: null, paid_amount: 1000, order_count: 2 },
      ]);
      expect(await cut('paid_amount', '--by', 'segment:loyal')).toMatchObject([
        { loyal: 'in', paid_amount: 520 },
        { loyal: 'out', paid_amount: 1110 },
      ]);
      expect(await cut('per_order', '--by', 'segment:pro')).toMatchObject([
        { pro: 'in', per_order: 208.33333333333334 },
        { pro: 'out', per_order: 60 },
        { pro: 'unknown', per_order: 160 },
      ]);
      expect(await cut('accounts', '--by', 'segment:pro,segment:rfm')).toMatchObject([
        { pro: 'in', rfm: 'champions', accounts: 2 },
        { pro: 'in', rfm: null, accounts: 1 },
        { pro: 'out', rfm: 'none', accounts: 1 },
        { pro: 'out', rfm: 'others', accounts: 1 },
        { pro: 'unknown', rfm: 'champions', accounts: 1 },
      ]);
      const earlier = await mustRun(
        folder,
        [
          'query',
          'paid_amount',
          '--by',
          'segment:loyal',
          '--grain',
          'month',
          '--as-of',
          '2025-05-15',
          '--format',
          'csv',
          '--target',
          name,
        ],
        env,
      );
      expect(earlier).toBe(
        'month,loyal,paid_amount,state\n2025-01-01,out,60.00,final\n2025-04-01,in,120.00,final\n2025-05-01,in,80.00,partial\n2025-05-01,out,300.00,partial\n',
      );
      const sum = (await cut('paid_amount'))[0]!.paid_amount;
      const parts = (await cut('paid_amount', '--by', 'segment:rfm')).map(({ paid_amount }) => Number(paid_amount));
      expect(parts.reduce((a, b) => a + b)).toBe(Number(sum));
      expect(await run('query', 'paid_amount', '--by', 'segment:rfn')).toMatchObject({
        code: 2,
        err: expect.stringContaining('did you mean `rfm`?'),
      });
      // Of a cohort each member is in one part, in all cells of its row.
      const whole = await cut('back', '--by', 'k');
      const apart = await cut('back', '--by', 'k,segment:loyal');
      for (const column of ['size', 'returned'] as const)
        expect(whole.map((row) => row[column])).toEqual(
          whole.map(({ k }) => sumOf(apart.filter((row) => row.k === k).map((row) => row[column]))),
        );
      expect(new Set(apart.map(({ loyal }) => loyal))).toEqual(new Set(['in', 'out']));
      expect(await run('query', 'often', '--by', 'segment:rfm')).toMatchObject({
        code: 2,
        err: expect.stringContaining('it has no cohort whose members belong somewhere'),
      });
      expect(await run('query', 'begun', '--by', 'segment:rfm')).toMatchObject({
        code: 2,
        err: expect.stringContaining('its anchor `anything` is made of several activities'),
      });
      expect((await run('query', 'paid_amount', '--by', 'segment:rfm', '--explain', ...asOf)).out).toContain(
        'segment:rfm',
      );
    },
  );

  it.skipIf(why !== undefined)(`why tells by which events and properties${why ? ` (${why})` : ''}`, async () => {
    const rows = await rowsOf('segment', 'why', 'loyal', '--user', 'ben');
    expect(rows.map(({ evidence }) => evidence)).toEqual([
      'purchase 2025-05-28T10:00:00Z 20.00 (4); purchase 2025-05-03T10:00:00Z 300.00 (3)',
      null,
      'plan',
      'purchase 2025-05-28T10:00:00Z 20.00 (4); purchase 2025-05-03T10:00:00Z 300.00 (3)',
      null,
      'country DE',
      null,
    ]);
    const short = await rowsOf('segment', 'why', 'loyal', '--user', 'ben', '--evidence', '1');
    expect(short[0]!.evidence).toBe('purchase 2025-05-28T10:00:00Z 20.00 (4)');
    const walked = await rowsOf('segment', 'why', 'walked', '--user', 'eva');
    expect(walked.map(({ condition, evidence }) => [condition, evidence])).toEqual([
      ['1', null],
      [
        '1.1',
        'purchase 2025-05-31T23:30:00Z 10.00 (9); purchase 2025-05-22T10:00:00Z 40.00 (8); signup 2025-04-12T20:00:00Z (eva)',
      ],
      ['1.2', 'purchase 2025-05-31T23:30:00Z 10.00 (9)'],
      ['1.3', null],
      ['1.4', 'signed_up_at 2025-04-12T20:00:00Z; country FR'],
    ]);
    const table = await run('segment', 'why', 'loyal', '--user', 'anna', ...asOf);
    expect(table.out).toContain('purchase  2025-05-02T10:00:00Z  80.00   2');
  });

  it.skipIf(why !== undefined)(`a profile sets members against everyone${why ? ` (${why})` : ''}`, async () => {
    expect(await rowsOf('segment', 'profile', 'loyal', '--by', 'country')).toEqual([
      { country: 'DE', members: 2, share: 1, everyone: 4, share_of_everyone: 0.6666666666666666, index: 1.5 },
      { country: 'FR', members: 0, share: 0, everyone: 2, share_of_everyone: 0.3333333333333333, index: 0 },
    ]);
    expect(await rowsOf('segment', 'profile', 'rfm', '--by', 'is_test')).toMatchObject([
      { is_test: 'false', part: 'champions', entities: 3, everyone: 5 },
      { is_test: 'false', part: 'none', entities: 1 },
      { is_test: 'false', part: 'others', entities: 1 },
    ]);
    expect(await run('segment', 'profile', 'loyal', '--by', 'land')).toMatchObject({
      code: 2,
      err: expect.stringContaining('`marts.users` has no column `land`'),
    });
  });

  it.skipIf(why !== undefined)(
    `a cell is saved as a rule with the very same members${why ? ` (${why})` : ''}`,
    async () => {
      const save = (segment: string, metric: string, cell: string, ...words: string[]) =>
        run('query', metric, '--entities', '--cell', cell, '--save-as-segment', segment, ...asOf, ...words);
      const saved = await save('came_back', 'back', 'cohort=2025-01,k=4');
      expect(saved).toMatchObject({
        code: 0,
        err: expect.stringContaining('segments/came_back.yml: segment `came_back`, 1 member'),
      });
      expect(readFileSync(join(folder, 'segments/came_back.yml'), 'utf8')).toContain(
        'between: [2025-05-01, 2025-06-01]',
      );
      expect(await rowsOf('segment', 'members', 'came_back')).toEqual([{ user_id: 'anna' }]);
      for (const [segment, metric, cell, members] of [
        ['in_france', 'back', 'cohort=2025-02,k=3,country=FR', 0],
        ['anchored', 'back', 'cohort=2025-02,k=0', 2],
        ['often_back', 'back_often', 'cohort=2025-02,k=3', 1],
        ['soon_back', 'back_soon', 'cohort=2025-01,k=4', 1],
        ['left', 'lost', 'cohort=2025-02,k=3', 1],
      ] as const) {
        const { code, err } = await save(segment, metric, cell);
        expect(code, err).toBe(0);
        expect(await rowsOf('segment', 'members', segment), segment).toHaveLength(members);
      }
      for (const [told, metric, cell, ...words] of [
        ['its intervals begin at each entity’s own instant', 'rolling', 'cohort=2025-01-01,k=1'],
        ['it is no cell of a cohort', 'paid_amount', 'user_id=anna'],
        ['`where`, `from` and `to` narrow the question', 'back', 'cohort=2025-01,k=4', '--from', '2025-01-01'],
      ] as const) {
        const ended = await save('other', metric, cell, ...words);
        expect(ended.err).toContain(told);
        expect(ended.code).toBe(2);
      }
      expect(existsSync(join(folder, 'segments/other.yml'))).toBe(false);
      expect(await save('loyal', 'back', 'cohort=2025-01,k=4')).toMatchObject({
        code: 2,
        err: expect.stringContaining('already'),
      });
      expect(await mustRun(folder, ['compile'])).toContain('segments');
    },
  );

  it.skipIf(why !== undefined)(`templates compile over what the project has${why ? ` (${why})` : ''}`, async () => {
    for (const template of ['rfm', 'behaviour', 'attribute']) {
      const out = await mustRun(folder, ['init', 'segment', template]);
      expect(out).toContain(`etalon segment preview segments/my_${template}.yml`);
      expect(await mustRun(folder, ['segment', 'size', `my_${template}`, ...asOf, '--target', name], env)).toContain(
        `my_${template}`,
      );
    }
    expect(readFileSync(join(folder, 'segments/my_rfm.yml'), 'utf8')).toContain('activity: purchase');
    expect(await runEtalon(folder, ['init', 'segment', 'rfm'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('`my_rfm` already'),
    });
    expect(await runEtalon(folder, ['init', 'segment', 'cube'])).toMatchObject({ code: 2 });
  });
});

it('a template says what the project lacks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-bare-'));
  const project = (more: string) =>
    writeFileSync(
      join(folder, 'project.yml'),
      `project: bare\nlanguage: 1\n${more}targets: {dev: {engine: duckdb, path: x.duckdb}}\ntarget: dev\n`,
    );
  project('');
  const init = (template: string) => runEtalon(folder, ['init', 'segment', template]);
  expect((await init('rfm')).err).toContain('the project declares none');
  project('entities: {user: {key: user_id}}\n');
  expect((await init('behaviour')).err).toContain('nothing is known of what a `user` does');
  expect((await init('attribute')).err).toContain('a `user` has no properties');
  expect(existsSync(join(folder, 'segments'))).toBe(false);
  rmSync(folder, { recursive: true, force: true });
});
