import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTinyProject, repositoryRoot, runCli, type TemporaryProject } from '../support/cli.ts';

let project: TemporaryProject;
const etalon = (...words: string[]) => runCli(words, { cwd: project.folder });
const read = (path: string) => readFileSync(join(project.folder, path), 'utf8');
const edit = (path: string, from: string, to: string) => {
  const before = read(path);
  expect(before).toContain(from);
  project.write(path, before.replace(from, to));
};
beforeEach(() => {
  project = createTinyProject();
});
afterEach(() => project.remove());

describe('compile', () => {
  it('writes the same bytes for the same project, and nothing where nothing changed', async () => {
    expect(await etalon('compile')).toMatchObject({ code: 0, out: expect.stringContaining('2 models, 3 metrics') });
    const first = read('target/manifest.json');
    const { mtimeMs } = statSync(join(project.folder, 'target/manifest.json'));
    expect((await etalon('compile')).code).toBe(0);
    expect(read('target/manifest.json')).toBe(first);
    expect(statSync(join(project.folder, 'target/manifest.json')).mtimeMs).toBe(mtimeMs);
    expect(JSON.parse(first)).toMatchObject({ manifest: 1, project: { name: 'tiny' } });
    expect(first).not.toContain(project.folder);
  });

  it('draws what is wrong at its place', async () => {
    edit('metrics/revenue.yml', 'unit: EUR', 'unnit: EUR');
    const { code, out, err } = await etalon('compile');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/error\[E1203\]: unknown key `unnit`/);
    expect(err).toContain('metrics/revenue.yml:10:5');
    expect(err).toContain('did you mean `unit`?');
    expect(err).toContain('1 error\n');
    const { diagnostics, ok, errors } = JSON.parse((await etalon('compile', '--json')).out);
    expect({ ok, errors }).toEqual({ ok: false, errors: 1 });
    expect(diagnostics).toMatchObject([{ code: 'E1203', file: 'metrics/revenue.yml', line: 10, column: 5 }]);
  });

  it('stops every other command too', async () => {
    edit('models/marts/orders.sql', 'from raw.orders', 'from raw.ordres');
    for (const words of [['build'], ['query', 'revenue'], ['list'], ['docs', 'build'], ['status']]) {
      const { code, out, err } = await etalon(...words);
      expect({ code, out }, words.join(' ')).toEqual({ code: 1, out: '' });
      expect(err).toContain('raw.ordres');
    }
  });
});

describe('etalon.lock', () => {
  it('lets no meaning change in silence', async () => {
    expect((await etalon('compile', '--check')).code).toBe(1);
    expect((await etalon('compile')).code).toBe(0);
    expect((await etalon('compile', '--check')).code).toBe(0);
    const agreed = read('etalon.lock');

    edit('metrics/revenue.yml', 'is: sum(amount)', 'is: sum(amount) * 2');
    const checked = await etalon('compile', '--check');
    expect(checked.code).toBe(1);
    expect(checked.err).toContain('error[E1701]: the meaning of `revenue` changed and `version: 1` did not');
    expect(checked.err).toContain('metrics/revenue.yml:7:3');
    const warned = await etalon('compile');
    expect(warned.code).toBe(0);
    expect(warned.err).toContain('warning[E1701]');
    expect(read('etalon.lock')).toContain(/"revenue": .*/.exec(agreed)![0]);

    edit('metrics/revenue.yml', 'unit: EUR', 'unit: EUR\n    version: 2\n    changes: {2: Doubled.}');
    // What is computed from it means something else too.
    const below = await etalon('compile', '--check');
    expect(below.err).toContain('the meaning of `aov` changed');
    expect(below.err).toContain('it is computed from `revenue`, whose meaning changed');
    edit('metrics/revenue.yml', 'aov: {is: revenue / orders,', 'aov: {is: revenue / orders, version: 2,');
    const raised = await etalon('compile', '--check');
    expect(raised.code).toBe(1);
    expect(raised.err).toContain('holds an older version of `aov`, `revenue`');
    expect((await etalon('compile')).code).toBe(0);
    expect(read('etalon.lock')).toContain('"revenue": {"version": 2,');
    expect((await etalon('compile', '--check')).code).toBe(0);
  });

  it('does not count words and layout', async () => {
    expect((await etalon('compile')).code).toBe(0);
    edit('metrics/revenue.yml', 'Money received.', 'What came in.');
    edit('metrics/revenue.yml', 'is: sum(amount)', 'is: SUM( amount )');
    edit('metrics/revenue.yml', 'owner: shop', 'owner: finance # since May');
    expect(await etalon('compile', '--check')).toMatchObject({ code: 0 });
  });

  it('agrees with the reference project', async () => {
    const { code, err } = await runCli(['compile', '--check', '--project', repositoryRoot]);
    expect(code, err).toBe(0);
  });

  it('names the file where a merge has left its marks', async () => {
    project.write('etalon.lock', '<<<<<<< HEAD\n');
    const { code, err } = await etalon('compile');
    expect(code).toBe(2);
    expect(err).toContain('`etalon.lock` cannot be read');
  });
});

describe('schema', () => {
  it('writes schemas and merges settings without losing any', async () => {
    const settings = '{\n  // our own\n  "editor.tabSize": 4,\n}\n';
    project.write('.vscode/settings.json', settings);
    const { code, out } = await etalon('schema');
    expect(code).toBe(0);
    expect(out).toContain('wrote .etalon/schemas/metrics.json');
    expect(JSON.parse(read('.etalon/schemas/metrics.json')).$schema).toContain('json-schema.org');
    expect(read('.vscode/settings.json')).toContain('// our own\n  "editor.tabSize": 4,');
    expect(read('.vscode/settings.json')).toContain('"./.etalon/schemas/metrics.json": "metrics/**/*.yml"');
    expect((await etalon('schema')).out).toBe('all up to date\n');
  });

  it('leaves settings alone that it cannot read', async () => {
    project.write('.vscode/settings.json', 'not json');
    const { code, err } = await etalon('schema');
    expect(code).toBe(0);
    expect(err).toContain('"yaml.schemas"');
    expect(read('.vscode/settings.json')).toBe('not json');
  });
});
