import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { firstFiles, firstRows, laterArrival } from './crash-project.ts';
import { describeTarget, runProject, writeFiles } from './crash-target.ts';

/** Spread over the units of a run: claim, load, build, publish, marks, the end. A process costs a second, so not at each; `lost-connection` goes through all. */
const moments = [8, 19, 33, 52, 75, 88];

const loader = new URL('../support/typescript-loader.mjs', import.meta.url).href;
const child = fileURLToPath(new URL('./die-at.ts', import.meta.url));

function runToDeath(kind: string, place: string, folder: string, k: number): Promise<string> {
  const process_ = spawn(process.execPath, ['--import', loader, child, kind, place, folder, String(k)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  process_.stderr.on('data', (text) => {
    said += String(text);
  });
  return new Promise((resolve, reject) => {
    process_.once('error', reject);
    process_.once('exit', (code, signal) => resolve(signal ?? `exit ${code} ${said}`));
  });
}

interface Target {
  readonly kind: string;
  readonly place: string;
  readonly folder: string;
  readonly open: () => Promise<Engine>;
}

async function use<T>(target: Target, work: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await target.open();
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

async function arrive(target: Target, files: Readonly<Record<string, string>>, rows: readonly string[]): Promise<void> {
  writeFiles(target.folder, files);
  await use(target, async (engine) => {
    for (const sql of rows) await engine.execute(sql);
  });
}

const finish = (target: Target) =>
  use(target, async (engine) => {
    expect((await runProject(engine, target.folder)).exitCode).toBe(0);
    return describeTarget(engine);
  });

async function dieAndRecover(clean: Target, dying: Target): Promise<void> {
  for (const target of [clean, dying]) {
    await arrive(target, firstFiles, firstRows);
    await finish(target);
  }
  for (const k of moments) {
    for (const target of [clean, dying]) await arrive(target, ...laterArrival(k));
    expect(await runToDeath(dying.kind, dying.place, dying.folder, k)).toBe('SIGKILL');
    expect(await finish(dying), `killed before statement ${k}`).toEqual(await finish(clean));
  }
}

describe('a run killed by kill -9 leaves a target that the next run completes', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'etalon-kill-'));
  const databases: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    rmSync(scratch, { recursive: true, force: true });
    for (const database of databases) await database.drop();
  });
  const newFolder = () => mkdtempSync(join(scratch, 'project-'));

  test('DuckDB', { timeout: 300_000 }, async () => {
    const target = (): Target => {
      const folder = newFolder();
      const place = join(folder, 'target.duckdb');
      return { kind: 'duckdb', place, folder, open: () => openEngine({ engine: 'duckdb', path: place, threads: 2 }) };
    };
    await dieAndRecover(target(), target());
  });

  test.skipIf(findPostgresObstacle() !== undefined)('PostgreSQL', { timeout: 300_000 }, async () => {
    const target = async (): Promise<Target> => {
      const database = await freshDatabase();
      databases.push(database);
      const { url } = database;
      const open = () => openEngine({ engine: 'postgres', url, threads: 2 });
      return { kind: 'postgres', place: url, folder: newFolder(), open };
    };
    await dieAndRecover(await target(), await target());
  });
});
