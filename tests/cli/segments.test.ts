import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { mustRun, runEtalon } from '../project/run-etalon.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { writeShop } from './write-shop.ts';

const asOf = ['--as-of', '2025-06-01T00:00:00Z'];

const folders: string[] = [];
function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-segment-'));
  folders.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const obstacle = findPostgresObstacle();

describe.each([
  { name: 'dev', why: undefined },
  { name: 'prod', why: obstacle },
])('segments on $name', ({ name, why }) => {
  let folder: string;
  let env: Record<string, string> = {};
  let drop: (() => Promise<void>) | undefined;
  const ask = (...words: string[]) => runEtalon(folder, ['segment', ...words, '--target', name], env);
  const rowsOf = async (...words: string[]) =>
    (
      JSON.parse(await mustRun(folder, ['segment', ...words, ...asOf, '--json', '--target', name], env)) as {
        readonly rows: unknown;
      }
    ).rows;

  beforeAll(async () => {
    if (why !== undefined) return;
    folder = createFolder();
    if (name === 'prod') {
      const database = await freshDatabase();
      env = { SHOP_URL: database.url };
      drop = database.drop;
    }
    writeShop(folder);
    await mustRun(folder, ['run', '--target', name], env);
  }, 120_000);
  afterAll(() => drop?.());

  it.skipIf(why !== undefined)(`answers every question alike${why ? ` (${why})` : ''}`, async () => {
    expect(await rowsOf('members', 'loyal')).toEqual([{ user_id: 'anna' }, { user_id: 'ben' }]);
    expect(await rowsOf('members', 'rfm')).toEqual([
      { user_id: 'anna', part: 'champions' },
      { user_id: 'ben', part: 'champions' },
      { user_id: 'eva', part: 'champions' },
      { user_id: 'finn', part: 'none' },
      { user_id: 'cleo', part: 'others' },
    ]);
    expect(await rowsOf('size', 'pro')).toMatchObject([{ entities: 3 }, { entities: 1 }, { entities: 6 }]);
    expect(await rowsOf('attrition', 'loyal')).toMatchObject([
      { condition: '1', fails: 2, removed: 2, sole: 0 },
      { condition: '2', fails: 2, removed: 0, sole: 0 },
      { condition: '2.1', fails: 3, unknown: 1, removed: null, sole: 0 },
      { condition: '2.2', fails: 3, removed: null, sole: 0 },
      { condition: '3', fails: 2, removed: 1, sole: 1 },
      { condition: '3.1', fails: 4, removed: null, sole: 1 },
      { condition: 'test_users', fails: 1, removed: 1, sole: 1 },
    ]);
    expect(await rowsOf('overlap', 'loyal', 'pro')).toMatchObject([{ both: 1, only_a: 1, only_b: 2 }]);
    const whyBen = (await rowsOf('why', 'loyal', '--user', 'ben')) as readonly {
      readonly holds: string;
      readonly value: string | null;
    }[];
    expect(whyBen.map(({ holds }) => holds)).toEqual(['yes', 'yes', 'unknown', 'yes', 'yes', 'no', 'yes']);
    expect(whyBen[3]!.value).toBe('times 2, sum 320.00');
    const evidence = 'purchase 2025-01-30T10:00:00Z 60.00 (5)';
    expect(await rowsOf('why', 'rfm', '--user', 'cleo')).toEqual([
      { part: 'others', score: 'r', value: 'score 1, last_at 2025-01-30T10:00:00Z', evidence },
      { part: 'others', score: 'f', value: 'score 1, times 1', evidence },
    ]);
    expect(await rowsOf('why', 'rfm', '--user', 'finn')).toEqual([
      { part: 'none', score: 'r', value: 'score none, last_at none', evidence: '' },
      { part: 'none', score: 'f', value: 'score none, times none', evidence: '' },
    ]);
    expect(await rowsOf('preview', 'draft.yml')).toMatchObject([{ entities: 3 }, { entities: 0 }, { entities: 6 }]);
  });

  it.skipIf(why !== undefined)(`the dictionary tells the same numbers${why ? ` (${why})` : ''}`, async () => {
    await mustRun(folder, ['docs', 'build', '--target', name], env);
    const told = (path: string) => readFileSync(join(folder, 'target/docs/segments', path), 'utf8');
    const now = async (...words: string[]) =>
      JSON.parse(await mustRun(folder, ['segment', ...words, '--json', '--target', name], env)) as {
        readonly rows: readonly Record<string, number | string | null>[];
      };
    for (const segment of ['loyal', 'rfm']) {
      const { rows } = await now('size', segment);
      expect(JSON.parse(told(`${segment}.json`)).value.sizes).toEqual(
        rows.map(({ part, entities }) => ({ part, entities })),
      );
    }
    const { rows } = await now('attrition', 'loyal');
    const steps = [
      ...told('loyal.html').matchAll(
        /<\/svg><\/td><td class="n">([^<]*)<\/td><td class="n">[^<]*<\/td><td class="n">([^<]*)</g,
      ),
    ];
    expect(steps.slice(1, -1).map(([, removed, sole]) => [removed!.replace('−', ''), sole!.replace('+', '')])).toEqual(
      rows.map(({ removed, sole }) => [removed === null ? '' : String(removed), String(sole)]),
    );
    const pro = (await now('overlap', 'loyal', 'pro')).rows[0]!;
    expect(told('loyal.html')).toMatch(new RegExp(`>pro</a></th><td class="n">${pro.both}<`));
  });

  it.skipIf(why !== undefined)(
    `hides what a single person is behind, by counting them${why ? ` (${why})` : ''}`,
    async () => {
      const project = join(folder, 'project.yml');
      const text = readFileSync(project, 'utf8');
      writeFileSync(project, `${text}site: {min_group_size: 2}\n`);
      await mustRun(folder, ['docs', 'build', '--target', name, '--out', 'target/few'], env);
      const single = ['docs', 'build', '--single', 'metric/revenue', '--to', 'mail.html', '--target', name, '--json'];
      const { bytes } = JSON.parse(await mustRun(folder, single, env)) as { readonly bytes: number };
      writeFileSync(project, text);
      const rows = readFileSync(join(folder, 'target/few/data/revenue.csv'), 'utf8').split('\r\n');
      expect(rows.filter((row) => !row.includes(',,hidden,'))).toEqual([
        'grain,period,revenue,state,unit',
        // Anna, Ben and Eva; alone by day and by week.
        'month,2025-05-01,440.00,final,EUR',
        '',
      ]);
      const mailed = readFileSync(join(folder, 'mail.html'), 'utf8');
      expect([bytes, mailed.includes('440.00'), mailed.includes('300.00')]).toEqual([
        Buffer.byteLength(mailed),
        true,
        false,
      ]);
    },
  );

  it.skipIf(why !== undefined)(
    `tells of a metric that the target refuses, and all the others${why ? ` (${why})` : ''}`,
    async () => {
      const path = join(folder, 'metrics/refused.yml');
      writeFileSync(path, 'from: marts.users\nmetrics:\n  codes: {is: "sum(plan::integer)", tags: [open]}\n');
      const build = ['docs', 'build', '--target', name, '--out'];
      const { code, err } = await runEtalon(folder, [...build, 'target/refused'], env);
      const open = await runEtalon(folder, [...build, 'target/open', '--audience', 'open'], env);
      rmSync(path);
      expect([code, open.code], err).toEqual([0, 0]);
      expect(err.split('\n').filter((line) => line.startsWith('warning'))).toEqual([
        expect.stringMatching(/^warning {2}codes {2}its values could not be read, which its page says: \w.+/),
      ]);
      const page = (site: string) => readFileSync(join(folder, 'target', site, 'metrics/codes.html'), 'utf8');
      const said = 'Its values could not be read when the dictionary was built';
      const reason = name === 'dev' ? 'a text is no INT32: column plan' : 'invalid input syntax for type integer';
      expect(err).toContain(`page says: ${reason}\n`);
      expect(page('refused')).toContain(`${said}: ${reason}`);
      expect(page('open')).toContain(`${said}.`);
      expect(page('open')).not.toContain(`${said}: `);
      for (const text of [err, page('refused'), page('open')])
        expect(text).not.toMatch(/['"]pro['"]|&quot;pro|&#39;pro/);
      expect(readFileSync(join(folder, 'target/refused/data/revenue.csv'), 'utf8')).toContain('2025-05-01,');
    },
  );

  it.skipIf(why !== undefined)(`says what is wrong with a question${why ? ` (${why})` : ''}`, async () => {
    expect(await ask('size', 'loyl')).toMatchObject({ code: 2, err: expect.stringContaining('did you mean `loyal`?') });
    expect(await ask('attrition', 'rfm')).toMatchObject({ code: 2, err: expect.stringContaining('is a split') });
    expect(await ask('overlap', 'loyal')).toMatchObject({ code: 2, err: expect.stringContaining('two or more') });
    expect(await ask('why', 'loyal')).toMatchObject({ code: 2, err: expect.stringContaining('--user') });
    const unknown = await ask('why', 'loyal', '--user', 'zoe', ...asOf);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('no user `zoe` is known before') });
    expect(await ask('size', 'loyal', '--as-of', 'today')).toMatchObject({
      code: 2,
      err: expect.stringContaining('not an instant'),
    });
    const build = (...words: string[]) => runEtalon(folder, ['docs', 'build', ...words], env);
    for (const [words, err] of [
      [['--single', 'metric/reveneu'], 'did you mean `metric/revenue`?'],
      [['--single', 'loyal'], 'did you mean `segment/loyal`?'],
      [['--to', 'mail.html'], 'there is no `--single`'],
      [['--base-url', 'example.com'], 'is not the address of a site'],
      [['--audience', 'public'], 'no metric, segment or model bears the tag `public`\n  say `tags: [public]`'],
    ] as const)
      expect(await build(...words), words.join(' ')).toMatchObject({ code: 2, err: expect.stringContaining(err) });
    const own = join(folder, 'site/templates');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'not-found.hbs'), '{{#> layout}}\n<h1>{{nope}}</h1>\n{{/layout}}\n');
    const drawn = await build('--out', 'target/own');
    rmSync(join(folder, 'site'), { recursive: true });
    expect(drawn).toMatchObject({ code: 1, err: expect.stringContaining('--> site/templates/not-found.hbs:2:7') });
    expect(drawn.err).toContain('2 | <h1>{{nope}}</h1>');
    expect(await ask('preview', 'nowhere.yml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no such file'),
    });
    writeFileSync(join(folder, 'slip.yml'), 'segments: {slip: {entity: user, where: {did: purchse}}}\n');
    const slip = await ask('preview', 'slip.yml');
    expect(slip).toMatchObject({ code: 1, err: expect.stringContaining('--> slip.yml:1:46') });
    expect(slip.err).toContain('did you mean `purchase`?');
    expect(slip.err).not.toContain('segments/preview');
  });
});

