import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runEtalon } from '../project/run-etalon.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';

const page = readFileSync(new URL('../../docs/getting-started.md', import.meta.url), 'utf8');

interface Block {
  readonly language: 'sh' | 'yaml';
  readonly text: string;
  /** The file that the line above a block of YAML names. */
  readonly path: string | undefined;
}

/** Title of a section without its number → its blocks. */
const sections = new Map(
  page
    .split(/^## \d+\. /m)
    .slice(1)
    .map((text): [string, readonly Block[]] => [
      text.slice(0, text.indexOf('\n')),
      [...text.matchAll(/^(?:`([\w/]+\.yml)`.*\n)?```(sh|yaml)\n([\s\S]*?)\n```$/gm)].map(
        ([, path, language, body]) => ({
          language: language as Block['language'],
          text: body!,
          path,
        }),
      ),
    ]),
);

let folder: string;
let cwd: string;
const env: Record<string, string> = {};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etalon-start-'));
  cwd = folder;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a line of a block does: `etalon` in this process, all else in a shell. Those that end only on Ctrl-C are left to tests/cli. */
async function follow(line: string): Promise<string> {
  const [, command = '', comment = ''] = /^(.*?)(?:\s{2,}# (.*))?$/.exec(line)!;
  if (command.startsWith('cd ')) cwd = join(cwd, command.slice(3));
  if (/^(cd |npm |alias |export |etalon docs serve)/.test(command)) return '';
  if (!command.startsWith('etalon ')) {
    const { status, stderr } = spawnSync('bash', ['-c', command], { cwd, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    return '';
  }
  const { code, out, err } = await runEtalon(cwd, command.split(' ').slice(1), env);
  expect(code === 0, `${command} ended with ${code}\n${out}${err}`).toBe(!comment.startsWith('fails'));
  return out + err;
}

/** Every block of a section, in order: what its lines printed, by line. */
async function followSection(title: string): Promise<ReadonlyMap<string, string>> {
  const printed = new Map<string, string>();
  for (const { language, text, path } of sections.get(title)!) {
    if (language === 'yaml') {
      if (path !== undefined) writeFileSync(join(cwd, path), `${text}\n`);
      else edit('project.yml', /^targets:[\s\S]*$/m, `${text}\n`);
      continue;
    }
    for (const line of text.split('\n').flatMap((each) => each.split(' && ')))
      printed.set(line.split('  #')[0]!.trim(), await follow(line));
  }
  return printed;
}

/** Makes the change and gives what takes it back. */
function edit(path: string, from: string | RegExp, to: string): () => void {
  const before = readFileSync(join(cwd, path), 'utf8');
  const after = before.replace(from, to);
  expect(after, `${path} holds ${from}`).not.toBe(before);
  writeFileSync(join(cwd, path), after);
  return () => writeFileSync(join(cwd, path), before);
}

describe('docs/getting-started.md, followed to the letter', { timeout: 240_000 }, () => {
  test('has the sections that are followed here', () => {
    expect([...sections.keys()]).toEqual([
      'Install',
      'A project with data',
      'Ask',
      'Change a definition',
      'When data is wrong',
      'A project of your own',
      'On PostgreSQL',
      'In CI and every night',
    ]);
  });

  test('a project with data', async () => {
    await followSection('A project with data');
    expect((await runEtalon(cwd, ['build'])).out).toContain('29 fresh');
  });

  test('ask', async () => {
    const printed = await followSection('Ask');
    expect(printed.get('etalon query revenue orders --grain month')).toMatch(/^2025-03-01 .* partial$/m);
    expect(printed.get('etalon query conversion_rate --grain week --by platform --format csv')).toMatch(
      /,android,0\.\d+,final$/m,
    );
    expect(printed.get('etalon lineage marts.orders.amount')).toContain('raw.payments.amount');
  });

  test('change a definition', async () => {
    for (const told of ['`sum(amount) - 2 * sum(refunded)`', '`sun(amount)`']) expect(page).toContain(told);
    const undo = edit('metrics/revenue.yml', 'sum(amount) - sum(refunded)', 'sum(amount) - 2 * sum(refunded)');
    const printed = await followSection('Change a definition');
    expect(printed.get('etalon compile --check')).toContain('the meaning of `net_revenue` changed');
    expect(printed.get('etalon test --examples')).toContain('expected {day: 2025-01-03, net_revenue: 6.00}');
    undo();
    const mend = edit('metrics/revenue.yml', 'sum(amount)', 'sun(amount)');
    const misspelt = await runEtalon(cwd, ['compile']);
    expect(misspelt).toMatchObject({ code: 1, err: expect.stringContaining('did you mean `sum`?') });
    mend();
    expect(await runEtalon(cwd, ['compile', '--check'])).toMatchObject({ code: 0 });
  });

  test('when data is wrong', async () => {
    expect(page.replace(/\s+/g, ' ')).toContain(
      'write `tests: [{range: {max: 100}}],` into the braces of the column `amount`',
    );
    const undo = edit('models/marts/orders.yml', /( {2}amount: +\{)/, '$1tests: [{range: {max: 100}}], ');
    const printed = await followSection('When data is wrong');
    expect(printed.get('etalon run --select marts.orders')).toContain('`amount` is at most 100');
    expect(printed.get('etalon query revenue')).toMatch(/\d+\.\d\d/);
    undo();
    expect(await runEtalon(cwd, ['run'])).toMatchObject({ code: 0 });
    const status = await runEtalon(cwd, ['status', '--json']);
    const { models } = JSON.parse(status.out) as { models: { status: string }[] };
    expect(models.filter((model) => model.status !== 'ok')).toEqual([]);
  });

  test('a project of your own', async () => {
    cwd = folder;
    const printed = await followSection('A project of your own');
    expect(printed.get('etalon query takings average_sale --grain day')).toMatch(/^2025-05-02 +6\.50 +3\.25 +final$/m);
    expect(printed.get('etalon query takings --by item --order -takings')).toMatch(/espresso +4\.80[\s\S]*cake +4\.10/);
  });

  test.skipIf(findPostgresObstacle() !== undefined)('on PostgreSQL', async () => {
    const database = await freshDatabase();
    env.DATABASE_URL = database.url;
    const printed = await followSection('On PostgreSQL');
    expect(printed.get('etalon doctor --target prod')).not.toContain('wrong');
    const onDuckdb = await runEtalon(cwd, ['query', 'takings', '--grain', 'day']);
    // Each target says below its rows how far it is known.
    const rows = printed.get('etalon query takings --grain day --target prod')?.replace(/^as of .*\n/m, '');
    expect(rows).toBe(onDuckdb.out);
    await followSection('In CI and every night');
    await database.drop();
  });
});
