import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createFolder, repositoryRoot } from './support/cli.ts';

const { folder, write, remove } = createFolder();
afterAll(remove);

/** The build of the repository, over a program of one line. */
function build(main: string) {
  write('cli/main.ts', main);
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/build.mjs')], { encoding: 'utf8' });
  return { status, stderr };
}

const program = () => readFileSync(join(folder, 'dist/cli/bundled/main.js'), 'utf8');
const leftovers = () => readdirSync(join(folder, '.etalon'));

it('replaces dist/ whole, or leaves it alone', () => {
  mkdirSync(join(folder, 'scripts'));
  for (const script of ['build.mjs', 'bundle.mjs'])
    copyFileSync(join(repositoryRoot, 'scripts', script), join(folder, 'scripts', script));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');
  write('package.json', '{"type": "module"}');
  write('tsconfig.json', '{"compilerOptions": {"rootDir": ".", "types": []}, "include": ["cli"]}');
  write('docs-site/templates/page.hbs', 'a page');

  const wrong = 'export const answer: number = "two";\n';
  const first = build(wrong);
  expect(first.status).not.toBe(0);
  expect(first.stderr).toContain('there is no dist/');
  expect(existsSync(join(folder, 'dist'))).toBe(false);

  expect(build('export const answer: number = 1;\n')).toEqual({ status: 0, stderr: '' });
  expect(program()).toContain('answer = 1');
  expect(readFileSync(join(folder, 'dist/docs-site/templates/page.hbs'), 'utf8')).toBe('a page');

  const { status, stderr } = build(wrong);
  expect(status).not.toBe(0);
  expect(stderr).toContain('dist/ is still that of the last build');
  expect(program()).toContain('answer = 1');

  write('dist/cli/gone.js', 'what a module left that is gone');
  write('.etalon/dist-999999999/cli/main.js', 'what a killed build left');
  expect(build('export const answer: number = 2;\n').status).toBe(0);
  expect(program()).toContain('answer = 2');
  expect(existsSync(join(folder, 'dist/cli/gone.js'))).toBe(false);
  expect(leftovers()).toEqual([]);
});
