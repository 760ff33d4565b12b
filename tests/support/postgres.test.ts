import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { findPostgresObstacle, freshDatabase, startPostgres } from './postgres.ts';

const obstacle = findPostgresObstacle();
if (obstacle !== undefined) console.warn(`skipped: ${obstacle}`);

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

describe.skipIf(obstacle !== undefined)('the test server', () => {
  it('gives databases that know nothing of each other', async () => {
    const [a, b] = [await freshDatabase(), await freshDatabase()];
    await ask(a.url, 'create table t (x int)');
    expect(await ask(b.url, "select to_regclass('t') as t")).toEqual({ t: null });
    expect(
      await ask(
        a.url,
        "select current_setting('server_version_num')::int >= 180000 as new, current_setting('lc_collate', true) as c",
      ),
    ).toMatchObject({ new: true });
    await a.drop();
    await expect(ask(a.url, 'select 1')).rejects.toThrow(/does not exist/);
    await b.drop();
  });

  it('stops when told', async () => {
    const server = await startPostgres();
    expect(await ask(server.url(), 'select 1 as one')).toEqual({ one: 1 });
    await server.stop();
    await expect(ask(server.url(), 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('ends when its owner is killed', async () => {
    const owner = spawn(
      process.execPath,
      [
        '--import',
        new URL('./typescript-loader.mjs', import.meta.url).href,
        new URL('./postgres-owner.ts', import.meta.url).pathname,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [url] = (await once(owner.stdout, 'data')) as [Buffer];
    expect(await ask(url.toString(), 'select 1 as one')).toEqual({ one: 1 });
    owner.kill('SIGKILL');
    await expect
      .poll(
        () =>
          ask(url.toString(), 'select 1').then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 10_000 },
      )
      .toBe('down');
  });
});
