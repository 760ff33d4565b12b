import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A source's pattern names something that may not be read; the message says what. */
export class PatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatternError';
  }
}

/**
 * Files below `folder` that match a pattern of `*`, `?`, `**` and `{a,b}`, relative with forward slashes, sorted. Hidden files need a written dot.
 * @throws PatternError where the pattern, or a link that it meets, leads out of the folder.
 */
export function matchFiles(folder: string, pattern: string): readonly string[] {
  const root = realpathSync(folder);
  const found = new Set<string>();
  for (const plain of expandBraces(pattern)) {
    const parts = plain.split('/').filter((part) => part !== '' && part !== '.');
    if (/^([/\\]|[a-zA-Z]:)/.test(plain) || parts.includes('..')) {
      throw new PatternError(`the pattern \`${pattern}\` leads out of the project`);
    }
    walk(root, '', parts, found);
  }
  for (const name of found) refuseEscape(root, name);
  return [...found].sort();
}

function walk(root: string, folder: string, parts: readonly string[], found: Set<string>): void {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part === '**') {
    walk(root, folder, rest, found);
    for (const entry of list(root, folder)) {
      if (entry.folder && !entry.name.startsWith('.')) walk(root, join2(folder, entry.name), parts, found);
    }
    return;
  }
  const matches = partMatcher(part);
  for (const entry of list(root, folder)) {
    if (!matches.test(entry.name) || (entry.name.startsWith('.') && !part.startsWith('.'))) continue;
    const path = join2(folder, entry.name);
    if (rest.length > 0 && entry.folder) walk(root, path, rest, found);
    if (rest.length === 0 && !entry.folder) found.add(path);
  }
}

function list(root: string, folder: string): readonly { readonly name: string; readonly folder: boolean }[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      if (!entry.isSymbolicLink()) return [{ name: entry.name, folder: entry.isDirectory() }];
      const target = statSync(join(root, folder, entry.name), { throwIfNoEntry: false });
      // A link to a folder is not followed: it could be a circle.
      return target?.isFile() ? [{ name: entry.name, folder: false }] : [];
    });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function refuseEscape(root: string, name: string): void {
  const real = realpathSync(join(root, name));
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new PatternError(`the file \`${name}\` is a link that leads out of the project`);
  }
}

function join2(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function partMatcher(part: string): RegExp {
  const body = part
    .replaceAll(/[.+^$()|[\]{}\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${body}$`, 'u');
}

/** `a{b,c}d` is `abd` and `acd`; braces may nest; one without a partner stands for itself. */
export function expandBraces(pattern: string): readonly string[] {
  const open = pattern.indexOf('{');
  if (open < 0) return [pattern];
  let depth = 0;
  const cuts = [open];
  for (let at = open; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '{') depth += 1;
    if (character === ',' && depth === 1) cuts.push(at);
    if (character === '}') depth -= 1;
    if (depth > 0) continue;
    cuts.push(at);
    const head = pattern.slice(0, open);
    const tails = expandBraces(pattern.slice(at + 1));
    const choices = cuts.slice(1).map((cut, index) => pattern.slice(cuts[index]! + 1, cut));
    return choices.flatMap((choice) =>
      expandBraces(choice).flatMap((inner) => tails.map((tail) => head + inner + tail)),
    );
  }
  return [pattern];
}
