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
}

export const emptyLock: Lock = { lock: 1, metrics: {} };

/** One line per definition, sorted, so that two branches merge where they touch different metrics. */
export function formatLock(lock: Lock): string {
  const names = Object.keys(lock.metrics).sort();
  const lines = names.map((name) => {
    const { version, fingerprint } = lock.metrics[name]!;
    return `    ${JSON.stringify(name)}: {"version": ${version}, "fingerprint": ${JSON.stringify(fingerprint)}}`;
  });
  const metrics = lines.length > 0 ? `{\n${lines.join(',\n')}\n  }` : '{}';
  return `{\n  "lock": 1,\n  "metrics": ${metrics}\n}\n`;
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
  const metrics = Object.entries(value.metrics).map(([name, entry]) => {
    if (!isRecord(entry) || typeof entry.version !== 'number' || typeof entry.fingerprint !== 'string') {
      failUnreadable(`the entry \`${name}\` has no \`version\` or no \`fingerprint\``);
    }
    return [name, { version: entry.version, fingerprint: entry.fingerprint }] as const;
  });
  return { lock: 1, metrics: Object.fromEntries(metrics) };
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
