import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import pg from 'pg';
import { findPostgresObstacle, startPostgres } from '../tests/support/postgres.ts';

/** An empty database on a server of its own. */
export interface BenchDatabase {
  readonly url: string;
  /** What the server's processes have worked since it began; undefined where the system does not say. */
  cpuSeconds(): number | undefined;
  /** Statements one after another on one connection; the rows of the last. */
  execute(...statements: readonly string[]): Promise<readonly (readonly unknown[])[]>;
  /** Another database of the same server. */
  of(name: string): BenchDatabase;
}

/** What anybody would set on a machine of this size; the rest is as PostgreSQL comes, but for the disk, which is not waited for. */
const settings = ['shared_buffers=1GB', 'work_mem=64MB', 'maintenance_work_mem=256MB', 'max_wal_size=8GB'];

/** Gives `work` an empty database, on a server that ends with it; undefined where there is no server to be had. */
export async function withPostgres<T>(work: (database: BenchDatabase) => Promise<T>): Promise<T | undefined> {
  if (findPostgresObstacle() !== undefined) return undefined;
  const server = await startPostgres(settings);
  try {
    const postmaster = await findPostmaster(server.url());
    const of = (name: string): BenchDatabase => {
      const url = server.url(name);
      const cpuSeconds = () => (postmaster === undefined ? undefined : readCpuSeconds(postmaster));
      return { url, cpuSeconds, execute: (...statements) => execute(url, statements), of };
    };
    return await work(of('postgres'));
  } finally {
    await server.stop();
  }
}

async function execute(url: string, statements: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: readonly (readonly unknown[])[] = [];
    await client.query("set timezone = 'UTC'");
    for (const text of statements) rows = (await client.query({ text, rowMode: 'array' })).rows;
    return rows;
  } finally {
    await client.end();
  }
}

async function findPostmaster(url: string): Promise<number | undefined> {
  if (platform() !== 'linux') return undefined;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    return readStat(Number(rows[0].pid))?.parent;
  } finally {
    await client.end();
  }
}

const ticksPerSecond = 100;

function readStat(pid: number): { readonly parent: number; readonly own: number; readonly ended: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number) as [number, number, number, number];
    return { parent: Number(fields[1]), own: user + system, ended: endedUser + endedSystem };
  } catch {
    // It has ended since the folder was listed.
    return undefined;
  }
}

/** The server and all that it started. What ends is counted with the server from then on: where something ends meanwhile, all is counted again. */
function readCpuSeconds(postmaster: number): number {
  for (;;) {
    const ended = readStat(postmaster)?.ended;
    let ticks = 0;
    for (const name of readdirSync('/proc')) {
      const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined;
      if (stat?.parent === postmaster) ticks += stat.own;
    }
    const server = readStat(postmaster);
    if (server?.ended === ended) return (ticks + (server ? server.own + server.ended : 0)) / ticksPerSecond;
  }
}
