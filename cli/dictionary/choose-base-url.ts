import { baseUrlHints, parseBaseUrl } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { Project } from '../project/load-project.ts';

/** Where the dictionary is published: as `--base-url` says, else as the project does. */
export function chooseBaseUrl({ manifest }: Pick<Project, 'manifest'>, flags: Flags): string | undefined {
  const asked = flags.baseUrl as string | undefined;
  if (asked === undefined) return manifest.project.site.baseUrl;
  const found = parseBaseUrl(asked);
  if (found !== undefined) return found;
  throw new CommandFailure(exitCode.usage, `\`--base-url ${asked}\` is not the address of a site`, baseUrlHints);
}
