import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure } from '../command-failure.ts';
import { exitCode } from '../exit-code.ts';

export const lockFileName = 'etalon.lock';

/** What a definition meant when it was last agreed on. */
export interface LockEntry {
  readonly version: number;
  readonly fingerprint: string;
}

/** The committed record of meanings, by name. */
export interface Lock {
  readonly lock: 1;
  readonly metrics: Readonly<Record<string, LockEntry>>;
  readonly segments: Readonly<Record<string, LockEntry>>;
}

export const emptyLock: Lock = { lock: 1, metrics: {}, segments: {} };

/** One line per definition, sorted, so that two branches merge where they touch different ones. */
export function formatLock(lock: Lock): string {
  const hasSegments = Object.keys(lock.segments).length > 0;
  const segments = hasSegments ? `,\n  "segments": ${formatEntries(lock.segments)}` : '';
  return `{\n  "lock": 1,\n  "metrics": ${formatEntries(lock.metrics)}${segments}\n}\n`;
}

function formatEntries(entries: Readonly<Record<string, LockEntry>>): string {
  const lines = Object.keys(entries)
    .sort()
    .map((name) => {
      const { version, fingerprint } = entries[name]!;
      return `    ${JSON.stringify(name)}: {"version": ${version}, "fingerprint": ${JSON.stringify(fingerprint)}}`;
    });
  return lines.length > 0 ? `{\n${lines.join(',\n')}\n  }` : '{}';
}

/** @throws CommandFailure where the file is no lock, for example after a merge left its marks in it */
export function parseLock(text: string): Lock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    failUnreadable('it is no JSON; a merge may have left its marks in it');
  }
  if (!isRecord(value) || !isRecord(value.metrics)) failUnreadable('it has no `metrics`');
  if (value.lock !== 1) failUnreadable(`it has the version \`${String(value.lock)}\`, this Etalon knows 1`);
  const { segments = {} } = value;
  if (!isRecord(segments)) failUnreadable('its `segments` are no entries');
  return { lock: 1, metrics: parseEntries(value.metrics), segments: parseEntries(segments) };
}

function parseEntries(entries: Readonly<Record<string, unknown>>): Record<string, LockEntry> {
  const parsed = Object.entries(entries).map(([name, entry]) => {
    if (!isRecord(entry) || typeof entry.version !== 'number' || typeof entry.fingerprint !== 'string') {
      failUnreadable(`the entry \`${name}\` has no \`version\` or no \`fingerprint\``);
    }
    return [name, { version: entry.version, fingerprint: entry.fingerprint }] as const;
  });
  return Object.fromEntries(parsed);
}

export function readLock(folder: string): Lock | undefined {
  const path = join(folder, lockFileName);
  return existsSync(path) ? parseLock(readFileSync(path, 'utf8')) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function failUnreadable(why: string): never {
  throw new CommandFailure(exitCode.usage, `\`${lockFileName}\` cannot be read: ${why}`, [
    'take it from the last good commit, then run `etalon compile`',
  ]);
}
