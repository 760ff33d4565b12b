import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from '../output/write-file.ts';

/** Results of an earlier build, by what they were computed from: a build that changed nothing computes nothing. */
export interface ResultCache<T> {
  find(key: string): T | undefined;
  /** Also keeps what was found; the rest is forgotten with `save`. */
  keep(key: string, result: T): void;
  save(): void;
}

/** Kept in `target/cache/NAME.json`. A file that cannot be read or written is no cache: it costs time and nothing else. */
export function openResultCache<T>(folder: string, name: string): ResultCache<T> {
  const path = join(folder, 'target', 'cache', `${name}.json`);
  const before = readEntries<T>(path);
  const kept: Record<string, T> = {};
  return {
    find: (key) => (Object.hasOwn(before, key) ? before[key] : undefined),
    keep: (key, result) => {
      kept[key] = result;
    },
    save: () => {
      const sorted = Object.keys(kept).sort();
      const entries = sorted.map((key) => `${JSON.stringify(key)}:${JSON.stringify(kept[key])}`);
      try {
        writeFile(path, `{${entries.join(',\n')}}\n`);
      } catch {
        // A full disk, a folder that may only be read: then nothing is kept.
      }
    },
  };
}

function readEntries<T>(path: string): Readonly<Record<string, T>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
