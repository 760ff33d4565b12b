import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder from `from` upwards that holds a project.yml. */
export function findProjectFolder(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'project.yml'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
