import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Manifest } from '../compiler/index.ts';
import { runByHand } from './hand-script.ts';
import { type Benchmark, type Figure, type Timing, timed } from './measure.ts';
import { type BenchDatabase, withPostgres } from './postgres-server.ts';
import { getManifest, timeRun } from './run-in-process.ts';
import { withFolder } from './temporary-folder.ts';

const rows = 1_000_000;

/** One large CSV file into a raw table, every row checked against its declared types, against each engine's own import. */
export const loadBenchmark: Benchmark = {
  name: 'load',
  run: () =>
    withFolder(async (folder) => {
      await writeRows(folder);
      const manifest = await getManifest(folder);
      const duckdb = await loadDuckdb(folder, manifest);
      const postgres = await withPostgres((database) => loadPostgres(folder, manifest, database));
      return [duckdb, ...(postgres ? [postgres] : [])];
    }),
};

async function timeLoad(
  folder: string,
  manifest: Manifest,
  target: string | { readonly url: string; cpuSeconds(): number | undefined },
): Promise<Timing> {
  const { result, ...timing } = await timeRun(folder, manifest, target, 2);
  const loaded = result.steps[0]?.rows ?? 0;
  if (loaded !== rows) throw new Error(`${loaded} rows were loaded instead of ${rows}`);
  return timing;
}

function rate({ seconds }: Timing): string {
  return `${(rows / seconds / 1e6).toFixed(2)} M rows/s`;
}

async function loadDuckdb(folder: string, manifest: Manifest): Promise<Figure> {
  const timing = await timeLoad(folder, manifest, join(folder, 'etalon.duckdb'));
  const file = join(folder, 'data', 'events.csv').replaceAll("'", "''");
  const types =
    "{'id': 'BIGINT', 'at': 'TIMESTAMPTZ', 'name': 'VARCHAR', 'user_id': 'VARCHAR', 'amount': 'DECIMAL(12,2)'}";
  const hand = await runByHand(join(folder, 'hand.duckdb'), [
    `create table events as select * from read_csv('${file}', header = true, columns = ${types})`,
  ]);
  const floor = { what: "DuckDB's own import of the same file", ...hand };
  return { work: 'load a CSV of 1 M rows', ...timing, floor, note: rate(timing), target: '1 M rows/s' };
}

async function loadPostgres(folder: string, manifest: Manifest, database: BenchDatabase): Promise<Figure> {
  const timing = await timeLoad(folder, manifest, database);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('create table hand (id bigint, at timestamptz, name text, user_id text, amount numeric(12,2))');
  const file = createReadStream(join(folder, 'data', 'events.csv'), { highWaterMark: 1 << 20 });
  const copy = () => pipeline(file, client.query(copyFrom('copy hand from stdin (format csv, header)')));
  const hand = await timed(copy, database);
  await client.end();
  const floor = { what: 'COPY of the same file by stream', ...hand };
  return { work: 'the same into PostgreSQL', ...timing, floor, note: rate(timing), target: '0.5 M rows/s' };
}

async function writeRows(folder: string): Promise<void> {
  mkdirSync(join(folder, 'data'));
  mkdirSync(join(folder, 'models', 'raw'), { recursive: true });
  writeFileSync(
    join(folder, 'project.yml'),
    'project: load\nlanguage: 1\ncalendar: {timezone: UTC}\ntargets: {dev: {engine: duckdb, path: target/x.duckdb}}\ntarget: dev\n',
  );
  writeFileSync(
    join(folder, 'models', 'raw', 'events.yml'),
    `description: Events.\nowner: bench\nsource: {files: data/*.csv}\ncolumns:\n  id: integer\n  at: timestamp\n  name: text\n  user_id: text\n  amount: decimal(12,2)\n`,
  );
  const out = createWriteStream(join(folder, 'data', 'events.csv'));
  out.write('id,at,name,user_id,amount\n');
  for (let start = 0; start < rows; start += 10_000) {
    const lines = Array.from({ length: 10_000 }, (_, k) => {
      const i = start + k;
      const minute = String(i % 60).padStart(2, '0');
      const hour = String(Math.floor(i / 60) % 24).padStart(2, '0');
      const day = String(1 + (Math.floor(i / 1440) % 28)).padStart(2, '0');
      return `${i},2025-01-${day}T${hour}:${minute}:00Z,page_viewed,user_${i % 50_000},${i % 1000}.${String(i % 100).padStart(2, '0')}\n`;
    });
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
