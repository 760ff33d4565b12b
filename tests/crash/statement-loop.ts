import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Engine, EngineError } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import { StateError } from '../../runtime/state/state-error.ts';
import type { Plant } from '../conformance/histories/live-history.ts';
import { freshDatabase } from '../support/postgres.ts';
import { firstFiles, firstRows, laterArrival } from './crash-project.ts';
import { describeTarget, runProject, writeFiles } from './crash-target.ts';
import { type Fault, isDecisive, isPublish, listStatements, plantFault, type Told } from './plant-fault.ts';

/** A project's folder and its target, open. */
interface Site {
  readonly engine: Engine;
  readonly folder: string;
}

/** A site that each case gets a copy of. */
interface Template {
  copy(): Promise<Site & { drop(): Promise<void> }>;
  drop(): Promise<void>;
}

export type Kind = 'duckdb' | 'postgres';

/** In memory where the machine has such a folder: a commit waits for no disk. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A target and its files, prepared once by `work`. */
async function prepare(kind: Kind, work: (site: Site) => Promise<void>): Promise<Template> {
  const original = mkdtempSync(join(scratch, 'etalon-loop-'));
  const database = kind === 'postgres' ? await freshDatabase() : undefined;
  const open = (folder: string, url?: string) =>
    url === undefined
      ? openEngine({ engine: 'duckdb', path: join(folder, 'target.duckdb'), threads: 1 })
      : openEngine({ engine: 'postgres', url, threads: 1 });
  const engine = await open(original, database?.url);
  await work({ engine, folder: original });
  await engine.close();
  const copy = async () => {
    const folder = mkdtempSync(join(scratch, 'etalon-loop-'));
    cpSync(join(original, 'data'), join(folder, 'data'), { recursive: true });
    if (!database) copyFileSync(join(original, 'target.duckdb'), join(folder, 'target.duckdb'));
    const own = database && (await freshDatabase(database.name));
    const copied = await open(folder, own?.url);
    const drop = async () => {
      await copied.close();
      await own?.drop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { engine: copied, folder, drop };
  };
  const drop = async () => {
    await database?.drop();
    rmSync(original, { recursive: true, force: true });
  };
  return { copy, drop };
}

async function arrive(
  { engine, folder }: Site,
  files: Readonly<Record<string, string>>,
  rows: readonly string[],
): Promise<void> {
  writeFiles(folder, files);
  for (const sql of rows) await engine.execute(sql);
}

/** What is there when the run begins that goes wrong. */
export const beginnings: Readonly<Record<string, (site: Site) => Promise<void>>> = {
  'a first load': (site) => arrive(site, firstFiles, firstRows),
  'an increment': async (site) => {
    await arrive(site, firstFiles, firstRows);
    expect((await runProject(site.engine, site.folder, 1)).exitCode).toBe(0);
    await arrive(site, ...laterArrival(1));
  },
};

interface Case {
  readonly at: number;
  readonly fault: Fault;
}

const faults: readonly Fault[] = ['refused', 'failed after', 'reply lost'];

/** Every `stride`th statement, from one that chance has chosen. */
interface Sample {
  readonly stride: number;
  readonly offset: number;
}

/**
 * Which statement goes wrong, and how. A statement that changes nothing for others until a later one (a read, all that stands in a transaction) leaves the target as the decisive one before it did: a
 * reply lost there is a reply lost at that one. So every decisive statement loses its reply, every COMMIT and every publish is refused, and of all others every `stride`th fails in each of the three ways,
 * from another one in each run of the suite.
 */
function chooseCases(statements: readonly Told[], { stride, offset }: Sample): readonly Case[] {
  return statements.flatMap((told, index): readonly Case[] => {
    const at = index + 1;
    const sampled = faults.filter((_, i) => (index + i * Math.ceil(stride / 3)) % stride === offset);
    const always: readonly Fault[] = isDecisive(told)
      ? told.sql === 'commit'
        ? ['refused', 'reply lost']
        : ['reply lost']
      : isPublish(told)
        ? ['refused']
        : [];
    // After a COMMIT that was carried out nothing but its reply can be lost.
    const apt = sampled.filter((fault) => told.sql !== 'commit' || fault !== 'failed after');
    return [...new Set([...always, ...apt])].map((fault) => ({ at, fault }));
  });
}

/** Runs a copy to its fault, and then again without: nobody may be able to tell it from an undisturbed one. */
async function strike(template: Template, { at, fault }: Case, undisturbed: unknown, plant: Plant): Promise<void> {
  const site = await template.copy();
  try {
    const planted = plantFault(site.engine, at, fault);
    await runProject(plant(planted.engine), site.folder, 1).catch((error: unknown) => {
      if (!(error instanceof EngineError || error instanceof StateError)) throw error;
    });
    const told = `statement ${at} ${fault}: ${planted.struck()?.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
    expect(planted.struck(), told).toBeDefined();
    expect((await runProject(site.engine, site.folder, 1)).exitCode, told).toBe(0);
    expect(await describeTarget(site.engine, site.folder), told).toEqual(undisturbed);
  } finally {
    await site.drop();
  }
}

/** Some 15 statements beside the decisive ones: a case costs half a second of processor time. */
const usualStride = 48;

export interface Loop {
  readonly statements: number;
  readonly cases: number;
}

export async function loopOverStatements(
  kind: Kind,
  beginning: string,
  stride: number = usualStride,
  plant: Plant = (engine) => engine,
): Promise<Loop> {
  const template = await prepare(kind, beginnings[beginning]!);
  try {
    const reference = await template.copy();
    const listed = listStatements(reference.engine);
    expect((await runProject(plant(listed.engine), reference.folder, 1)).exitCode).toBe(0);
    const undisturbed = await describeTarget(reference.engine, reference.folder);
    await reference.drop();
    const offset = Math.floor(Math.random() * stride);
    const cases = chooseCases(listed.statements, { stride, offset });
    console.info(
      `${beginning} on ${kind}: ${cases.length} faults at ${listed.statements.length} statements, stride ${stride} from ${offset}`,
    );
    for (const one of cases) await strike(template, one, undisturbed, plant);
    return { statements: listed.statements.length, cases: cases.length };
  } finally {
    await template.drop();
  }
}
