import { expect } from 'vitest';
import type { Manifest } from '../../../compiler/index.ts';
import { type Engine, EngineError } from '../../../runtime/engine/engine.ts';
import { run } from '../../../runtime/run/run.ts';
import type { RunResult } from '../../../runtime/run/run-types.ts';
import { loseTarget } from '../lose-target.ts';
import { readTables } from '../play-scenario.ts';
import { watchEngine } from '../watch-engine.ts';
import { checkCounts, checkState, checkTables, fingerprintTables } from './check-tables.ts';
import type { History, RunKind } from './history.ts';
import { historyManifest } from './history-manifest.ts';
import { createWorld, type HistoryWorld } from './history-world.ts';

/** What went on in many histories: a property that holds because nothing happens is worth nothing. */
export interface Ways {
  runs: number;
  /** Runs after which all tables were looked at. */
  checked: number;
  /** Steps of incremental models that could be brought up to date where they stood, and those that were. */
  repairable: number;
  repaired: number;
  /** Statements that put rows that came to the groups that stand, and that look for keys whose first row may be another. */
  added: number;
  first: number;
  crashed: number;
  heldBack: number;
  partial: number;
  refreshed: number;
  rebuilt: number;
}

export function noWays(): Ways {
  return {
    runs: 0,
    checked: 0,
    repairable: 0,
    repaired: 0,
    added: 0,
    first: 0,
    crashed: 0,
    heldBack: 0,
    partial: 0,
    refreshed: 0,
    rebuilt: 0,
  };
}

/** A fault put between a run and its target, for calibration. */
export type Plant = (engine: Engine) => Engine;

/** Lives through a history on an empty target. After every run that comes to its end, each table is what its query says, or the property fails with what is wrong. */
export async function liveHistory(engine: Engine, history: History, ways: Ways, plant: Plant = same): Promise<void> {
  await emptyTarget(engine, ['app']);
  const world = await createWorld(engine);
  const manifestNow = () => historyManifest(world.definitions(), history.asked, world.armed());
  const all: RunKind = { kind: 'all' };
  try {
    let isFirst = true;
    for (const { news, run: kind } of [...history.rounds, { news: [], run: all }]) {
      for (const one of news) await world.happen(engine, one);
      await playRound(engine, manifestNow(), world, isFirst && kind.kind === 'some' ? all : kind, ways, plant);
      isFirst &&= kind.kind === 'crash';
      world.nextDay();
    }
    if (!history.rebuilt) return;
    world.disarm();
    await playRound(engine, manifestNow(), world, all, ways, plant);
    const seen = await readTables(engine, manifestNow());
    await emptyTarget(engine, []);
    await runOnce(engine, manifestNow(), world, {});
    expect(await readTables(engine, manifestNow())).toEqual(seen);
    ways.rebuilt += 1;
  } finally {
    world.remove();
  }
}

const same: Plant = (engine) => engine;

/** The same target again and again: to open one costs more than to empty it. */
async function emptyTarget(engine: Engine, more: readonly string[]): Promise<void> {
  for (const schema of ['marts', 'clean', 'raw', 'etalon_tables', 'etalon_state', ...more]) {
    await engine.execute(`drop schema if exists ${schema} cascade`);
  }
}

async function playRound(
  engine: Engine,
  manifest: Manifest,
  world: HistoryWorld,
  kind: RunKind,
  ways: Ways,
  plant: Plant,
): Promise<void> {
  ways.runs += 1;
  if (kind.kind === 'crash') {
    await crash(engine, manifest, world, kind, ways, plant);
    return;
  }
  const select = kind.kind === 'some' ? selectSome(manifest, kind.bits) : undefined;
  const all = manifest.models.map(({ name }) => name);
  const mayStand = select !== undefined || world.armed().length > 0;
  const before = mayStand ? await fingerprintTables(engine, manifest, all) : new Map<string, string>();
  const result = await runOnce(countWays(plant(engine), ways), manifest, world, {
    fullRefresh: kind.kind === 'refresh',
    // Files may hold less than they did.
    acceptLoss: true,
    ...(select ? { select } : {}),
  });
  refuseFailures(result, manifest, world);
  count(result, manifest, kind, ways);
  const done = new Set(
    result.steps.flatMap(({ model, status }) => (status === 'built' || status === 'fresh' ? [model] : [])),
  );
  // A source table goes on while nobody looks at it: what reads it is held to it after a run that looked.
  const looked = [...done].filter((name) => {
    const reads = manifest.models.find((model) => model.name === name)?.reads ?? [];
    return reads.every(
      (read) => done.has(read) || manifest.models.find(({ name: n }) => n === read)?.source?.from !== 'table',
    );
  });
  const faults = [
    ...(await checkTables(engine, manifest, world, new Set(looked))),
    ...(result.steps.some(({ status }) => status === 'built') ? await checkState(engine) : []),
  ];
  if (result.exitCode === 0) faults.push(...(await checkCounts(engine, manifest, done)));
  if (mayStand) faults.push(...(await findMoved(engine, manifest, before, done)));
  if (faults.length > 0) throw new Error(`after the run of ${world.now()}:\n${faults.join('\n')}\n${tell(result)}`);
  if (result.exitCode === 0 && select === undefined) world.settle();
}

