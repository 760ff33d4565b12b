import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSql } from '../compiler/index.ts';
import { runByHand } from './hand-script.ts';
import type { Benchmark } from './measure.ts';
import { getManifest, timeRun } from './run-in-process.ts';
import { withFolder } from './temporary-folder.ts';

const models = 200;

/** Models whose own SQL costs next to nothing: what is left is ours. */
export const overheadBenchmark: Benchmark = {
  name: 'overhead',
  run: () =>
    withFolder(async (folder) => {
      writeTrivialModels(folder);
      const manifest = await getManifest(folder);
      const first = await timeRun(folder, manifest, join(folder, 'etalon.duckdb'), 1);
      const again = await timeRun(folder, manifest, join(folder, 'etalon.duckdb'), 1);
      const names = (model: string) => ({ schema: 'marts', table: model.slice('marts.'.length) });
      const statements = manifest.models.map(
        (model) => `create table ${model.name} as ${renderSql(model.sql!, 'duckdb', names)}`,
      );
      const hand = await runByHand(join(folder, 'hand.duckdb'), ['create schema marts', ...statements]);
      const floor = { what: 'the same SQL in one script', seconds: hand };
      const each = ((first.seconds - hand) / models) * 1000;
      return [
        {
          work: `${models} trivial models`,
          seconds: first.seconds,
          floor,
          note: `${each.toFixed(1)} ms a model`,
          target: '10 ms a model',
        },
        { work: `${models} models, nothing to do`, seconds: again.seconds, target: '1 s for 1,000' },
      ];
    }),
};

function writeTrivialModels(folder: string): void {
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
