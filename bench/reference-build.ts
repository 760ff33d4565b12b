import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { getPackageRoot } from '../cli/project/package-root.ts';
import { writeStorefront } from '../cli/storefront/write-storefront.ts';
import { type Manifest, type ManifestModel, parseType, renderSql, renderType } from '../compiler/index.ts';
import { runByHand } from './hand-script.ts';
import { type Benchmark, best, type Timing } from './measure.ts';
import { getManifest, timeRun } from './run-in-process.ts';
import { withFolder } from './temporary-folder.ts';

/** The storefront, whole: every file loaded, every model built and tested, against the same SELECTs in one script without tests, state or rejected rows. */
export const referenceBuildBenchmark: Benchmark = {
  name: 'reference-build',
  run: () =>
    withFolder(async (folder) => {
      for (const path of ['project.yml', 'models', 'metrics', 'segments', 'tests/data']) {
        const from = join(getPackageRoot(), path);
        if (existsSync(from)) cpSync(from, join(folder, path), { recursive: true });
      }
      writeStorefront({ out: join(folder, 'data') });
      const manifest = await getManifest(folder);
      let build: Timing | undefined;
      let again: Timing | undefined;
      let hand: Timing | undefined;
      for (let turn = 0; turn < turns; turn += 1) {
        const target = join(folder, `etalon-${turn}.duckdb`);
        const first = await timeRun(folder, manifest, target, 2);
        const order = first.result.steps.map((step) => step.model);
        build = best(first, build);
        again = best(await timeRun(folder, manifest, target, 2), again);
        const script = writeScript(folder, manifest, order);
        hand = best(await runByHand(join(folder, `hand-${turn}.duckdb`), script), hand);
      }
      const floor = { what: 'the same SQL by hand in one script', ...hand! };
      return [
        { work: `reference build, ${manifest.models.length} models`, ...build!, floor, target: '≤ 1.15x' },
        { work: 'reference build, nothing to do', ...again! },
      ];
    }),
};

/** Each thing as often, in turns: what disturbs one disturbs the other. */
const turns = 3;

/** In the order in which the run took them: every model after what it reads. */
function writeScript(folder: string, manifest: Manifest, order: readonly string[]): string[] {
  const models = new Map(manifest.models.map((model) => [model.name, model]));
  const names = (name: string) => ({
    schema: name.slice(0, name.indexOf('.')),
    table: name.slice(name.indexOf('.') + 1),
  });
  const statements = order.map((name) => {
    const model = models.get(name)!;
    if (model.source) return `create table ${name} as ${readFiles(folder, model)}`;
    const body = renderSql(model.sql!, 'duckdb', names, { runAt: '2025-07-01T00:00:00Z' });
    return `create ${model.materialized === 'view' ? 'view' : 'table'} ${name} as ${body}`;
  });
  return ['create schema raw', 'create schema clean', 'create schema marts', ...statements];
}

function readFiles(folder: string, model: ManifestModel): string {
  const types = model.columns.map((column) => {
    // A hand would let the wall clock of another zone in as text and read it later; the cost is the same.
    const type = parseType(column.type ?? 'text') ?? { name: 'text' };
    return `'${column.name}': '${column.zone ? 'TIMESTAMP' : renderType(type, 'duckdb')}'`;
  });
  const pattern = join(folder, model.source!.pattern!).replaceAll("'", "''");
  const columns = `columns = {${types.join(', ')}}, ignore_errors = true`;
  const read =
    model.source!.format === 'csv'
      ? `read_csv('${pattern}', header = true, ${columns})`
      : `read_json('${pattern}', format = 'newline_delimited', ${columns})`;
  // The watermark of a file source is when it was loaded.
  return `select *, now() as _loaded_at from ${read}`;
}
