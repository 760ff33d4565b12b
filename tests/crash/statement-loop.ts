import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Manifest } from '../../compiler/index.ts';
import { type Engine, EngineError } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open-engine.ts';
import type { RunResult } from '../../runtime/run/run-types.ts';
import { StateError } from '../../runtime/state/state-error.ts';
import type { Plant } from '../conformance/histories/live-history.ts';
import { freshDatabase } from '../support/postgres.ts';
import { crashProject, dependentView, editedProject, firstFiles, firstRows, laterArrival } from './crash-project.ts';
import { collect, describeTarget, runProject, writeFiles } from './crash-target.ts';
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
async function prepareTemplate(kind: Kind, work: (site: Site) => Promise<void>): Promise<Template> {
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

/** What is there when the run begins that goes wrong, and what it runs. */
interface Beginning {
  readonly manifest: Manifest;
  readonly prepare: (site: Site) => Promise<void>;
}

const firstLoad: Beginning = { manifest: crashProject, prepare: (site) => arrive(site, firstFiles, firstRows) };

/** News for every source, and another definition of one model, on whose view somebody else's stands. */
const increment: Beginning = {
  manifest: editedProject,
  prepare: async (site) => {
    await firstLoad.prepare(site);
    expect((await runOnce(site.engine, site, crashProject)).exitCode).toBe(0);
    await site.engine.execute(dependentView);
    await arrive(site, ...laterArrival(1));
  },
};

export const beginnings = { 'a first load': firstLoad, 'an increment and an edit': increment } as const;

/** One model at a time, so that statement k is the same one each time. */
function runOnce(engine: Engine, { folder }: Site, manifest: Manifest): Promise<RunResult> {
  return runProject(engine, folder, { manifest, threads: 1 });
}

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

/** `isChosen`: of decisive statements other than a COMMIT every second loses its reply. */
function faultsAlways(told: Told, isChosen: boolean): readonly Fault[] {
  if (told.sql === 'commit') return ['refused', 'reply lost'];
  if (isDecisive(told)) return isChosen ? ['reply lost'] : [];
  return isPublish(told) ? ['refused'] : [];
}

/**
 * Which statement goes wrong, and how. A statement that changes nothing for others until a later one (a read, all that stands in a transaction) leaves the target as the decisive one before it did: a
 * reply lost there is a reply lost at that one. So every COMMIT loses its reply and every second of the other decisive ones, every COMMIT and every publish is refused, and of all others every `stride`th
 * fails in each of the three ways, from another one in each run of the suite.
 */
function chooseCases(statements: readonly Told[], { stride, offset }: Sample): readonly Case[] {
  return statements.flatMap((told, index): readonly Case[] => {
    const at = index + 1;
    const sampled = faults.filter((_, i) => (index + i * Math.ceil(stride / 3)) % stride === offset);
    const always = faultsAlways(told, (index + offset) % 2 === 0);
    // After a COMMIT that was carried out nothing but its reply can be lost.
    const apt = sampled.filter((fault) => told.sql !== 'commit' || fault !== 'failed after');
    return [...new Set([...always, ...apt])].map((fault) => ({ at, fault }));
  });
}

/** Runs a copy to its fault, and then again without: nobody may be able to tell it from an undisturbed one. */
async function strike(
  template: Template,
  manifest: Manifest,
  { at, fault }: Case,
  undisturbed: unknown,
  plant: Plant,
): Promise<void> {
  const site = await template.copy();
  try {
    const planted = plantFault(site.engine, at, fault);
    await runOnce(plant(planted.engine), site, manifest).catch((error: unknown) => {
      if (!(error instanceof EngineError || error instanceof StateError)) throw error;
    });
    const told = `statement ${at} ${fault}: ${planted.struck()?.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
    expect(planted.struck(), told).toBeDefined();
    expect((await runOnce(site.engine, site, manifest)).exitCode, told).toBe(0);
    await collect(site.engine, site.folder, manifest);
    expect(await describeTarget(site.engine, site.folder, manifest), told).toEqual(undisturbed);
  } finally {
    await site.drop();
  }
}

/** Some 8 faults beside the decisive ones: each costs half a second of processor time. `ETALON_CRASH_STRIDE=1` takes all. */
const usualStride = Number(process.env.ETALON_CRASH_STRIDE ?? 96);

/** Milliseconds: of a sample ten minutes, of all of them two hours. */
export const loopTimeout = process.env.ETALON_CRASH_STRIDE === undefined ? 600_000 : 7_200_000;

export interface Loop {
  readonly statements: number;
  readonly cases: number;
}

export async function loopOverStatements(
  kind: Kind,
  beginning: keyof typeof beginnings,
  stride: number = usualStride,
  plant: Plant = (engine) => engine,
): Promise<Loop> {
  const { manifest, prepare } = beginnings[beginning];
  const template = await prepareTemplate(kind, prepare);
  try {
    const reference = await template.copy();
    const listed = listStatements(reference.engine);
    expect((await runOnce(plant(listed.engine), reference, manifest)).exitCode).toBe(0);
    await collect(reference.engine, reference.folder, manifest);
    const undisturbed = await describeTarget(reference.engine, reference.folder, manifest);
    await reference.drop();
    const offset = Math.floor(Math.random() * stride);
    const cases = chooseCases(listed.statements, { stride, offset });
    console.info(
      `${beginning} on ${kind}: ${cases.length} faults at ${listed.statements.length} statements, stride ${stride} from ${offset}`,
    );
    for (const one of cases) await strike(template, manifest, one, undisturbed, plant);
    return { statements: listed.statements.length, cases: cases.length };
  } finally {
    await template.drop();
  }
}
