import { join } from 'node:path';
import type { Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { run } from '../../runtime/run/run.ts';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';
import { createPairProject, type PairProject } from './command-project.ts';
import { type StartedCommand, startCommand } from './started-command.ts';

/** A project, a target of one engine for real commands, and an undisturbed one that a single run in this process brings up to date. */
export interface Arena {
  readonly name: 'duckdb' | 'postgres';
  readonly project: PairProject;
  readonly start: (...words: readonly string[]) => StartedCommand;
  /** What the commands find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The other target, on DuckDB: nothing happens to it. */
  readonly undisturbed: Engine;
  /** The target as somebody else sees it, when no command has it open. */
  readonly look: <T>(work: (engine: Engine) => Promise<T>) => Promise<T>;
  /** Brings a target up to date in this process; throws where that does not work. */
  readonly finish: (engine: Engine, models?: readonly string[]) => Promise<void>;
  /** Brings the undisturbed target up to date: what both must hold then. */
  readonly expected: (models?: readonly string[]) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface ArenaKind {
  readonly name: 'duckdb' | 'postgres';
  readonly obstacle: string | undefined;
}

export const arenas: readonly ArenaKind[] = [
  { name: 'duckdb', obstacle: undefined },
  { name: 'postgres', obstacle: findPostgresObstacle() },
];

export async function openArena(name: ArenaKind['name']): Promise<Arena> {
  const project = createPairProject();
  const database = name === 'postgres' ? await freshDatabase() : undefined;
  const env: Record<string, string> = database ? { PAIR_URL: database.url } : {};
  const undisturbed = await openEngine({ engine: 'duckdb', path: ':memory:', threads: 2 });
  const open = () =>
    database === undefined
      ? openEngine({ engine: 'duckdb', path: join(project.folder, 'target/pair.duckdb'), threads: 2 })
      : openEngine({ engine: 'postgres', url: database.url, threads: 1 });
  const finish = async (engine: Engine, models?: readonly string[]): Promise<void> => {
    const manifest = await project.manifest();
    const effects = { clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder: project.folder };
    const select = models === undefined ? {} : { select: models };
    const { exitCode } = await run({ manifest, engine, effects, command: 'run', threads: 2, ...select });
    if (exitCode !== 0) throw new Error(`the single run ended with ${exitCode}`);
  };
  return {
    name,
    project,
    start: (...words) => startCommand([...words, '--target', name], project.folder, env),
    env,
    undisturbed,
    look: async (work) => {
      const engine = await open();
      try {
        return await work(engine);
      } finally {
        await engine.close();
      }
    },
    finish,
    expected: async (models) => {
      await finish(undisturbed, models);
      return describeTables(undisturbed, await project.manifest(), models);
    },
    close: async () => {
      await undisturbed.close();
      await database?.drop();
      project.remove();
    },
  };
}

/** Every row of every model, and every file that was loaded, a line each. */
export async function describeTables(
  engine: Engine,
  manifest: Manifest,
  models: readonly string[] = manifest.models.map(({ name }) => name),
): Promise<readonly string[]> {
  const lines = async (label: string, sql: string) =>
    (await engine.execute(sql)).rows.map((row) => `${label} ${row.map(String).join('|')}`);
  const tables = await Promise.all(models.map((name) => lines(name, `select * from ${name}`)));
  const files = await lines('file', 'select path, row_count from etalon_state.loaded_files where current');
  return [...tables.flat(), ...files].sort();
}
