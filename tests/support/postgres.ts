import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type PostgresBinaries, preparePostgresBinaries } from './postgres-binaries.ts';

export { findPostgresObstacle } from './postgres-binaries.ts';

/** A PostgreSQL of our own; `url` names a superuser of it. */
export interface TestServer {
  url(database?: string): string;
  readonly password: string;
  stop(): Promise<void>;
}

/**
 * Stands between us and the server: its stdin closes when this process ends, however it ends (kill -9 too), and then it stops the server and deletes its
 * files. In text, not in a file of its own, so that the compiled benchmarks find it as well.
 */
const supervisor = `
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const { postgres, args, identity, folders } = JSON.parse(process.argv[1]);
let log = '';
const server = spawn(postgres, args, { ...identity, cwd: '/', env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] });
const say = (message) => { try { process.stdout.write(JSON.stringify(message) + '\\n'); } catch {} };
server.stderr.on('data', (text) => {
  log = (log + text).slice(-4000);
  if (log.includes('ready to accept connections')) say({ ready: true });
});
server.on('error', (error) => { log += error.message; });
server.on('close', () => {
  say({ ready: false, log });
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
});
process.stdout.on('error', () => {});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill('SIGQUIT'));
process.stdin.on('data', () => {});
process.stdin.on('close', () => server.kill('SIGQUIT'));
`;

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/**
 * A database is some 300 files, and a suite makes one for each test: 280 ms on a disk, 12 ms in memory. Only in tests: benchmarks look at disks too. A container may have as
 * little as 64 MB of such memory.
 */
function makeDataFolder(folder: string): string {
  const memory = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (process.env.VITEST && bavail * bsize >= 2 ** 31) return mkdtempSync(join(memory, 'etalon-postgres-'));
  } catch {
    // Not on this system.
  }
  const data = join(folder, 'data');
  mkdirSync(data);
  return data;
}

async function initialise(binaries: PostgresBinaries, folder: string, data: string, password: string): Promise<void> {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`);
  const { uid, gid } = binaries.identity;
  if (uid !== undefined && gid !== undefined)
    for (const path of [folder, data, passwordFile]) chownSync(path, uid, gid);
  const flags = [
    '--username=etalon',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--locale=C',
    '--encoding=UTF8',
    '--no-sync',
    `--pgdata=${data}`,
  ];
  await promisify(execFile)(binaries.initdb, flags, {
    ...binaries.identity,
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' },
  });
}

const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=60',
  'shared_buffers=64MB',
  'max_wal_size=2GB',
  'autovacuum=off',
  'unix_socket_directories=',
  'listen_addresses=127.0.0.1',
];

function supervise(
  binaries: PostgresBinaries,
  data: string,
  port: number,
  folders: readonly string[],
  more: readonly string[],
): ChildProcess {
  const args = ['-D', data, '-p', String(port), ...[...settings, ...more].flatMap((setting) => ['-c', setting])];
  const task = JSON.stringify({ postgres: binaries.postgres, args, identity: binaries.identity, folders });
  // A session of its own: Ctrl-C in a terminal must not reach the server before us.
  return spawn(process.execPath, ['-e', supervisor, task], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
}

function awaitReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.stdout?.on('data', (data) => {
      text += data;
      for (const line of text.split('\n').slice(0, -1)) {
        const message = JSON.parse(line) as { readonly ready: boolean; readonly log?: string };
        if (message.ready) resolve();
        else reject(new Error(`PostgreSQL did not start: ${message.log}`));
      }
    });
  });
}

/** Starts a PostgreSQL 18 with temporary files; it ends with this process at the latest. `more` settings come after ours. */
export async function startPostgres(more: readonly string[] = []): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-postgres-'));
  const password = randomBytes(12).toString('hex');
  const binaries = preparePostgresBinaries(folder);
  const data = makeDataFolder(folder);
  const folders = [folder, data];
  await initialise(binaries, folder, data, password);
  const port = await findFreePort();
  const child = supervise(binaries, data, port, folders, more);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    await awaitReady(child);
  } catch (error) {
    await gone;
    for (const each of folders) rmSync(each, { recursive: true, force: true });
    throw error;
  }
  // Neither the child nor its pipes keep a finished test process alive.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref?: () => void } | null)?.unref?.();
  return {
    password,
    url: (database = 'postgres') => `postgres://etalon:${password}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      child.ref();
      child.stdin?.end();
      await gone;
    },
  };
}

let shared: Promise<TestServer> | undefined;
let databases = 0;

/** The one server of this process, started by whoever asks first. */
export function sharedPostgres(): Promise<TestServer> {
  shared ??= startPostgres();
  return shared;
}

async function administer(server: TestServer, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/**
 * A database on the shared server: an empty one, or a copy of another of which nobody has a connection open. Texts are ordered by their bytes in it, or as a language does, such as `en-US`:
 * what has to be the same everywhere must not depend on it.
 */
export async function freshDatabase(copyOf?: string, language?: string): Promise<TestDatabase> {
  const server = await sharedPostgres();
  databases += 1;
  const name = `test_${databases}`;
  const collation = language === undefined ? '' : ` locale_provider icu icu_locale '${language}'`;
  await administer(server, `create database ${name} template ${copyOf ?? 'template0'}${collation}`);
  return {
    name,
    url: server.url(name),
    drop: () => administer(server, `drop database if exists ${name} with (force)`),
  };
}

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}
