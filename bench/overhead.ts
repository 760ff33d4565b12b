import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Manifest, renderSql } from '../compiler/index.ts';
import { runByHand } from './hand-script.ts';
import { type Benchmark, best, type Figure, type Timing, timed } from './measure.ts';
import { type BenchDatabase, withPostgres } from './postgres-server.ts';
import { getManifest, timeRun } from './run-in-process.ts';
import { withFolder } from './temporary-folder.ts';

const trivial = 200;
const many = 1000;
const turns = 3;

/** Models whose own SQL costs next to nothing: what is left is ours. */
export const overheadBenchmark: Benchmark = {
  name: 'overhead',
  run: () =>
    withFolder(async (folder) => {
      writeTrivialModels(folder, trivial);
      const manifest = await getManifest(folder);
      const duckdb = await measureOverhead(
        (turn) => timeRun(folder, manifest, join(folder, `etalon-${turn}.duckdb`), 1),
        (turn) => runByHand(join(folder, `hand-${turn}.duckdb`), writeScript(manifest, 'duckdb')),
      );
      const postgres = await withPostgres((database) => measureOnPostgres(folder, manifest, database));
      return [
        { work: `${trivial} trivial models`, target: '10 ms a model', ...duckdb },
        ...(postgres ? [{ work: 'the same on PostgreSQL', target: '10 ms a model', ...postgres }] : []),
      ];
    }),
};

async function measureOnPostgres(folder: string, manifest: Manifest, database: BenchDatabase) {
  const schemas = ['marts', 'etalon_state', 'etalon_tables'].map((name) => `drop schema if exists ${name} cascade`);
  return measureOverhead(
    async () => {
      await database.execute(...schemas);
      return timeRun(folder, manifest, database, 1);
    },
    async () => {
      await database.execute(...schemas);
      return timed(() => database.execute(...writeScript(manifest, 'postgres')), database);
    },
  );
}

/** In turns: what disturbs one disturbs the other. */
async function measureOverhead(
  run: (turn: number) => Promise<Timing>,
  byHand: (turn: number) => Promise<Timing>,
): Promise<Omit<Figure, 'work'>> {
  let ours: Timing | undefined;
  let hand: Timing | undefined;
  for (let turn = 0; turn < turns; turn += 1) {
    ours = best(await run(turn), ours);
    hand = best(await byHand(turn), hand);
  }
  const each = ((ours!.seconds - hand!.seconds) / trivial) * 1000;
  const floor = { what: 'the same SQL in one script', ...hand! };
  return { ...ours!, floor, note: `${each.toFixed(1)} ms a model` };
}

/** A large project at rest, and the same with one file changed: the model and the one that reads it are built. */
export const thousandModelsBenchmark: Benchmark = {
  name: 'thousand-models',
  run: () =>
    withFolder(async (folder) => {
      writeTrivialModels(folder, many);
      const target = join(folder, 'etalon.duckdb');
      const before = await getManifest(folder);
      await timeRun(folder, before, target, 2);
      let idle: Timing | undefined;
      for (let turn = 0; turn < turns; turn += 1) idle = best(await timeRun(folder, before, target, 2), idle);
      let changed: Timing | undefined;
      for (let turn = 0; turn < turns; turn += 1) {
        writeFileSync(join(folder, 'models', 'marts', 'model_0.sql'), `select ${turn} + 1000 as n\n`);
        const run = await timeRun(folder, await getManifest(folder), target, 2);
        const built = run.result.steps.filter(({ status }) => status === 'built').length;
        if (built !== 2) throw new Error(`${built} models were built instead of 2`);
        changed = best(run, changed);
      }
      return [
        { work: `${many} models, nothing to do`, ...idle!, target: '1 s' },
        { work: `${many} models, one changed`, ...changed!, note: '2 models built' },
      ];
    }),
};

function writeScript(manifest: Manifest, dialect: 'duckdb' | 'postgres'): readonly string[] {
  const names = (model: string) => ({ schema: 'marts', table: model.slice('marts.'.length) });
  const statements = manifest.models.map(
    (model) => `create table ${model.name} as ${renderSql(model.sql!, dialect, names)}`,
  );
  return ['create schema marts', ...statements];
}

function writeTrivialModels(folder: string, models: number): void {
  mkdirSync(join(folder, 'models', 'marts'), { recursive: true });
  writeFileSync(
    join(folder, 'project.yml'),
    'project: overhead\nlanguage: 1\ncalendar: {timezone: UTC}\ntargets: {dev: {engine: duckdb, path: target/x.duckdb}}\ntarget: dev\n',
  );
  for (let i = 0; i < models; i += 1) {
    const path = join(folder, 'models', 'marts', `model_${i}`);
    writeFileSync(`${path}.yml`, `description: Number ${i}.\nowner: bench\ncolumns: {n: integer}\n`);
    // Pairs, so that half of the models read another one.
    writeFileSync(`${path}.sql`, i % 2 === 0 ? `select ${i} as n\n` : `select n + 1 as n from marts.model_${i - 1}\n`);
  }
}