async function crash(
  engine: Engine,
  manifest: Manifest,
  world: HistoryWorld,
  { moment }: Extract<RunKind, { kind: 'crash' }>,
  ways: Ways,
  plant: Plant,
): Promise<void> {
  const dying = loseTarget(engine, moment);
  try {
    await runOnce(plant(dying.engine), manifest, world, {});
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
  if (dying.isLost()) ways.crashed += 1;
}

const addsGroups =
  /^create table \S+__rows_\d+" as\b.*\bunion all\s+select\b(?:(?!\bfrom\b).)*\bfrom\s+\S+__units_\d+/is;
const looksBefore = /^create table \S+__units_\d+" as\b.*\betalon_place\b/is;

/** Neither shows in what a run says of itself. */
function countWays(engine: Engine, ways: Ways): Engine {
  return watchEngine(engine, {
    before: (sql) => {
      if (addsGroups.test(sql)) ways.added += 1;
      if (looksBefore.test(sql)) ways.first += 1;
    },
  });
}

function runOnce(
  engine: Engine,
  manifest: Manifest,
  world: HistoryWorld,
  more: { readonly fullRefresh?: boolean; readonly acceptLoss?: boolean; readonly select?: readonly string[] },
): Promise<RunResult> {
  const start = Date.parse(world.now());
  let looks = 0;
  const clock = () => {
    looks += 1;
    return new Date(start + looks * 1000).toISOString();
  };
  const effects = { clock, emit: () => undefined, folder: world.folder };
  return run({ manifest, engine, effects, command: 'run', threads: 2, ...more });
}

function selectSome(manifest: Manifest, bits: number): readonly string[] {
  const chosen = manifest.models.filter((_, index) => (bits >> (index % 9)) % 2 === 1).map(({ name }) => name);
  return chosen.length > 0 ? chosen : manifest.models.slice(0, 1).map(({ name }) => name);
}

/** A step may fail because a test that is switched on holds it back, or because what it reads was never built, in a run of some models; and for nothing else. */
function refuseFailures(result: RunResult, manifest: Manifest, world: HistoryWorld): void {
  const guarded = new Set(
    manifest.tests.flatMap(({ name, model }) => (world.armed().some((guard) => guard === name) ? [model] : [])),
  );
  for (const { model, status, reason, error } of result.steps) {
    const isAllowed = guarded.has(model) && reason.includes('data test');
    const isNeverBuilt = `${error}`.includes('was never built');
    if (status === 'failed' && !isAllowed && !isNeverBuilt) throw new Error(`${model} failed: ${error ?? reason}`);
  }
}

function count(result: RunResult, manifest: Manifest, kind: RunKind, ways: Ways): void {
  if (result.steps.some(({ status }) => status === 'failed')) ways.heldBack += 1;
  if (kind.kind === 'some') ways.partial += 1;
  if (kind.kind === 'refresh') ways.refreshed += 1;
  ways.checked += 1;
  for (const { model, status, reason, repaired } of result.steps) {
    const isIncremental = manifest.models.some(
      ({ name, increment }) => name === model && increment?.kind === 'increment',
    );
    if (!isIncremental || status !== 'built' || !/^inputs? `/.test(reason)) continue;
    ways.repairable += 1;
    if (repaired !== undefined && repaired.unit !== 'all') ways.repaired += 1;
  }
}

/** What was not run, or was held back, is as it was. */
async function findMoved(
  engine: Engine,
  manifest: Manifest,
  before: ReadonlyMap<string, string>,
  done: ReadonlySet<string>,
): Promise<readonly string[]> {
  const still = [...before.keys()].filter((name) => !done.has(name) && name !== 'raw.payments');
  const now = await fingerprintTables(engine, manifest, still);
  return still.flatMap((name) =>
    now.get(name) === before.get(name) ? [] : [`${name} was not built in this run, and its rows are others`],
  );
}

function tell(result: RunResult): string {
  const lines = result.steps.map(({ model, status, reason, repaired }) =>
    [model, status, reason, ...(repaired ? [JSON.stringify(repaired)] : [])].join('  '),
  );
  return lines.join('\n');
}
