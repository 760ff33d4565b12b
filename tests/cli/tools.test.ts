import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { commandTree } from '../../cli/tree/command-tree.ts';
import {
  createFolder,
  createTinyProject,
  repositoryRoot,
  runCli,
  startCli,
  type TemporaryProject,
} from '../support/cli.ts';

let project: TemporaryProject;
beforeAll(() => {
  project = createTinyProject();
});
afterAll(() => project.remove());

/** Presses Tab in a real bash: what it would offer after these words. */
async function complete(...words: string[]): Promise<string[]> {
  const { out } = await runCli(['completion', 'bash']);
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const press = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _etalon; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${out}\n${press}`], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it('is a script that bash accepts', async () => {
    const { code, out } = await runCli(['completion', 'bash']);
    expect(code).toBe(0);
    expect(spawnSync('bash', ['-n'], { input: out, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('knows commands, flags, choices and what stands below a command', async () => {
    expect(await complete('etalon', 'bu')).toEqual(['build']);
    expect(await complete('etalon', '')).toEqual(expect.arrayContaining(commandTree.map(({ name }) => name)));
    expect(await complete('etalon', 'docs', '')).toEqual(expect.arrayContaining(['build', 'serve']));
    expect(await complete('etalon', 'docs', 'build', '--o')).toEqual(['--out']);
    expect(await complete('etalon', 'build', '--full')).toEqual(['--full-refresh']);
    expect(await complete('etalon', 'query', 'revenue', '--format', '')).toEqual(['table', 'json', 'csv']);
    expect(await complete('etalon', 'completion', 'z')).toEqual(['zsh']);
  });

  it.each(['zsh', 'fish'])('names every command and flag for %s', async (shell) => {
    const { code, out } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    for (const { name, options } of commandTree) {
      expect(out).toContain(name);
      for (const { flags } of options ?? []) expect(out).toContain(/--([\w-]+)/.exec(flags)![1]);
    }
    const found = spawnSync(shell, ['-n'], { input: out, encoding: 'utf8' });
    if (found.error === undefined) expect(found).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('doctor', () => {
  it('finds a sound machine sound', async () => {
    const { code, out } = await runCli(['doctor', '--json'], { cwd: project.folder });
    const { ok, findings } = JSON.parse(out);
    expect(findings.filter((one: { status: string }) => one.status === 'wrong')).toEqual([]);
    expect({ ok, code }).toEqual({ ok: true, code: 0 });
    expect(findings.map((one: { check: string }) => one.check)).toEqual(
      expect.arrayContaining(['Node', 'DuckDB', 'target', 'permissions', 'time zones', 'disk', 'project']),
    );
  });

  it('says what is missing outside of a project', async () => {
    const empty = createFolder();
    const { code, out } = await runCli(['doctor'], { cwd: empty.folder });
    empty.remove();
    expect(code).toBe(2);
    expect(out).toMatch(/wrong +project/);
  });
});

describe('init', () => {
  it('copies the reference project, which compiles', async () => {
    const place = createFolder();
    const { code, out, err } = await runCli(['init', 'shop', '--no-data'], { cwd: place.folder });
    expect(code, err).toBe(0);
    expect(out).toContain('cd shop');
    for (const path of ['project.yml', 'metrics/revenue.yml']) {
      const copied = readFileSync(join(place.folder, 'shop', path), 'utf8');
      expect(copied).toBe(readFileSync(join(repositoryRoot, path), 'utf8'));
    }
    expect(existsSync(join(place.folder, 'shop', 'data'))).toBe(false);
    const listed = /: (.+)$/m.exec(out)![1]!.split(', ');
    expect(listed.filter((path) => !existsSync(join(place.folder, 'shop', path)))).toEqual([]);
    const compiled = await runCli(['compile'], { cwd: join(place.folder, 'shop') });
    expect(compiled.code, compiled.err).toBe(0);
    const again = await runCli(['init', 'shop'], { cwd: place.folder });
    expect(again.code).toBe(2);
    expect(again.err).toContain('`shop` is not empty');
    place.remove();
  });
});

describe('the .gitignore of a new project', () => {
  it('leaves out what is made and the sample data, and not one definition', async () => {
    const place = createFolder();
    await runCli(['init', '.', '--no-data'], { cwd: place.folder });
    for (const path of ['target/docs/index.html', '.etalon/cache/x', 'data/orders/1.csv']) place.write(path, 'x');
    const git = (...words: string[]) => spawnSync('git', words, { cwd: place.folder, encoding: 'utf8' });
    git('init', '--quiet');
    const untracked = git('ls-files', '--others', '--exclude-standard').stdout.trim().split('\n');
    expect(untracked).toEqual(expect.arrayContaining(['tests/data/finance.yml', 'metrics/revenue.yml', 'etalon.lock']));
    expect(untracked.filter((path) => /^(target|data|\.etalon)\//.test(path))).toEqual([]);
    place.remove();
  });
});

/** Collects what a server prints until `pattern` is in it. */
function waitFor(child: ReturnType<typeof startCli>, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((done, fail) => {
    let text = '';
    const hear = (part: Buffer) => {
      text += part;
      const match = pattern.exec(text);
      if (match) done(match);
    };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.on('close', (code) => fail(new Error(`ended with ${code}: ${text}`)));
  });
}

describe('servers', () => {
  const children: ReturnType<typeof startCli>[] = [];
  const start = (...words: string[]) => {
    const child = startCli([...words, '--port', '0'], { cwd: project.folder });
    children.push(child);
    return child;
  };
  // A test that fails half-way must leave no server behind.
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it('docs serve writes, serves, and ends on Ctrl-C', async () => {
    const child = start('docs', 'serve');
    const [url] = await waitFor(child, /http:\/\/[\d.:]+\//);
    expect(await (await fetch(`${url}metrics/revenue.html`)).text()).toContain('Money received.');
    const closed = new Promise((done) => child.on('close', done));
    child.kill('SIGINT');
    expect(await closed).toBe(0);
  });

  it('dev builds, shows a mistake, and goes on when it is mended', async () => {
    const child = start('dev');
    const built = waitFor(child, /models 2 built.*files changed/);
    const path = 'models/marts/orders.sql';
    const sql = readFileSync(join(project.folder, path), 'utf8');
    const [url] = await waitFor(child, /http:\/\/[\d.:]+\//);
    expect(url).toContain('127.0.0.1');
    await built;
    expect(await (await fetch(`${url}metrics/revenue.html`)).text()).toContain('Money received.');
    const broken = waitFor(child, /unknown model `raw\.ordres`/);
    project.write(path, sql.replace('raw.orders', 'raw.ordres'));
    await broken;
    const mended = waitFor(child, /files changed/);
    project.write(path, sql);
    await mended;
    const closed = new Promise((done) => child.on('close', done));
    child.kill('SIGINT');
    expect(await closed).toBe(0);
  });
});
