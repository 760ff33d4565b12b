import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { RunResult } from '../runtime/run/run-types.ts';
import { runByHand } from './hand-script.ts';
import type { Benchmark, Figure } from './measure.ts';
import { getManifest, timeRun } from './run-in-process.ts';
import { withFolder } from './temporary-folder.ts';

const days = 400;
const lateRows = 20_000;
const lateDays = 60;

/**
 * A long history of events, then one new day, then late rows over many old days: what a run costs against the first build, and against the same delete and insert by hand. The cost of
 * a day must go with the day and not with the history.
 */
export const incrementalBenchmark = (millions: number): Benchmark => ({
  name: `incremental-${millions}m`,
  run: () =>
    withFolder(async (folder) => {
      const rows = millions * 1_000_000;
      writeProject(folder);
      await writeHistory(folder, rows);
      const manifest = await getManifest(folder);
      const target = join(folder, 'etalon.duckdb');
      const first = await timeRun(folder, manifest, target, 2);
      await copyRows(folder, 'new-day', newDay(rows));
      const day = await timeRun(folder, manifest, target, 2);
      await copyRows(folder, 'late', late(rows));
      const repair = await timeRun(folder, manifest, target, 2);
      const hand = await runByHand(join(folder, 'hand.duckdb'), byHand(folder, rows));
      const handDay = await timeHandDay(folder, rows);
      const floor = { what: 'the same SQL by hand', seconds: hand };
      const words = `${millions} M events`;
      return [
        { work: `${words}, first build`, seconds: first.seconds, floor },
        {
          work: `${words}, one new day`,
          seconds: day.seconds,
          floor: { what: 'delete and insert of the day by hand', seconds: handDay },
          note: describe(day.result),
          ...(millions === 10 ? { target: '0.5 s' } : {}),
        },
        {
          work: `${words}, ${lateRows} late rows over ${lateDays} days`,
          seconds: repair.seconds,
          note: describe(repair.result),
        },
      ] satisfies Figure[];
    }),
});

function describe(result: RunResult): string {
  const changed = result.steps.reduce((sum, step) => sum + (step.repaired?.rows ?? 0), 0);
  const whole = result.steps.filter((step) => step.status === 'built' && !step.repaired && !step.filesLoaded);
  if (whole.length > 0) throw new Error(`${whole[0]!.model} was rebuilt whole: ${whole[0]!.reason}`);
  if (process.env.ETALON_BENCH_STEPS) {
    for (const step of result.steps)
      process.stderr.write(`  ${step.model} ${step.seconds} s ${JSON.stringify(step.repaired)}\n`);
  }
  return `${changed} rows written`;
}

const models: Readonly<Record<string, string>> = {
  'raw/events.yml': `description: Events as they arrive.
owner: bench
source: {files: "data/*.parquet"}
columns:
  event_id: integer
  user_id: integer
  at: timestamp
  name: text
  received: timestamp
`,
  'clean/events.yml': `description: One row per event.
owner: bench
from: raw.events
key: event_id
time: at
dedupe: {keep: first, by: received}
incremental: {by: day}
columns:
  event_id: {description: The event.}
  user_id: {description: Who.}
  at: {description: When.}
  name: {description: What.}
`,
  'marts/user_days.yml': `description: A user on a day.
owner: bench
key: [user_id, day]
time: day
incremental: {by: day}
columns:
  user_id: {type: integer, description: Who.}
  day: {type: date, description: The day.}
  events: {type: integer, description: How many.}
`,
  'marts/user_days.sql': `select user_id, cast(at at time zone 'UTC' as date) as day, count(*) as events from clean.events group by 1, 2`,
  'marts/users.yml': `description: A user with the first day and the number of active days.
owner: bench
key: user_id
incremental: {by: key}
columns:
  user_id: {type: integer, description: Who.}
  first_day: {type: date, description: The first active day.}
  days: {type: integer, description: Active days.}
`,
  'marts/users.sql': 'select user_id, min(day) as first_day, count(*) as days from marts.user_days group by user_id',
};

