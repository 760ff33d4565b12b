import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { SiteFile } from './site-types.ts';

/** The site's own memory of what it wrote: path → SHA-256. Only files named here are ever removed. */
const indexName = '.etalon-site.json';

export interface WriteResult {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
}

/** Files of somebody else stand where pages would be written; nothing was. */
export class ForeignFiles extends Error {
  readonly paths: readonly string[];
  constructor(paths: readonly string[]) {
    super(`no build of a dictionary wrote ${paths.map((path) => `\`${path}\``).join(', ')}`);
    this.name = 'ForeignFiles';
    this.paths = paths;
  }
}

/**
 * Makes `folder` hold `files`: writes those whose bytes differ (by temporary file and rename), leaves the others
 * untouched, and removes what an earlier build wrote and this one did not. Other files in the folder are left alone.
 * @throws ForeignFiles where one of them stands in the way
 */
export async function writeSite(files: readonly SiteFile[], folder: string): Promise<WriteResult> {
  for (const file of files) requireInside(file.path);
  mkdirSync(folder, { recursive: true });
  const root = realpathSync(folder);
  const before = readIndex(root);
  claim(root, files, before);
  const after: Record<string, string> = {};
  const madeFolders = new Set<string>();
  let written = 0;
  for (const { path, content } of files) {
    const bytes = bytesOf(content);
    after[path] = hashOf(bytes);
    const target = join(root, path);
    makeFolder(dirname(target), root, madeFolders);
    if (holds(target, bytes)) continue;
    replaceFile(target, bytes);
    written++;
  }
  const stale = Object.keys(before).filter((path) => !Object.hasOwn(after, path));
  const removed = stale.filter((path) => removeStale(root, path)).length;
  writeIndex(root, after);
  return { written, unchanged: files.length - written, removed };
}

/** New paths are written down before their files: a build that is killed leaves none that the next one takes for somebody else's. */
function claim(root: string, files: readonly SiteFile[], before: Readonly<Record<string, unknown>>): void {
  const added = files.filter(({ path }) => !Object.hasOwn(before, path));
  if (added.length === 0) return;
  const taken = added.filter(
    ({ path, content }) => existsSync(join(root, path)) && !holds(join(root, path), bytesOf(content)),
  );
  if (taken.length > 0) throw new ForeignFiles(taken.map(({ path }) => path));
  writeIndex(root, { ...before, ...Object.fromEntries(added.map(({ path }) => [path, ''])) });
}

function writeIndex(root: string, files: Readonly<Record<string, unknown>>): void {
  const index = Buffer.from(`${JSON.stringify({ etalonSite: 1, files }, null, 1)}\n`);
  if (!holds(join(root, indexName), index)) replaceFile(join(root, indexName), index);
}

function bytesOf(content: SiteFile['content']): Buffer {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : Buffer.from(content);
}

/** What stands in a folder that no build wrote a site to; hidden files do not count, as those of git. */
export function findForeign(folder: string): readonly string[] {
  if (!existsSync(folder) || existsSync(join(folder, indexName))) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
}

function isInside(path: string): boolean {
  return (
    path !== '' &&
    !path.includes('\\') &&
    !path.includes('\0') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function requireInside(path: string): void {
  if (!isInside(path) || path === indexName)
    throw new Error(`a file of the site has a path that leaves its folder: ${JSON.stringify(path)}`);
}

/** A link inside the output folder could lead a write elsewhere: each folder is checked by its real path, once. */
function makeFolder(folder: string, root: string, made: Set<string>): void {
  if (made.has(folder)) return;
  if (folder !== root) makeFolder(dirname(folder), root, made);
  if (!existsSync(folder)) mkdirSync(folder);
  const real = realpathSync(folder);
  if (real !== root && !real.startsWith(root + sep))
    throw new Error(`\`${folder}\` is a link that leaves the site's folder`);
  made.add(folder);
}

function holds(path: string, bytes: Buffer): boolean {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false;
  }
}

function replaceFile(path: string, bytes: Buffer): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, bytes, { flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** What `findWritten` knows a written site by; undefined where there is none. */
export function sealOf(folder: string): string | undefined {
  try {
    return hashOf(readFileSync(join(folder, indexName)));
  } catch {
    return undefined;
  }
}

/** The paths of the site with this seal, if every one of its files still stands in the folder as it was written. */
export function findWritten(folder: string, seal: string): readonly string[] | undefined {
  if (sealOf(folder) !== seal) return undefined;
  const entries = Object.entries(readIndex(folder));
  const stands = entries.every(([path, hash]) => {
    try {
      return isInside(path) && hashOf(readFileSync(join(folder, path))) === hash;
    } catch {
      return false;
    }
  });
  return stands ? entries.map(([path]) => path) : undefined;
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function readIndex(root: string): Readonly<Record<string, unknown>> {
  try {
    const index: unknown = JSON.parse(readFileSync(join(root, indexName), 'utf8'));
    const files = typeof index === 'object' && index !== null && 'files' in index ? index.files : {};
    return typeof files === 'object' && files !== null ? (files as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The index may have been edited: a path from it is trusted no more than any other. */
function removeStale(root: string, path: string): boolean {
  if (!isInside(path)) return false;
  const target = join(root, path);
  if (!existsSync(target) || lstatSync(target).isDirectory()) return false;
  const real = realpathSync(dirname(target));
  if (real !== root && !real.startsWith(root + sep)) return false;
  rmSync(target, { force: true });
  for (let folder = dirname(target); folder !== root; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      break;
    }
  }
  return true;
}