describe('what leaves the target', () => {
  const personal = (path: string, text: string) =>
    path === 'models/raw/users.yml'
      ? text.replace('user_id: text', 'user_id: {type: text, pii: id}')
      : path === 'project.yml'
        ? `${text}hash_key_env: SHOP_KEY\n`
        : text;

  it('keys that tell of people are masked: by the hash key the same member alike, without it all alike', async () => {
    const folder = createFolder();
    writeShop(folder, personal);
    await mustRun(folder, ['run']);
    const members = (env: Record<string, string>) =>
      mustRun(folder, ['segment', 'members', 'loyal', ...asOf, '--format', 'csv'], env);
    expect(await members({})).toBe('user_id\n***\n***\n');
    const masked = await members({ SHOP_KEY: 'a key of some length' });
    expect(masked).toMatch(/^user_id\n[0-9a-f]{64}\n[0-9a-f]{64}\n$/);
    expect(await members({ SHOP_KEY: 'a key of some length' })).toBe(masked);
    expect(await members({ SHOP_KEY: 'another of some length' })).not.toBe(masked);
    const preview = await mustRun(folder, ['segment', 'preview', 'draft.yml', ...asOf]);
    expect(preview).not.toMatch(/anna|ben|dan/);
  });

  it('what a condition looked at is shown, but for what tells of people', async () => {
    const folder = createFolder();
    const tagged = (path: string, text: string) =>
      path === 'models/raw/users.yml'
        ? text.replace('plan: text', 'plan: {type: text, pii: id}')
        : path === 'models/raw/orders.yml'
          ? text.replace('order_id: integer', 'order_id: {type: integer, pii: id}')
          : text;
    writeShop(folder, tagged);
    await mustRun(folder, ['run']);
    const why = await mustRun(folder, ['segment', 'why', 'loyal', '--user', 'anna', ...asOf, '--json']);
    const { rows } = JSON.parse(why) as { rows: { evidence: string | null }[] };
    expect(rows.map(({ evidence }) => evidence)).toEqual([
      'purchase 2025-05-02T10:00:00Z 80.00 (***); purchase 2025-04-20T10:00:00Z 120.00 (***)',
      null,
      'plan ***',
      'purchase 2025-05-02T10:00:00Z 80.00 (***); purchase 2025-04-20T10:00:00Z 120.00 (***)',
      null,
      'country DE',
      null,
    ]);
    const inRussian = async (...words: string[]) =>
      (await mustRun(folder, ['segment', ...words, '--language', 'ru'])).split('\n');
    const told = await inRussian('why', 'loyal', '--user', 'anna', ...asOf);
    expect(told[0]).toMatch(/^условие +правило +значение +выполнено$/);
    expect(told).toContainEqual(expect.stringMatching(/^user anna входит, на 2025-0/));
    const lost = await inRussian('attrition', 'loyal', ...asOf);
    expect(lost[0]).toMatch(/^условие +правило +не выполнено +неизвестно +убирает +только оно$/);
    expect(lost.at(-2)).toMatch(/^из 6 входят \d; о \d неизвестно$/);
    expect(await inRussian('show', 'loyal')).toEqual(
      expect.arrayContaining(['кто входит', 'читает', 'кого пересматривают от среза к срезу']),
    );
    const profile = await runEtalon(folder, ['segment', 'profile', 'loyal', '--by', 'plan', ...asOf]);
    expect(profile).toMatchObject({ code: 2, err: expect.stringContaining('`plan` is personal data') });
  });
});

