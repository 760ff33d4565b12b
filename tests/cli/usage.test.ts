import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandTree } from '../../cli/tree/command-tree.ts';
import { cliPath, createFolder, createTinyProject, runCli, spawnCli, type TemporaryProject } from '../support/cli.ts';

const stack = /^\s+at .+[:(]\d+:\d+\)?$/m;
let project: TemporaryProject;
beforeAll(() => {
  project = createTinyProject();
});
afterAll(() => project.remove());

describe('help', () => {
  it('lists every command and the exit codes', async () => {
    const { code, out, err } = await runCli(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { name } of commandTree) expect(out).toContain(`\n  ${name}`);
    expect(out).toContain('130  interrupted');
  });

  it('loads no engine, no compiler and no site', () => {
    // V8 names every script that it compiled.
    const coverage = createFolder();
    const env = { ...process.env, NODE_V8_COVERAGE: coverage.folder };
    spawnSync(process.execPath, [cliPath, '--help'], { env });
    const [file] = readdirSync(coverage.folder);
    const scripts: { url: string }[] = JSON.parse(readFileSync(join(coverage.folder, file!), 'utf8')).result;
    coverage.remove();
    const urls = scripts.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    expect(urls.some((url) => url.includes('/commander/'))).toBe(true);
    expect(urls.filter((url) => !/\/dist\/cli\/|\/commander\/|\/picocolors\//.test(url))).toEqual([]);
    // A file of the bundle says of each part which module it was.
    const modules = urls
      .filter((url) => url.includes('/bundled/'))
      .flatMap((url) => [...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ (\S+\.js)$/gm)])
      .map(([, path]) => path!);
    expect(modules).toContain('cli/run-program.js');
    expect(modules.filter((path) => !path.startsWith('cli/') || path.startsWith('cli/commands/'))).toEqual([]);
  });

  it.each(
    commandTree.flatMap((spec) =>
      (spec.commands ?? [spec]).map((one) => [spec.commands ? `${spec.name} ${one.name}` : one.name]),
    ),
  )('%s has an example', async (path) => {
    const { code, out } = await runCli([...path.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples?:\\n {2}\\$ etalon ${path}`));
  });

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await runCli(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('wrong usage ends with 2, a line and no stack', () => {
  it.each([
    [['bild'], 'unknown command `bild`\n  did you mean `build`?'],
    [['frobnicate'], 'unknown command `frobnicate`\n  see: etalon --help'],
    [['docs', 'biuld'], 'did you mean `build`?'],
    [['run', '--selct', 'x'], 'unknown option `--selct`\n  did you mean `--select`?'],
    [['run', '--target'], '`--target <name>` lacks its value\n  see: etalon run --help'],
    [['query'], 'missing: `metric`\n  see: etalon query --help'],
    [['run', '--threads', 'many'], 'whole number from 1'],
    [['run', '--threads', '0'], 'whole number from 1'],
    [['query', 'revenue', '--format', 'xml'], 'cannot be `xml`\n  available: `table`, `json`, `csv`'],
    [['segment', 'why', 'loyal'], 'missing: `--user <key>`\n  see: etalon segment why --help'],
    [['segment', 'frobnicate'], 'see: etalon segment --help'],
    [['completion', 'tcsh'], '`shell` cannot be `tcsh`\n  available: `bash`, `zsh`, `fish`'],
    [['list', 'extra'], 'too many words for `list`\n  expected: none'],
    [['explain', 'a', 'b'], 'too many words for `explain`\n  expected: 1'],
    [['run', '--if-busy', 'queue'], 'cannot be `queue`\n  available: `wait`, `skip`, `fail`'],
    [['build', '--wait-timeout', 'soon'], 'not a length of time'],
    [['query', 'revenu'], 'did you mean `revenue`?'],
    [['query', 'marts.orders'], 'it is a model'],
    [['query', 'revenue', '--as-of', 'yesterday'], 'not an instant'],
    [['query', 'revenue', '--by', 'contry'], 'country'],
    [['run', '--target', 'prd'], 'did you mean `prod`?'],
    [['run', '--target', 'prod'], 'TINY_URL'],
    [['run', '--select', 'marts.order'], 'did you mean `marts.orders`?'],
    [['run', '--select', ''], 'matches nothing'],
    [['explain', 'revenus'], 'did you mean `revenue`?'],
    [['lineage', 'marts.orders.amont'], 'marts.orders.amount'],
    [['status', '--project', 'no-such-folder'], 'no such folder'],
    [['compile', '--project', 'data'], 'no project.yml'],
    [['docs', 'build', '--out', '.'], 'is the project itself'],
    [
      ['docs', 'build', '--out', 'models'],
      '`--out models` holds files that no build of a dictionary wrote: `marts`, `raw`',
    ],
    [['docs', 'build', '--out', 'project.yml'], 'is a file'],
    [['test'], 'etalon build'],
    [['query', 'revenue'], 'etalon build'],
  ])('etalon %j', async (words, wanted) => {
    const { code, out, err } = await runCli(words, { cwd: project.folder });
    expect(out).toBe('');
    expect(err).toContain(wanted);
    expect(err).not.toMatch(stack);
    expect(code).toBe(2);
  });

  it.each(['nonsense', 'mysql://u:hunter2secret@h/db', 'postgres://u:hunter2secret@h:port/db'])(
    'an address that is none: %s',
    async (url) => {
      const { code, err } = await runCli(['run', '--target', 'prod'], { cwd: project.folder, env: { TINY_URL: url } });
      expect(err).toContain(
        'TINY_URL does not hold the address of a PostgreSQL database\n  for example: export TINY_URL=',
      );
      expect(err).not.toContain(url);
      expect(err).not.toContain('hunter2secret');
      expect(code).toBe(2);
    },
  );

  it('outside of any project', async () => {
    const empty = createFolder();
    const { code, err } = await runCli(['run'], { cwd: empty.folder });
    empty.remove();
    expect(code).toBe(2);
    expect(err).toContain('etalon init');
  });

  it('without a command shows the help', async () => {
    const { code, err } = await runCli([]);
    expect(code).toBe(2);
    expect(err).toContain('Usage: etalon');
  });

  it('whatever words are thrown at it', async () => {
    const words = [
      "'",
      '"; drop table x; --',
      '--',
      '-',
      '\u0000'.slice(1),
      '🦆',
      '../../etc/passwd',
      '$(id)',
      '--json=',
      '-s',
    ];
    const commands = ['query', 'explain', 'lineage', 'list', 'compile'];
    for (const [i, word] of words.entries()) {
      const { code, err } = await runCli([commands[i % commands.length]!, word], { cwd: project.folder });
      expect(err, word).not.toMatch(stack);
      expect([0, 1, 2], word).toContain(code);
    }
  });
});

describe('who asked for JSON is told in JSON why there is no result', () => {
  it.each([
    [['run', '--json', '--target', 'prd'], { exitCode: 2, hints: ['did you mean `prod`?'] }],
    [['query', 'revenu', '--format', 'json'], { exitCode: 2, hints: ['did you mean `revenue`?'] }],
    [['list', '--json', '--nope'], { exitCode: 2, error: 'unknown option `--nope`' }],
    [['status', '--json', '--project', 'none'], { exitCode: 2, error: '`--project none`: there is no such folder' }],
  ])('%j', async (words, wanted) => {
    const { code, out, err } = await runCli(words, { cwd: project.folder });
    expect(JSON.parse(out)).toMatchObject({ ok: false, ...wanted });
    expect(code).toBe(wanted.exitCode);
    expect(err).toContain('error: ');
  });

  it('with the diagnostics of definitions, and as the last of the events', async () => {
    const broken = createTinyProject();
    broken.write('metrics/revenue.yml', 'from: marts.orders\nmetrics: {revenue: sum(amonut)}\n');
    const diagnostics = [{ code: 'E1305', file: 'metrics/revenue.yml', line: 2, hints: ['did you mean `amount`?'] }];
    const wanted = { exitCode: 1, error: 'the project does not compile', diagnostics };
    const document = await runCli(['query', 'revenue', '--json'], { cwd: broken.folder });
    expect(JSON.parse(document.out)).toMatchObject({ ok: false, ...wanted });
    const events = await runCli(['build', '--events'], { cwd: broken.folder });
    expect(JSON.parse(events.out)).toMatchObject({ event: 'failed', ...wanted });
    expect([document.code, events.code]).toEqual([1, 1]);
    broken.remove();
  });

  it('when the database is not there', async () => {
    const env = { TINY_URL: 'postgres://ann:hunter2secret@127.0.0.1:1/shop' };
    const { code, out } = await runCli(['run', '--target', 'prod', '--json'], { cwd: project.folder, env });
    expect(JSON.parse(out)).toMatchObject({ ok: false, exitCode: 4, error: expect.stringContaining('ECONNREFUSED') });
    expect(out).not.toContain('hunter2secret');
    expect(code).toBe(4);
  });
});

describe('what is not the project’s fault', () => {
  it('ends with 70, one line, and the stack in a file without the secret', async () => {
    const fault = createTinyProject();
    const broken = 'performance.now = () => { throw new Error("boom hunter2secret\\nsecond line") }';
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(broken)}` };
    const { code, out, err } = await spawnCli(['test', '--examples'], { cwd: fault.folder, env });
    expect({ code, out }).toEqual({ code: 70, out: '' });
    expect(err).toContain('internal fault: boom hunter2secret\n');
    expect(err).toContain('report');
    expect(err).not.toMatch(stack);
    const [file] = readdirSync(join(fault.folder, 'target', 'faults'));
    expect(readFileSync(join(fault.folder, 'target', 'faults', file!), 'utf8')).toMatch(stack);
    const debug = await spawnCli(['test', '--examples'], {
      cwd: fault.folder,
      env: { ...env, ETALON_DEBUG: '1' },
    });
    expect(debug.err).toMatch(stack);
    fault.remove();
  });

  it('a place that cannot be written is told in a line', async () => {
    const blocked = createTinyProject();
    writeFileSync(join(blocked.folder, 'target'), 'a file');
    const { code, err } = await runCli(['compile'], { cwd: blocked.folder });
    expect(code).toBe(2);
    expect(err).toContain('a file stands where a folder is wanted');
    expect(err).not.toMatch(stack);
    blocked.remove();
  });
});

describe('secrets', () => {
  it('are in no output when the target cannot be reached', async () => {
    const url = 'postgres://ann:hunter2%40secret@127.0.0.1:1/shop?connect_timeout=2';
    for (const words of [
      ['run', '--target', 'prod'],
      ['doctor', '--target', 'prod', '--json'],
      ['status', '--target', 'prod'],
    ]) {
      const { code, out, err } = await runCli(words, {
        cwd: project.folder,
        env: { TINY_URL: url, ETALON_DEBUG: '1' },
      });
      expect(code, words.join(' ')).toBe(4);
      expect(out + err).not.toMatch(/hunter2/);
    }
    expect(existsSync(join(project.folder, 'target', 'faults'))).toBe(false);
  });

  it('are hidden even in an address that makes no sense', async () => {
    for (const url of [
      'postgres://ann:hunter2@:bad:port/x',
      'hunter2',
      'postgres://%zz:hunter2@h/x',
      'http://a:hunter2@h',
    ]) {
      const { code, out, err } = await runCli(['run', '--target', 'prod'], {
        cwd: project.folder,
        env: { TINY_URL: url },
      });
      expect([2, 4], url).toContain(code);
      expect(out + err, url).not.toMatch(/hunter2/);
      expect(err).not.toMatch(stack);
    }
  });
});

describe('colour', () => {
  it('is used only where it was asked for, and never against NO_COLOR', async () => {
    const code = '\u001b[';
    const plain = await runCli(['list'], { cwd: project.folder });
    const forced = await runCli(['list'], { cwd: project.folder, env: { FORCE_COLOR: '1' } });
    const refused = await runCli(['list'], { cwd: project.folder, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(plain.out).not.toContain(code);
    expect(forced.out).toContain(code);
    expect(refused.out).toBe(plain.out);
  });
});
