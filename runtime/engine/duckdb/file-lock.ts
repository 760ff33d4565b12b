import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { EngineError } from '../engine.ts';
import { findFate, identifyProcess, type ProcessIdentity } from '../process-identity.ts';

/** Who holds a database file, as its lock file says. */
interface Holder extends Omit<ProcessIdentity, 'space'> {
  /** Absent in a lock that an earlier version took. */
  readonly space?: string;
  readonly token: string;
}

export interface FileLock {
  release(): void;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return typeof holder.pid === 'number' ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** A process elsewhere cannot be looked at, so its lock stands until someone deletes it. */
function isStale(holder: Holder | undefined): boolean {
  if (holder === undefined) return true;
  const fate = findFate(holder);
  return fate === 'gone' || fate === 'restarted';
}

/** When the lock was taken: the file's own time, so that no clock is read here. */
function findSince(lockPath: string): string {
  const stat = statSync(lockPath, { throwIfNoEntry: false });
  return stat ? `${stat.mtime.toISOString().slice(0, 19)}Z` : 'just now';
}

function describe(holder: Holder, lockPath: string): string {
  return `pid ${holder.pid} on ${holder.host} since ${findSince(lockPath)}`;
}

function describeBusy(database: string, lockPath: string, holder: Holder): EngineError {
  const elsewhere = findFate(holder) === 'elsewhere';
  const hint = elsewhere
    ? `when that process is known to be gone, delete \`${lockPath}\``
    : 'wait for it to end, or end it';
  return new EngineError('busy', `\`${database}\` is held by ${describe(holder, lockPath)}`, { hint });
}

/** Creates the file with its content in one step, or returns false where there is one already. */
function createWhole(path: string, content: string, token: string): boolean {
  const draft = `${path}.${token}`;
  try {
    writeFileSync(draft, content);
    return placeWhole(draft, path, content);
  } finally {
    // Also where a full disk let it be made and not be written.
    rmSync(draft, { force: true });
  }
}

function placeWhole(draft: string, path: string, content: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A file system without hard links: not atomic for its readers, still exclusive.
    try {
      writeFileSync(path, content, { flag: 'wx' });
      return true;
    } catch (second) {
      if ((second as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw second;
    }
  }
}

/** Moves a stale lock away; of two that try at once, one moves it and the other puts back what it took by mistake. */
function removeStale(path: string, seen: string, token: string): void {
  const aside = `${path}.stale-${token}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  try {
    if (readText(aside) !== seen) linkSync(aside, path);
  } catch {
    // Someone took the lock meanwhile: the next attempt sees them.
  } finally {
    unlinkSync(aside);
  }
}

/** `pid 12 on host since …` where a living process of ours holds the database. */
export function describeHolder(database: string): string | undefined {
  const lockPath = `${database}.lock`;
  const text = readText(lockPath);
  const holder = text === undefined ? undefined : parseHolder(text);
  return holder === undefined || isStale(holder) ? undefined : describe(holder, lockPath);
}

/**
 * Takes the lock beside a database. DuckDB has a lock of its own, but that is a POSIX lock: it is lost as soon as anything in this process opens and
 * closes the file, and its message does not say since when and by whom.
 */
export function takeFileLock(database: string): FileLock {
  const lockPath = `${database}.lock`;
  const token = randomBytes(8).toString('hex');
  const holder: Holder = { ...identifyProcess(), token };
  for (let attempt = 0; attempt < 10; attempt += 1) {
    // Whoever waits asks often, and need not write a draft each time to hear that it is held.
    refuseHeld(database, lockPath, readText(lockPath));
    if (createWhole(lockPath, `${JSON.stringify(holder)}\n`, token)) return { release: () => release(lockPath, token) };
    const seen = readText(lockPath);
    if (seen === undefined) continue;
    refuseHeld(database, lockPath, seen);
    removeStale(lockPath, seen, token);
  }
  throw new EngineError('busy', `\`${lockPath}\` changes hands too fast to be taken`);
}

function refuseHeld(database: string, lockPath: string, text: string | undefined): void {
  const other = text === undefined ? undefined : parseHolder(text);
  if (other !== undefined && !isStale(other)) throw describeBusy(database, lockPath, other);
}

function release(lockPath: string, token: string): void {
  const text = readText(lockPath);
  if (text !== undefined && parseHolder(text)?.token === token) unlinkSync(lockPath);
}