describe('what a segment reads', () => {
  it('is followed column by column, from it and to it', async () => {
    const folder = createFolder();
    writeShop(folder);
    const { segments, metrics } = JSON.parse(await mustRun(folder, ['lineage', 'loyal', '--json'])) as {
      readonly segments: readonly { readonly columns: readonly Readonly<Record<string, unknown>>[] }[];
      readonly metrics: readonly unknown[];
    };
    expect(metrics).toEqual([]);
    expect(segments[0]!.columns.map(({ model, column, how }) => `${model}.${column} ${how}`)).toEqual([
      'marts.orders.amount aggregated',
      'marts.orders.paid_at time',
      'marts.orders.user_id aggregated',
      'marts.users.country filtered',
      'marts.users.is_test filtered',
      'marts.users.plan filtered',
      'marts.users.signed_up_at time',
      'marts.users.user_id aggregated',
    ]);
    expect(segments[0]!.columns[0]).toMatchObject({ from: [{ model: 'raw.orders', column: 'amount' }] });
    const shown = await mustRun(folder, ['lineage', 'raw.users.plan']);
    expect(shown).toContain(
      'segments that read it\n  loyal  marts.users.plan filtered  segments/loyal.yml:2\n  pro    marts.users.plan filtered  segments/shop.yml:2\n',
    );
    expect(await mustRun(folder, ['lineage', 'loyal'])).toContain(
      'columns that it reads\n  loyal  segments/loyal.yml:2\n',
    );
  });
});

