import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatCount } from '../output/format-quantity.ts';
import { getPackageRoot } from '../project/package-root.ts';
import { writeStorefront } from '../storefront/write-storefront.ts';

/** The very files of the reference project, which our own tests build on both engines. */
const copied = ['project.yml', 'models', 'metrics', 'segments', 'tests/data', 'etalon.lock'];

/** Enough to see every chart move, and written in a second or two. */
const sample = { users: 600, days: 90 };

/** From the root: `data/` alone would leave `tests/data` out of a commit as well. */
const ignored = `# What Etalon makes: the database, the dictionary, the manifest.
/target/
/.etalon/
# Sample data.
/data/
`;

export const init: Command = async (context, [asked = '.'], flags) => {
  const folder = resolve(context.cwd, asked);
  requireEmpty(folder, asked);
  mkdirSync(folder, { recursive: true });
  const from = getPackageRoot();
  const there = copied.filter((path) => existsSync(join(from, path)));
  for (const path of there) cpSync(join(from, path), join(folder, path), { recursive: true, filter: isDefinition });
  writeFileSync(join(folder, '.gitignore'), ignored);
  const data = flags.data === false ? undefined : writeStorefront({ out: join(folder, 'data'), ...sample });
  const { output } = context;
  const where = relative(context.cwd, folder) || '.';
  output.out(`a project in ${where}: ${there.join(', ')}\n`);
  if (data) output.out(`sample data in ${join(where, 'data')}: ${formatCount(data.files, 'file')}\n`);
  output.out(
    `\nnext:\n${where === '.' ? '' : `  cd ${where}\n`}  etalon build\n  etalon query revenue --grain month\n`,
  );
  return exitCode.done;
};

/** Beside `tests/data` stand no tests of our own, but a user's fork may have put some there. */
function isDefinition(path: string): boolean {
  return !/\.(ts|js)$/.test(path);
}

/** Nothing of a user's is ever written over; a fresh `git init` counts as empty. */
function requireEmpty(folder: string, asked: string): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) throw new CommandFailure(exitCode.usage, `\`${asked}\` is a file`);
  const found = readdirSync(folder).filter((name) => name !== '.git' && name !== '.DS_Store');
  if (found.length === 0) return;
  throw new CommandFailure(exitCode.usage, `\`${asked}\` is not empty: it holds \`${found.sort()[0]}\``, [
    'name a new folder: etalon init <folder>',
  ]);
}
