import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine } from '../../runtime/engine/engine.ts';
import { run } from '../../runtime/run/run.ts';
import type { RunResult } from '../../runtime/run/run-types.ts';
import { crashProject } from './crash-project.ts';

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

export function runProject(engine: Engine, folder: string): Promise<RunResult> {
  const effects = { clock: () => '2025-06-01T00:00:00Z', emit: () => undefined, folder };
  return run({ manifest: crashProject, engine, effects, command: 'run', threads: 2 });
}

/** All that a reader can tell, and all that must hold between data and marks: equal after a crash and a run, and after a run without a crash. */
export async function describeTarget(engine: Engine): Promise<unknown> {
  const rows = async (sql: string) => (await engine.execute(sql)).rows.map((row) => row.map(String).join('|')).sort();
  const tables: Record<string, readonly string[]> = {};
  for (const model of crashProject.models) tables[model.name] = await rows(`select * from ${model.name}`);
  return {
    tables,
    rejected: await rows('select _file, _line from raw.orders__rejected'),
    files: await rows('select path, row_count, rejected_count from etalon_state.loaded_files where current'),
    versions: await rows('select model, fingerprint, row_count from etalon_state.versions where valid_to is null'),
    verdicts: await rows(
      `select test, status from (select r.*, row_number() over (partition by test order by run_number desc) as place from etalon_state.test_results r) t where place = 1`,
    ),
    open: await rows("select status from etalon_state.runs where status = 'running'"),
    claim: await rows('select run from etalon_state.claims union all select run from etalon_state.claimants'),
    // Names end in a build number, which a crash may move; how many there are may not.
    relations: await rows(
      "select count(*) from information_schema.tables where table_catalog = current_database() and table_schema = 'etalon_tables'",
    ),
  };
}