function writeProject(folder: string): void {
  for (const layer of ['raw', 'clean', 'marts']) mkdirSync(join(folder, 'models', layer), { recursive: true });
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    join(folder, 'project.yml'),
    'project: incremental\nlanguage: 1\ncalendar: {timezone: UTC}\ntargets: {dev: {engine: duckdb, path: target/x.duckdb}}\ntarget: dev\n',
  );
  for (const [path, text] of Object.entries(models)) writeFileSync(join(folder, 'models', path), text);
}

/** Days start on 2024-01-01; every event has a user by a hash, so that users are active on days spread all over. */
function eventRows(from: number, to: number, day: string): string {
  return `select i as event_id, cast(hash(i) % 100000 as bigint) as user_id, ${day} + to_seconds(cast(hash(i * 7) % 86400 as bigint)) as at, ['open', 'search', 'buy'][1 + i % 3] as name, ${day} + interval 1 day as received from range(${from}, ${to}) t(i)`;
}

const firstDay = "timestamptz '2024-01-01 00:00:00+00'";

async function writeHistory(folder: string, rows: number): Promise<void> {
  const parts = 20;
  for (let part = 0; part < parts; part += 1) {
    const [from, to] = [(rows * part) / parts, (rows * (part + 1)) / parts];
    await copyRows(
      folder,
      `history-${String(part).padStart(2, '0')}`,
      eventRows(from, to, `${firstDay} + to_days(cast(i * ${days} // ${rows} as integer))`),
    );
  }
}

function newDay(rows: number): string {
  return eventRows(rows, rows + rows / days, `${firstDay} + interval ${days} day`);
}

function late(rows: number): string {
  const from = rows * 2;
  return eventRows(
    from,
    from + lateRows,
    `${firstDay} + to_days(cast(${days - lateDays} + i % ${lateDays} as integer))`,
  );
}

async function copyRows(folder: string, name: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    const path = join(folder, 'data', `${name}.parquet`).replaceAll("'", "''");
    await connection.run(`copy (${select}) to '${path}' (format parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const distinctEvents =
  'select event_id, user_id, "at", name from (select *, row_number() over (partition by event_id order by received) as n from raw) where n = 1';
const userDays = 'select user_id, cast("at" at time zone \'UTC\' as date) as day, count(*) as events from clean';
const users = 'select user_id, min(day) as first_day, count(*) as days from user_days';

function byHand(folder: string, _rows: number): readonly string[] {
  const history = join(folder, 'data', 'history-*.parquet').replaceAll("'", "''");
  return [
    `create table raw as select * from read_parquet('${history}')`,
    `create table clean as ${distinctEvents}`,
    `create table user_days as ${userDays} group by 1, 2`,
    `create table users as ${users} group by 1`,
  ];
}

/** What somebody writes who knows that the day is new and nothing else changed. */
function timeHandDay(folder: string, _rows: number): Promise<number> {
  const file = join(folder, 'data', 'new-day.parquet').replaceAll("'", "''");
  const day = `cast(${firstDay} + interval ${days} day as date)`;
  return runByHand(join(folder, 'hand.duckdb'), [
    'begin',
    `create temp table arrived as select * from read_parquet('${file}')`,
    'insert into raw select * from arrived',
    `delete from clean where event_id in (select event_id from arrived)`,
    `insert into clean ${distinctEvents.replace('from raw', 'from raw where event_id in (select event_id from arrived)')}`,
    `delete from user_days where day = ${day}`,
    `insert into user_days ${userDays} where cast("at" at time zone 'UTC' as date) = ${day} group by 1, 2`,
    'delete from users where user_id in (select user_id from arrived)',
    `insert into users ${users} where user_id in (select user_id from arrived) group by 1`,
    'commit',
  ]);
}