describe('what a rule means', () => {
  it('is locked: an edit without another version does not pass `compile --check`', async () => {
    const folder = createFolder();
    writeShop(folder);
    await mustRun(folder, ['compile']);
    await mustRun(folder, ['compile', '--check']);
    writeShop(folder, (_, text) => text.replace('within: 60 days', 'within: 61 days'));
    const { code, err } = await runEtalon(folder, ['compile', '--check']);
    expect(code).toBe(1);
    expect(err).toContain('the meaning of `loyal` changed and `version: 1` did not');
    writeShop(folder, (_, text) =>
      text
        .replace('within: 60 days', 'within: 61 days')
        .replace('    title: Loyal', '    version: 2\n    changes: {2: A day more.}\n    title: Loyal'),
    );
    await mustRun(folder, ['compile']);
    await mustRun(folder, ['compile', '--check']);
  });

  it('a change of it is told by the dictionary with its date, and a build that changes nothing stores nothing', async () => {
    const folder = createFolder();
    writeShop(folder);
    await mustRun(folder, ['build']);
    writeShop(folder, (path, text) =>
      path === 'segments/loyal.yml'
        ? text
            .replace('times: ">= 2"', 'times: ">= 3"')
            .replace('loyal:\n', 'loyal:\n    version: 2\n    changes: {2: Three orders now.}\n')
        : text,
    );
    await runEtalon(folder, ['build']);
    await runEtalon(folder, ['build']);
    const told = (path: string) => readFileSync(join(folder, 'target/docs', path), 'utf8');
    expect(told('changes/feed.xml').match(/<entry>/g)).toHaveLength(2);
    expect(told('changes/index.html')).toMatch(
      /Loyal customers<\/a>.*has another meaning: version 1 → 2.*Three orders now\./,
    );
    expect(told('segments/loyal.html')).toMatch(/Version 2.*since \d.*Three orders now\./);
  });

  it('a preview of a file of the project takes its place', async () => {
    const folder = createFolder();
    writeShop(folder);
    await mustRun(folder, ['run']);
    const out = await mustRun(folder, ['segment', 'preview', 'segments/shop.yml', ...asOf]);
    expect(out).toContain('rfm      champions');
  });

  it('explain says it, and a selector finds its examples', async () => {
    const folder = createFolder();
    writeShop(folder);
    expect(await mustRun(folder, ['explain', 'loyal'])).toContain(
      'did `purchase` at least 2 times in the last 60 days',
    );
    expect(await mustRun(folder, ['test', '--examples', '--select', 'loyal'])).toContain('1 passed');
    expect(await mustRun(folder, ['test', '--examples', '--select', 'pro'])).toContain('none');
  });
});

