import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { EngineError } from '../engine.ts';

/** Who holds a database file, as its lock file says. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** The machine's boot, where it has an id: a pid means nothing after a restart. */
  readonly boot: string;
  /** The process's start in clock ticks since boot, where known: pids are used again. */
  readonly started: string;
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

function findBoot(): string {
  return readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

/** Field 22 of /proc/PID/stat; the name before it may hold blanks and parentheses. */
function findProcessStart(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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

/** Another host's process cannot be looked at, so its lock stands until someone deletes it. */
function isStale(holder: Holder | undefined): boolean {
  if (holder === undefined) return true;
  if (holder.host !== hostname()) return false;
  if (holder.boot !== findBoot()) return true;
  return !runs(holder.pid) || (holder.started !== '' && holder.started !== findProcessStart(holder.pid));
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
  const elsewhere = holder.host !== hostname();
  const hint = elsewhere
    ? `when that process is known to be gone, delete \`${lockPath}\``
    : 'wait for it to end, or end it';
  return new EngineError('busy', `\`${database}\` is held by ${describe(holder, lockPath)}`, { hint });
}

/** Creates the file with its content in one step, or returns false where there is one already. */
function createWhole(path: string, content: string, token: string): boolean {
  const draft = `${path}.${token}`;
  writeFileSync(draft, content);
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
  } finally {
    unlinkSync(draft);
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
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    boot: findBoot(),
    started: findProcessStart(process.pid),
    token,
  };
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (createWhole(lockPath, `${JSON.stringify(holder)}\n`, token)) return { release: () => release(lockPath, token) };
    const seen = readText(lockPath);
    if (seen === undefined) continue;
    const other = parseHolder(seen);
    if (other !== undefined && !isStale(other)) throw describeBusy(database, lockPath, other);
    removeStale(lockPath, seen, token);
  }
  throw new EngineError('busy', `\`${lockPath}\` changes hands too fast to be taken`);
}

function release(lockPath: string, token: string): void {
  const text = readText(lockPath);
  if (text !== undefined && parseHolder(text)?.token === token) unlinkSync(lockPath);
}
