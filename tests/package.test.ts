import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFolder, repositoryRoot, spawnCli } from './support/cli.ts';

const { folder, remove } = createFolder();
let paths: readonly string[];

/** What `npm publish` would send, laid out as in somebody's node_modules, with the packages of this clone beside it. */
beforeAll(async () => {
  // Where there is no build yet, this makes one.
  await spawnCli(['--version']);
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  });
  paths = (JSON.parse(stdout) as [{ files: { path: string }[] }])[0].files.map(({ path }) => path);
  for (const path of paths) cpSync(join(repositoryRoot, path), join(folder, 'node_modules/etalon', path));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules/etalon/node_modules'), 'junction');
});
afterAll(remove);

function inFolder(command: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('holds the program, what it reads and its docs, and neither tests nor benchmarks', () => {
  expect(paths).toEqual(
    expect.arrayContaining([
      'dist/cli/main.js',
      'dist/compiler/index.d.ts',
      'dist/docs-site/templates/metric.hbs',
      'docs/language.md',
      'tests/data/finance.yml',
      'LICENSE',
      'README.md',
    ]),
  );
  expect(paths.filter((path) => /^dist\/(bench|tests)\/|\.test\./.test(path))).toEqual([]);
});

it('makes a project that compiles, from wherever it is installed', () => {
  const etalon = (...words: string[]) => inFolder(process.execPath, 'node_modules/etalon/dist/cli/main.js', ...words);
  expect(etalon('init', 'shop', '--no-data')).toMatchObject({ status: 0, stderr: '' });
  expect(etalon('compile', '--check', '--project', 'shop')).toMatchObject({ status: 0, stderr: '' });
});

it('is a library by its exports alone', () => {
  const script = `
    import { compileProject } from 'etalon';
    const { manifest } = await compileProject('shop');
    const hidden = await import('etalon/dist/cli/main.js').catch((error) => error.code);
    console.log(manifest.project.name, hidden);`;
  expect(inFolder(process.execPath, '--input-type=module', '-e', script)).toMatchObject({
    stdout: 'storefront ERR_PACKAGE_PATH_NOT_EXPORTED\n',
    stderr: '',
  });
});
