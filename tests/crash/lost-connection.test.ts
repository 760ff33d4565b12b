import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Engine, EngineError } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { watchEngine } from '../conformance/watch-engine.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { firstFiles, firstRows, laterArrival } from './crash-project.ts';
import { describeTarget, runProject, writeFiles } from './crash-target.ts';

/** The target goes away before statement `k` and stays away: no later statement of the run succeeds. */
function dieAt(engine: Engine, k: number): { readonly engine: Engine; readonly died: () => boolean } {
  let count = 0;
  const before = () => {
    count += 1;
    if (count >= k) throw new EngineError('unreachable', `the connection was lost before statement ${k}`);
  };
  return { engine: watchEngine(engine, { before }), died: () => count >= k };
}

type OpenTarget = () => Promise<Engine>;

const openDuckdb: OpenTarget = () => openEngine({ engine: 'duckdb', path: ':memory:', threads: 2 });

/** A project's folder and its target. */
interface Site {
  readonly engine: Engine;
  readonly folder: string;
}

async function withSites<T>(open: OpenTarget, count: number, work: (sites: readonly Site[]) => Promise<T>): Promise<T> {
  const sites: Site[] = [];
  try {
    for (let index = 0; index < count; index += 1) {
      sites.push({ engine: await open(), folder: mkdtempSync(join(tmpdir(), 'etalon-crash-')) });
    }
    return await work(sites);
  } finally {
    for (const { engine, folder } of sites) {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Runs until statement `k`, then again without harm. False where the run had fewer statements than that. */
async function runTwice({ engine, folder }: Site, k: number): Promise<boolean> {
  const dying = dieAt(engine, k);
  await runProject(dying.engine, folder).catch((error: unknown) => {
    if (!(error instanceof EngineError)) throw error;
  });
  expect((await runProject(engine, folder)).exitCode).toBe(0);
  return dying.died();
}

async function arrive(
  { engine, folder }: Site,
  files: Readonly<Record<string, string>>,
  rows: readonly string[],
): Promise<void> {
  writeFiles(folder, files);
  for (const sql of rows) await engine.execute(sql);
}

/** In each round something arrives at two targets, and one of them dies two statements later than in the round before. After the next run nobody can tell which. */
function dieInEveryRound(open: OpenTarget): Promise<number> {
  return withSites(open, 2, async ([clean, dying]) => {
    for (const site of [clean!, dying!]) {
      await arrive(site, firstFiles, firstRows);
      await runProject(site.engine, site.folder);
    }
    for (let k = 1; ; k += 2) {
      for (const site of [clean!, dying!]) await arrive(site, ...laterArrival(k));
      await runProject(clean!.engine, clean!.folder);
      const died = await runTwice(dying!, k);
      expect(await describeTarget(dying!.engine), `lost before ${k}`).toEqual(await describeTarget(clean!.engine));
      if (!died) return k;
    }
  });
}

/** The very first run dies, at every `stride`th statement. */
async function dieInFirstRun(open: OpenTarget, stride: number): Promise<number> {
  const play = (k: number) =>
    withSites(open, 1, async ([site]) => {
      await arrive(site!, firstFiles, firstRows);
      const died = await runTwice(site!, k);
      return { died, seen: await describeTarget(site!.engine) };
    });
  const clean = await play(Number.POSITIVE_INFINITY);
  for (let k = 1; ; k += stride) {
    const { died, seen } = await play(k);
    expect(seen, `lost before statement ${k}`).toEqual(clean.seen);
    if (!died) return k;
  }
}

const long = { timeout: 300_000 };

describe('a target lost before any statement ends, after the next run, as if nothing had happened', () => {
  test('DuckDB, something arrived', long, async () => {
    expect(await dieInEveryRound(openDuckdb)).toBeGreaterThan(60);
  });

  test('DuckDB, first run', long, async () => {
    expect(await dieInFirstRun(openDuckdb, 5)).toBeGreaterThan(90);
  });

  describe.skipIf(findPostgresObstacle() !== undefined)('PostgreSQL', () => {
    const databases: { drop(): Promise<void> }[] = [];
    const openPostgres: OpenTarget = async () => {
      const database = await freshDatabase();
      databases.push(database);
      return openEngine({ engine: 'postgres', url: database.url, threads: 2 });
    };
    afterAll(async () => {
      for (const database of databases) await database.drop();
    });

    test('something arrived', long, async () => {
      expect(await dieInEveryRound(openPostgres)).toBeGreaterThan(60);
    });

    test('first run', long, async () => {
      expect(await dieInFirstRun(openPostgres, 9)).toBeGreaterThan(90);
    });
  });
});
