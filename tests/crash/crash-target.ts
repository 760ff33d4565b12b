import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../compiler/index.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { prepareRun } from '../../runtime/run/prepare-run.ts';
import { run } from '../../runtime/run/run.ts';
import type { RunResult } from '../../runtime/run/run-types.ts';
import { describeRunPlan, isIdle } from '../../runtime/schedule/describe-run-plan.ts';
import { collectTarget } from '../../runtime/upkeep/collect-target.ts';
import { crashProject } from './crash-project.ts';

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const effectsIn = (folder: string) => ({ clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder });

export function runProject(
  engine: Engine,
  folder: string,
  { manifest = crashProject, threads = 2 }: { readonly manifest?: Manifest; readonly threads?: number } = {},
): Promise<RunResult> {
  return run({ manifest, engine, effects: effectsIn(folder), command: 'run', threads });
}

/** Marks as they stand, without what a crash may move: ids and numbers of runs and builds, instants of writing. */
const marks: Readonly<Record<string, string>> = {
  rejected: 'select _file, _line from raw.orders__rejected',
  files: 'select model, path, size, sha256, row_count, rejected_count from etalon_state.loaded_files where current',
  versions:
    'select model, fingerprint, relation_kind, row_count, rejected_count, fresh_through, complete_through from etalon_state.versions where valid_to is null',
  periods: 'select model, period_from, period_to, status, row_count from etalon_state.periods',
  cursors:
    'select c.model, c.row_count, c.watermark, c.settled, c.arrived, c.absent from etalon_state.cursors c join etalon_state.versions v on v.model = c.model and v.build = c.build where v.valid_to is null',
  history: 'select model, arrival, month, row_count from etalon_state.source_history',
  accounts:
    'select model, part, rule, row_count from (select a.*, max(build) over (partition by model) as last from etalon_state.accounts a) t where build = last',
  verdicts:
    'select test, status, tested, failing from (select r.*, row_number() over (partition by test order by run_number desc) as place from etalon_state.test_results r) t where place = 1',
  problems: 'select kind, subject, reason from etalon_state.problems where ended_at is null',
  open: "select id from etalon_state.runs where status = 'running'",
  claims: 'select run from etalon_state.claims union all select run from etalon_state.claimants',
};

/** A month later: drops what no run had to drop, since one without news leaves it alone. */
export async function collect(engine: Engine, folder: string, manifest: Manifest = crashProject): Promise<void> {
  const clock = () => '2025-07-01T00:00:00Z';
  await collectTarget({ engine, manifest, folder, clock, olderThan: '7 days', dryRun: false });
}

/** All that a reader can tell, and all that must hold between data and marks: equal after a crash and a run, and after a run without a crash. */
export async function describeTarget(
  engine: Engine,
  folder: string,
  manifest: Manifest = crashProject,
): Promise<unknown> {
  const rows = async (sql: string) => (await engine.execute(sql)).rows.map((row) => row.map(String).join('|')).sort();
  const told: Record<string, unknown> = {};
  for (const { name } of manifest.models) told[name] = await rows(`select * from ${name}`);
  for (const [name, sql] of Object.entries(marks)) told[name] = await rows(sql);
  const catalog = await engine.readCatalog(['app', 'raw', 'clean', 'marts', 'etalon_tables']);
  told.catalog = catalog.map(({ name, kind, columns }) => {
    // The build in the name of a table may have moved.
    const table = name.schema === 'etalon_tables' ? name.table.replace(/__\d+(?=__|$)/, '__n') : name.table;
    return `${kind} ${name.schema}.${table} ${columns.map((column) => `${column.name} ${column.type}`).join(', ')}`;
  });
  const { plan } = await prepareRun({ manifest, engine, effects: effectsIn(folder) });
  told.due = isIdle(plan) ? [] : describeRunPlan(plan);
  return told;
}
