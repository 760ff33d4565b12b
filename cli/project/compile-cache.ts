import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompileCache } from '../../compiler/compile-project.ts';
import { version } from '../../compiler/version.ts';
import { writeFile } from '../output/write-file.ts';
import { getPackageRoot } from './package-root.ts';

/** What the compiler keeps of a project between calls. A cache that cannot be read or written costs time and nothing else. */
export function openCompileCache(folder: string): CompileCache {
  const path = join(folder, '.etalon', 'cache', 'compilation');
  return {
    key: nameCompiler(),
    read: () => {
      try {
        return readFileSync(path);
      } catch {
        return undefined;
      }
    },
    write: (parts) => {
      try {
        // Two processes at once each write a file of their own; whichever is renamed last stays, and both are right.
        writeFile(path, parts);
      } catch {
        // A full disk, a folder that may only be read: then nothing is kept.
      }
    },
  };
}

/**
 * The version, the compiler's own files (a working copy changes under one version) and package.json (which pins the parsers), and Node with its data of time zones, which
 * say what a zone's name is.
 */
export function nameCompiler(): string {
  return nameCode(['compiler'], /\.[jt]s$/);
}

/** The same of other rooms, by the endings of what counts in them. */
export function nameCode(rooms: readonly string[], ending: RegExp): string {
  const { node, icu, tz } = process.versions;
  const folders = rooms.map((room) => fileURLToPath(new URL(`../../${room}`, import.meta.url)));
  const files = [join(getPackageRoot(), 'package.json'), ...folders.flatMap((folder) => listFiles(folder, ending))];
  return [version, node, icu, tz, ...files.map(stampFile)].join(' ');
}

function listFiles(folder: string, ending: RegExp): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => ending.test(path) && !/\.(d|test)\.ts$/.test(path),
  );
  return files.sort().map((path) => join(folder, path));
}

function stampFile(path: string): string {
  const { size, mtimeMs } = statSync(path);
  return `${path}:${size}:${mtimeMs}`;
}
