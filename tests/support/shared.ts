import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** A path in the corpora beside the repository, which CI has and a user's clone has not. */
export function sharedPath(path: string): string {
  return folder + path;
}

/** Why tests over a corpus are skipped, or undefined. */
export function sharedObstacle(path: string): string | undefined {
  return existsSync(folder + path)
    ? undefined
    : `../shared/${path} is not here: it comes with the project's CI, not with a clone`;
}
