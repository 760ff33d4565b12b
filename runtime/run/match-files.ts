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
 * A link is followed where it stays inside, save by `**`, since it could be a circle.
 * @throws PatternError where the pattern, or a link that it names, leads out of the folder.
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
  return [...found].sort();
}

function walk(root: string, folder: string, parts: readonly string[], found: Set<string>): void {
  const [part, ...rest] = parts;
  if (part === undefined) return;
  if (part === '**') {
    walk(root, folder, rest, found);
    for (const entry of listFolder(root, folder)) {
      if (entry.folder && !entry.link && !entry.name.startsWith('.'))
        walk(root, join2(folder, entry.name), parts, found);
    }
    return;
  }
  const matches = partMatcher(part);
  for (const entry of listFolder(root, folder)) {
    if (!matches.test(entry.name) || (entry.name.startsWith('.') && !part.startsWith('.'))) continue;
    if (entry.folder !== rest.length > 0) continue;
    const path = join2(folder, entry.name);
    if (entry.link) refuseEscape(root, path, entry.folder ? 'folder' : 'file');
    if (entry.folder) walk(root, path, rest, found);
    else found.add(path);
  }
}

interface Entry {
  readonly name: string;
  readonly folder: boolean;
  readonly link: boolean;
}

function listFolder(root: string, folder: string): readonly Entry[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry): Entry[] => {
      const { name } = entry;
      if (!entry.isSymbolicLink()) return [{ name, folder: entry.isDirectory(), link: false }];
      const target = statSync(join(root, folder, name), { throwIfNoEntry: false });
      return target?.isFile() || target?.isDirectory() ? [{ name, folder: target.isDirectory(), link: true }] : [];
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

function refuseEscape(root: string, name: string, what: 'folder' | 'file'): void {
  const real = realpathSync(join(root, name));
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new PatternError(`the ${what} \`${name}\` is a link that leads out of the project`);
  }
}

const shownEntries = 5;

/** For a pattern that matches nothing: where it was looked for, and what is there instead. */
export function describeNothing(folder: string, pattern: string): string {
  const root = realpathSync(folder);
  const parts = (expandBraces(pattern)[0] ?? '').split('/').filter((part) => part !== '' && part !== '.');
  const literal = parts.slice(0, -1).findIndex((part) => /[*?]/.test(part));
  const wanted = parts.slice(0, literal < 0 ? -1 : literal);
  let there = wanted.length;
  while (there > 0 && !statSync(join(root, ...wanted.slice(0, there)), { throwIfNoEntry: false })?.isDirectory())
    there -= 1;
  const names = listFolder(root, wanted.slice(0, there).join('/'))
    .filter(({ name }) => !name.startsWith('.'))
    .map((entry) => `\`${entry.name}${entry.folder ? '/' : ''}\``)
    .sort();
  const place = there === 0 ? 'the project' : `\`${wanted.slice(0, there).join('/')}/\``;
  const missing = there < wanted.length ? `there is no folder \`${wanted.slice(0, there + 1).join('/')}/\`; ` : '';
  const more = names.length > shownEntries ? ` and ${names.length - shownEntries} more` : '';
  const held = names.length === 0 ? 'holds nothing' : `holds ${names.slice(0, shownEntries).join(', ')}${more}`;
  return `no file matches \`${pattern}\`: ${missing}${place} ${held}`;
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
