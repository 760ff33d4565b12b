import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun, runEtalon } from '../project/run-etalon.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';

/** As far as one morning goes: after it more files come, and a rule changes. */
const [page] = readFileSync(new URL('../../docs/segments.md', import.meta.url), 'utf8').split('## What is remembered') as [string];
const asOf = ['--as-of', '2025-06-01'];

/** The shop of docs/segments.md, with a target on PostgreSQL and what `change` makes of its files. */
function writeShop(folder: string, change: (path: string, text: string) => string = (_, text) => text): void {
  for (const [, path, body] of page.matchAll(/^`([\w/.-]+)`\n```(?:yaml|csv)\n([\s\S]*?)^```$/gm)) {
    const text =
      path === 'project.yml'
        ? body!.replace('target: dev', '  prod: {engine: postgres, url_env: SHOP_URL}\ntarget: dev')
        : body!;
    mkdirSync(dirname(join(folder, path!)), { recursive: true });
    writeFileSync(join(folder, path!), change(path!, text));
  }
}

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
    expect(await rowsOf('why', 'rfm', '--user', 'cleo')).toEqual([{ part: 'others' }]);
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
    expect(await ask('preview', 'nowhere.yml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no such file'),
    });
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
