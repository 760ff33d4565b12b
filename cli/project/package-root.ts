import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of Etalon's own package: above `cli/` in the repository, above `dist/cli/` where it is installed. */
export function getPackageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).name === 'etalon') return folder;
  }
  throw new Error('the package of Etalon is not complete: no package.json above this file');
}
