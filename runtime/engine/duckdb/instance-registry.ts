import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { DuckDBInstance as Instance } from '@duckdb/node-api';
import { EngineError } from '../engine.ts';
import type { DuckdbTarget } from '../open-engine.ts';
import { describeHolder, type FileLock, takeFileLock } from './file-lock.ts';
import { findWriteRefusal } from './find-write-refusal.ts';
import { mapDuckdbError } from './map-duckdb-error.ts';
import { findMemoryLimit } from './memory-limit.ts';
import { DuckDBInstance } from './node-api.ts';

/** A database open in this process, shared by all that ask for the same file. */
export interface OpenDatabase {
  readonly instance: Instance;
  readonly path: string;
  readonly readOnly: boolean;
  /** A folder for files that live no longer than a load; made when first wanted, deleted on closing. */
  readonly scratch: string;
  close(): Promise<void>;
}

interface Entry {
  readonly opening: Promise<Instance>;
  readonly readOnly: boolean;
  users: number;
}

/**
 * By real path. Two instances of one file in one process are two catalogs: both commit, and the tables of one are lost on reopening, silently.
 * It is the process that owns the file, so the registry belongs to the process and not to an engine.
 */
const entries = new Map<string, Entry>();

function findRealPath(path: string, create: boolean): string {
  try {
    const folder = dirname(path);
    if (create) mkdirSync(folder, { recursive: true });
    try {
      return realpathSync(path);
    } catch {
      return join(realpathSync(folder), basename(path));
    }
  } catch (error) {
    throw new EngineError(
      'unreachable',
      `no folder for the database \`${path}\`: ${(error as NodeJS.ErrnoException).code}`,
      { cause: error },
    );
  }
}

function settings(target: DuckdbTarget, spill: string): Record<string, string> {
  return {
    memory_limit: target.memoryLimit ?? findMemoryLimit(),
    default_null_order: 'nulls_last_on_asc_first_on_desc',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    temp_directory: spill,
    ...(target.threads === undefined ? {} : { threads: String(target.threads) }),
    ...(target.readOnly === true ? { access_mode: 'READ_ONLY' } : {}),
  };
}

function takeLock(path: string): FileLock {
  try {
    return takeFileLock(path);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw findWriteRefusal((error as NodeJS.ErrnoException).code ?? '', path) ?? error;
  }
}

function explain(error: unknown, path: string, readOnly: boolean): EngineError {
  const mapped = mapDuckdbError(error);
  const refusal = readOnly ? undefined : findWriteRefusal(mapped.message, path);
  if (refusal !== undefined) return refusal;
  if (mapped.kind === 'busy') {
    const pid = /PID (\d+)/.exec(mapped.message)?.[1];
    const who = describeHolder(path) ?? `pid ${pid ?? 'unknown'}, which reads it or is a program that is not etalon`;
    return new EngineError('busy', `\`${path}\` is held by ${who}`, {
      hint: 'wait for it to end, or end it',
      cause: error,
    });
  }
  if (/wal|replay/i.test(mapped.message)) {
    const hint = `move \`${path}.wal\` aside to open the database as it was at its last checkpoint; what was committed since then is only in that file`;
    return new EngineError('unreachable', `\`${path}\`: its write-ahead log cannot be read: ${mapped.message}`, {
      hint,
      cause: error,
    });
  }
  return new EngineError(
    mapped.kind === 'resources' ? 'resources' : 'unreachable',
    `cannot open \`${path}\`: ${mapped.message}`,
    { hint: mapped.hint, cause: error },
  );
}

async function openFile(
  target: DuckdbTarget,
  path: string,
): Promise<{ readonly instance: Instance; readonly lock: FileLock | undefined }> {
  const lock = target.readOnly === true ? undefined : takeLock(path);
  try {
    return { instance: await DuckDBInstance.fromCache(path, settings(target, `${path}.tmp`)), lock };
  } catch (error) {
    lock?.release();
    throw explain(error, path, target.readOnly === true);
  }
}

async function openMemory(target: DuckdbTarget): Promise<OpenDatabase> {
  const scratch = join(tmpdir(), `etalon-${randomUUID()}`);
  const instance = await DuckDBInstance.create(':memory:', settings(target, scratch));
  const close = async (): Promise<void> => {
    instance.closeSync();
    rmSync(scratch, { recursive: true, force: true });
  };
  return { instance, path: ':memory:', readOnly: false, scratch, close };
}

function findScratch(path: string): string {
  return `${path}.scratch`;
}

const locks = new Map<string, FileLock>();

export async function openDatabase(target: DuckdbTarget): Promise<OpenDatabase> {
  if (target.path === ':memory:') return openMemory(target);
  const path = findRealPath(target.path, target.readOnly !== true);
  const readOnly = target.readOnly === true;
  let entry = entries.get(path);
  if (entry?.readOnly && !readOnly) throw new EngineError('busy', `\`${path}\` is open for reading in this process`);
  if (entry === undefined) {
    const opening = openFile(target, path).then(({ instance, lock }) => {
      if (lock) locks.set(path, lock);
      return instance;
    });
    entry = { opening, readOnly, users: 0 };
    entries.set(path, entry);
    opening.catch(() => entries.delete(path));
  }
  entry.users += 1;
  const instance = await entry.opening;
  return { instance, path, readOnly: entry.readOnly, scratch: findScratch(path), close: () => closeDatabase(path) };
}

async function closeDatabase(path: string): Promise<void> {
  const entry = entries.get(path);
  if (entry === undefined) return;
  entry.users -= 1;
  if (entry.users > 0) return;
  entries.delete(path);
  const instance = await entry.opening;
  try {
    if (!entry.readOnly) {
      await checkpoint(instance);
      rmSync(findScratch(path), { recursive: true, force: true });
    }
  } finally {
    instance.closeSync();
    locks.get(path)?.release();
    locks.delete(path);
  }
}

/** So that the next opening has no log to replay. */
async function checkpoint(instance: Instance): Promise<void> {
  const connection = await instance.connect();
  try {
    await connection.run('checkpoint');
  } catch {
    // A full disk, say: the log stays and is replayed when the file is next opened.
  } finally {
    connection.closeSync();
  }
}
