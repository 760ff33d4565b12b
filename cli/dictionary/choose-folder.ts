import { existsSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { findForeign } from '../../docs-site/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { Project } from '../project/load-project.ts';

const shownNames = 3;

/**
 * Where the dictionary goes: what a user types is seen from where they stand, the default from the project.
 * @throws CommandFailure where pages would lie among files of somebody else
 */
export function chooseFolder(context: Context, project: Pick<Project, 'folder'>, flags: Flags): string {
  const asked = flags.out as string | undefined;
  const folder = asked === undefined ? defaultFolder(project, flags) : resolve(context.cwd, asked);
  const shown = asked === undefined ? `\`${relative(context.cwd, folder) || folder}\`` : `\`--out ${asked}\``;
  if (folder === resolve(project.folder))
    fail(
      `${shown} is the project itself`,
      'pages would lie among the definitions; name a folder of their own, such as `target/docs`',
    );
  if (existsSync(folder) && !statSync(folder).isDirectory())
    fail(`${shown} is a file`, 'name a folder that is empty or not there yet');
  const foreign = findForeign(folder);
  if (foreign.length > 0) {
    const names = foreign.slice(0, shownNames).map((name) => `\`${name}\``);
    const more = foreign.length > shownNames ? ` and ${foreign.length - shownNames} more` : '';
    fail(
      `${shown} holds files that no build of a dictionary wrote: ${names.join(', ')}${more}`,
      asked === undefined
        ? 'move them elsewhere, or name another folder: `etalon docs build --out <folder>`'
        : 'name a folder that is empty or not there yet, or one that a dictionary was written to before',
    );
  }
  return folder;
}

function fail(message: string, hint: string): never {
  throw new CommandFailure(exitCode.usage, message, [hint]);
}

function defaultFolder(project: Pick<Project, 'folder'>, flags: Flags): string {
  return resolve(project.folder, 'target', `docs${audienceMark(flags)}`);
}

/** Ends the name of what is written for an audience: it never takes the place of what is for all, or the other way round. */
export function audienceMark(flags: Flags): string {
  const audience = flags.audience as string | undefined;
  return audience === undefined ? '' : `-${audience.replace(/[^\p{L}\d_-]/gu, '-')}`;
}