describe('what a segment remembers', () => {
  const split = `segments:
  halves:
    entity: user
    split:
      rfm: {activity: purchase, within: 365 days, quantiles: 2}
      parts: {much: m = 2, little: else}
    export: {columns: [part]}
`;
  /** Each call on a morning of June. */
  const on = (folder: string, day: number, words: readonly string[]) =>
    runEtalon(folder, words, {}, { clock: () => `2025-06-0${day}T06:00:00Z` });
  const told = async (folder: string, day: number, words: readonly string[]) => {
    const { code, out, err } = await on(folder, day, words);
    expect(code, err).toBe(0);
    return out;
  };
  /** What the database answers by itself; without the state column, which the instant of asking decides. */
  const ask = async (folder: string, sql: string) => {
    const engine = await openEngine({
      engine: 'duckdb',
      path: join(folder, 'target/shop.duckdb'),
      threads: 1,
      statementTimeoutSeconds: 60,
      readOnly: true,
    });
    try {
      return (await engine.execute(sql)).rows.map((row) => row.slice(0, 2));
    } finally {
      await engine.close();
    }
  };
  const sizes = async (folder: string, day: number) =>
    (
      JSON.parse(await told(folder, day, ['segment', 'size', 'halves', '--json'])) as {
        readonly rows: readonly { readonly part: string; readonly entities: number }[];
      }
    ).rows.map(({ part, entities }) => [part, entities]);

  it('is evaluated when it is due, told, explained with masked keys, and measured by a ruler that is frozen', async () => {
    const folder = createFolder();
    writeShop(folder, (path, text) =>
      path === 'models/raw/users.yml' ? text.replace('user_id: text', 'user_id: {type: text, pii: id}') : text,
    );
    writeFileSync(join(folder, 'segments/halves.yml'), split);
    writeFileSync(join(folder, 'metrics/accounts.yml'), 'metrics: {accounts: {is: count(*), from: marts.users}}\n');
    const none = await on(folder, 2, ['segment', 'history', 'loyal']);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('nothing is stored of `loyal`') });
    expect(await told(folder, 2, ['run', '--due', '--select', 'kind:segment'])).toContain('segments  4 evaluated');
    expect(await told(folder, 2, ['run', '--due'])).toBe('no segment is due\n');
    // Once there is a tick that the files do not reach, a segment waits for them.
    const later = await on(folder, 3, ['run', '--due']);
    expect(later).toMatchObject({
      code: 0,
      err: expect.stringMatching(
        /^waiting {2}halves, loyal, pro, rfm {2}for data before 2025-06-02T22:00:00Z: [^\n]*\n$/,
      ),
    });
    const before = await sizes(folder, 2);
    expect(before).toEqual([
      ['much', 2],
      ['little', 3],
      ['none', 1],
    ]);
    writeFileSync(
      join(folder, 'data/users-2.csv'),
      'user_id,signed_up_at,country,plan,is_test,arrived_at\ngus,2025-06-02T09:00:00Z,DE,pro,false,2025-06-03T05:00:00Z\n',
    );
    writeFileSync(
      join(folder, 'data/orders-2.csv'),
      `order_id,user_id,paid_at,amount,arrived_at\n${['20,gus', '21,finn', '22,cleo'].map((order) => `${order},2025-06-02T09:00:00Z,900,2025-06-03T05:00:00Z\n`).join('')}`,
    );
    await told(folder, 3, ['run', '--due']);
    // By quantiles that are reckoned anew three of seven would be `much`.
    expect(await sizes(folder, 3)).toEqual([
      ['much', 5],
      ['little', 2],
      ['none', 0],
    ]);
    // Whoever cuts a metric by it, draws it or hands it out goes by the same ruler.
    const cut = JSON.parse(await told(folder, 3, ['query', 'accounts', '--by', 'segment:halves', '--json'])) as {
      readonly rows: readonly { readonly halves: string; readonly accounts: number }[];
    };
    expect(cut.rows.map(({ halves, accounts }) => [halves, accounts])).toEqual([
      ['little', 2],
      ['much', 5],
    ]);
    const shown = await told(folder, 3, ['query', 'accounts', '--by', 'segment:halves', '--sql']);
    expect(await ask(folder, shown)).toEqual([
      ['little', 2],
      ['much', 5],
    ]);
    await told(folder, 3, ['docs', 'build']);
    expect(readFileSync(join(folder, 'target/docs/segments/halves.md'), 'utf8')).toContain('- much: 5\n- little: 2\n');
    const pages = readdirSync(join(folder, 'target/docs/segments')).filter((name) => /^halves.*\.html$/.test(name));
    const drawn = pages.map((name) => readFileSync(join(folder, 'target/docs/segments', name), 'utf8')).join('');
    const text = drawn.replaceAll(/<[^>]+>/g, '').replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/select .* from/i);
    expect(text).not.toMatch(/rank\(\) over/i);
    const said = ['--role', 'crm', '--purpose', 'Summer catalogue'];
    await told(folder, 3, ['segment', 'export', 'halves', '--to', 'halves.csv', ...said]);
    expect(readFileSync(join(folder, 'halves.csv'), 'utf8').match(/much/g)).toHaveLength(5);
    const history = JSON.parse(await told(folder, 3, ['segment', 'history', 'halves', '--json'])) as {
      readonly rows: readonly Readonly<Record<string, unknown>>[];
    };
    expect(history.rows.map(({ part, size, entered, left }) => [part, size, entered, left])).toEqual([
      ['much', 2, 2, 0],
      ['little', 3, 3, 0],
      ['none', 1, 1, 0],
      ['much', 5, 3, 0],
      ['little', 2, 0, 1],
      ['none', 0, 0, 1],
    ]);
    const standing = JSON.parse(await told(folder, 3, ['status', '--json'])) as {
      readonly segments: readonly unknown[];
    };
    expect(standing.segments).toContainEqual({
      segment: 'halves',
      status: 'production',
      schedule: 'daily',
      last: expect.objectContaining({ asOf: '2025-06-02T22:00:00Z', size: 7, entered: 2, left: 0, population: 7 }),
    });
    expect(await told(folder, 3, ['status'])).toMatch(/halves +production +daily +7 +7 +2 +0 +2025-06-02T22:00:00Z\n/);
    const words = ['segment', 'explain-change', 'halves', '--from', '2025-06-02', '--to', '2025-06-03'];
    const change = await told(folder, 3, words);
    expect(change).toContain('+***');
    expect(change).not.toMatch(/gus|finn|cleo/);
    const { steps, from, to } = JSON.parse(await told(folder, 3, [...words, '--json'])) as {
      readonly steps: readonly { readonly entered: number; readonly left: number }[];
      readonly from: { readonly size: number };
      readonly to: { readonly size: number };
    };
    expect([from.size, to.size]).toEqual([5, 7]);
    expect(steps.reduce((sum, { entered, left }) => sum + entered - left, 0)).toBe(2);
    const same = await on(folder, 3, [
      'segment',
      'explain-change',
      'halves',
      '--from',
      '2025-06-03',
      '--to',
      '2025-06-04',
    ]);
    expect(same).toMatchObject({ code: 1, err: expect.stringContaining('both days stand for one cut') });
    const early = await on(folder, 3, [
      'segment',
      'explain-change',
      'halves',
      '--from',
      '2025-01-01',
      '--to',
      '2025-06-04',
    ]);
    expect(early).toMatchObject({ code: 1, err: expect.stringContaining('etalon segment evaluate halves --as-of') });
    const beyond = await on(folder, 3, ['segment', 'evaluate', 'halves', '--as-of', '2025-07-01']);
    expect(beyond).toMatchObject({
      code: 5,
      err: expect.stringContaining('not everything before 2025-06-30T22:00:00Z has come'),
    });
  });
});
