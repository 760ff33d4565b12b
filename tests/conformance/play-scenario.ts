import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { compileFiles, loadParser, type Manifest, planQuery, type Value } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { type BackfillOptions, openBackfill, runBackfill } from '../../runtime/run/backfill/backfill.ts';
import type { BackfillRequest } from '../../runtime/run/backfill/plan-backfill.ts';
import { queryTarget } from '../../runtime/run/query-target.ts';
import { readHistory } from '../../runtime/run/read-history.ts';
import { run } from '../../runtime/run/run.ts';
import type { Notice, RunEvent, RunResult } from '../../runtime/run/run-types.ts';
import { playUpkeep } from './play-upkeep.ts';
import { sampleManifest } from './sample-manifest.ts';
import type { Expected, Scenario, ScenarioStep } from './scenario.ts';
import { isWrite, watchEngine } from './watch-engine.ts';

export type Tables = Readonly<Record<string, readonly (readonly (string | null)[])[]>>;

/** Plays a scenario on an empty target and gives back what readers see in the end. */
export async function playScenario(scenario: Scenario, engine: Engine): Promise<Tables> {
  const folder = mkdtempSync(join(tmpdir(), 'etalon-scenario-'));
  const clock = createClock();
  try {
    await loadParser();
    let compiled = scenario.project && compileTexts(scenario.project);
    let { models = [], tests = [] } = scenario;
    const manifestNow = () => compiled ?? sampleManifest(models, tests);
    for (const step of scenario.steps) {
      models = step.models ?? models;
      tests = step.tests ?? tests;
      if (step.project) compiled = compileTexts(step.project);
      writeFiles(folder, step);
      for (const sql of step.sql ?? []) await engine.execute(sql);
      for (const sql of await nameRelations(engine, step.tamper ?? [])) await engine.execute(sql);
      await playStep(manifestNow(), step, engine, folder, clock);
    }
    return await readTables(engine, manifestNow());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same end, built at once on an empty target: the last definitions over the last files. */
export async function rebuildScenario(scenario: Scenario, engine: Engine): Promise<Tables> {
  const last = <T>(pick: (step: ScenarioStep) => T | undefined, first: T): T =>
    scenario.steps.map(pick).findLast((value) => value !== undefined) ?? first;
  const files = Object.assign({}, ...scenario.steps.map((step) => step.files ?? {}));
  const sql = scenario.steps.flatMap((step) => step.sql ?? []);
  const models = last((step) => step.models, scenario.models ?? []);
  const project = last<Scenario['project']>((step) => step.project, scenario.project);
  const step: ScenarioStep = { files, sql, expect: { exit: 'any' } };
  const whole = project === undefined ? scenario : { ...scenario, project };
  return playScenario({ ...whole, models, tests: [], steps: [step] }, engine);
}

function compileTexts(texts: Readonly<Record<string, string>>): Manifest {
  const files = Object.entries(texts).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  if (!manifest)
    throw new Error(diagnostics.map((one) => `${one.span?.file}:${one.span?.start.line} ${one.message}`).join('\n'));
  return manifest;
}

/** `{marts.totals}` → `etalon_tables.marts__totals__…`, as the published name reads it now. */
async function nameRelations(engine: Engine, statements: readonly string[]): Promise<readonly string[]> {
  if (statements.length === 0) return [];
  const catalog = await engine.readCatalog(['raw', 'clean', 'marts']);
  const reads = new Map(catalog.map(({ name, reads }) => [`${name.schema}.${name.table}`, reads[0]]));
  return statements.map((sql) =>
    sql.replaceAll(/\{([a-z_.]+)\}/g, (_, name: string) => {
      const relation = reads.get(name);
      if (relation === undefined) throw new Error(`\`${name}\` is not published`);
      return `${relation.schema}.${relation.table}`;
    }),
  );
}

/** A second per look: no run of a test depends on the wall clock. */
function createClock(): () => string {
  let looks = 0;
  return () => {
    looks += 1;
    const [hours, minutes, seconds] = [Math.trunc(looks / 3600), Math.trunc(looks / 60) % 60, looks % 60];
    const two = (count: number) => String(count).padStart(2, '0');
    return `2025-06-01T${two(hours)}:${two(minutes)}:${two(seconds)}Z`;
  };
}

function writeFiles(folder: string, step: ScenarioStep): void {
  for (const [name, content] of Object.entries(step.files ?? {})) {
    const path = join(folder, name);
    if (content === null) rmSync(path, { force: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }
}

async function playStep(
  manifest: Manifest,
  step: ScenarioStep,
  engine: Engine,
  folder: string,
  clock: () => string,
): Promise<void> {
  const statements: string[] = [];
  const watched = watchEngine(engine, { before: (sql) => void statements.push(sql) });
  const warnings: string[] = [];
  const offers: string[] = [];
  const emit = (event: RunEvent) => {
    if (event.event === 'warning') warnings.push(`${event.model}: ${event.message}`);
    if (event.event === 'notice') offers.push(`${event.model}: ${event.message}`);
  };
  const notices: string[] = [];
  const notify = async ({ opened, ended }: Notice) => {
    notices.push(...opened.map(({ subject }) => `+ ${subject}`), ...ended.map(({ subject }) => `- ${subject}`));
    return step.unreachable !== true;
  };
  const started = start(step, { manifest, engine: watched, effects: { clock, emit, folder, notify }, threads: 2 });
  if (step.expect.error !== undefined) {
    await expect(started).rejects.toThrow(step.expect.error);
    return;
  }
  const result = await started;
  if ('kind' in result) checkResult(result, step.expect);
  else expect(result).toEqual((step.expect.told ?? []).map((line) => expect.stringContaining(line)));
  if (step.expect.warnings) {
    expect(warnings).toEqual(step.expect.warnings.map((part) => expect.stringContaining(part)));
  }
  if (step.expect.offers) expect(offers).toEqual(step.expect.offers.map((part) => expect.stringContaining(part)));
  if (step.expect.notices) expect(notices).toEqual(step.expect.notices);
  if (step.expect.writes !== undefined) expect(statements.filter(isWrite)).toHaveLength(step.expect.writes);
  if (step.expect.queries !== undefined) expect(statements.length).toBeLessThanOrEqual(step.expect.queries);
  for (const [name, rows] of Object.entries(step.expect.tables ?? {})) {
    expect(await readRows(engine, `select * from ${name}`), name).toEqual(sortRows(rows));
  }
  for (const { ask, rows } of step.expect.answers ?? []) {
    const { plan, diagnostics } = planQuery(manifest, ask);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const answer = await queryTarget({ manifest, engine, plan: plan! });
    expect(
      answer.rows.map((row) => row.map(toText)),
      JSON.stringify(ask),
    ).toEqual(rows);
  }
  if (step.expect.drift !== undefined) {
    const { drift } = await readHistory({ engine, manifest });
    const told = drift.map(({ kind, model, column }) => `${kind} ${model}.${column}`);
    expect(told.sort()).toEqual(step.expect.drift);
  }
  if (step.expect.status !== undefined) await checkStatus(manifest, engine, step.expect.status);
  for (const [sql, row] of Object.entries(step.expect.state ?? {})) {
    expect((await engine.execute(sql)).rows[0]?.map(toText), sql).toEqual(row);
  }
}

function start(step: ScenarioStep, options: BackfillOptions): Promise<RunResult | readonly string[]> {
  if (step.backfill) return backfill(options, step.backfill);
  const { manifest, engine, effects } = options;
  if (step.upkeep) return playUpkeep(step.upkeep, { manifest, engine, folder: effects.folder, clock: effects.clock });
  return run({ ...options, command: 'run', ...step.run });
}

async function backfill(options: BackfillOptions, request: BackfillRequest): Promise<RunResult> {
  const { id } = await openBackfill(options, request);
  return runBackfill(options, id);
}

async function checkStatus(
  manifest: Manifest,
  engine: Engine,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  const { models } = await readHistory({ engine, manifest });
  for (const [model, wanted] of Object.entries(expected)) {
    const [status, ...reason] = wanted.split(': ');
    expect(models[model], model).toMatchObject({ status });
    expect(models[model]?.reason ?? '', model).toContain(reason.join(': '));
  }
}

function checkResult(result: RunResult, expected: Expected): void {
  const told = Object.fromEntries(
    result.steps.map((step) => [step.model, `${step.status}: ${step.error ?? step.reason}`]),
  );
  if (expected.exit !== 'any') expect(result.exitCode, JSON.stringify(told, undefined, 2)).toBe(expected.exit ?? 0);
  for (const [model, wanted] of Object.entries(expected.steps ?? {})) {
    const [status, ...reason] = wanted.split(': ');
    expect(told[model], model).toMatch(new RegExp(`^${status}: `));
    expect(told[model], model).toContain(reason.join(': '));
  }
  const repaired = new Map(result.steps.map((step) => [step.model, step.repaired?.rows ?? null]));
  for (const [model, rows] of Object.entries(expected.repaired ?? {})) {
    expect(told[model], model).toMatch(/^built: /);
    expect(repaired.get(model), `rows repaired in ${model}`).toBe(rows);
  }
  const verdicts = [...result.tests, ...result.steps.flatMap((step) => step.tests)];
  const byName = Object.fromEntries(verdicts.map((test) => [test.test, `${test.status}`]));
  for (const [test, status] of Object.entries(expected.tests ?? {})) expect(byName[test], test).toBe(status);
}

export async function readTables(engine: Engine, manifest: Manifest): Promise<Tables> {
  const tables: Record<string, readonly (readonly (string | null)[])[]> = {};
  for (const model of manifest.models) {
    const [schema = '', table = ''] = model.name.split('.');
    const relation = await engine.findRelation({ schema, table });
    if (relation !== undefined) tables[model.name] = await readRows(engine, `select * from ${model.name}`);
    if (model.form !== 'source') continue;
    const rejected = await engine.findRelation({ schema, table: `${table}__rejected` });
    if (rejected === undefined) continue;
    const sql = `select _file, _line, reason from ${model.name}__rejected`;
    tables[`${model.name}__rejected`] = await readRows(engine, sql);
  }
  return tables;
}

async function readRows(engine: Engine, sql: string): Promise<(string | null)[][]> {
  const { rows } = await engine.execute(sql);
  return sortRows(rows.map((row) => row.map(toText)));
}

function toText(value: Value): string | null {
  return value === null ? null : String(value);
}

function sortRows<T>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
