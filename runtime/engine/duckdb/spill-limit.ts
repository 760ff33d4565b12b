import { statfsSync } from 'node:fs';

const share = 0.5;

/** Half of what is free where the database stands: sorts and joins that spill must leave room for what they are to make. DuckDB's own default is 90 %. */
export function findSpillLimit(folder: string): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return `${Math.max(1, Math.floor((bavail * bsize * share) / 2 ** 20))}MiB`;
  } catch {
    return undefined;
  }
}
