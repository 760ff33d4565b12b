import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

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

/** Events as they arrive, one row per event, a row per user and day, a row per user: raw to cohort. */
export function writeProject(folder: string): void {
  writeModels(folder, models);
}

/** A project of some models without anything besides, and an empty folder for its files. */
export function writeModels(folder: string, models: Readonly<Record<string, string>>, more = ''): void {
  for (const layer of ['raw', 'clean', 'marts']) mkdirSync(join(folder, 'models', layer), { recursive: true });
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    join(folder, 'project.yml'),
    `project: incremental\nlanguage: 1\ncalendar: {timezone: UTC}\n${more}targets: {dev: {engine: duckdb, path: target/x.duckdb}}\ntarget: dev\n`,
  );
  for (const [path, text] of Object.entries(models)) writeFileSync(join(folder, 'models', path), text);
}

/** The columns of the files, in SQL of PostgreSQL. */
export const eventColumns = 'event_id bigint, user_id bigint, "at" timestamptz, name text, received timestamptz';

/** A day is as large in every history: what differs is how many there are. */
const eventsPerDay = 25_000;
const lateEvents = 20_000;
const mostLateDays = 60;
const firstDay = "timestamptz '2020-01-01 00:00:00+00'";

export interface History {
  readonly rows: number;
  readonly days: number;
  readonly lateRows: number;
  /** The last days, over which late rows are spread. */
  readonly lateDays: number;
}

export function historyOf(rows: number): History {
  const days = rows / eventsPerDay;
  return { rows, days, lateRows: lateEvents, lateDays: Math.min(mostLateDays, days) };
}

/** The instant at which a day begins, counted from 0: SQL of both engines. */
export function dayStart(day: number): string {
  return `(${firstDay} + interval '${day} days')`;
}

/** Every event has a user by a hash, so that users are active on days spread all over; the day's instant is SQL over `i`. */
function eventRows(from: number, to: number, day: string): string {
  return `select i as event_id, cast(hash(i) % 100000 as bigint) as user_id, ${day} + to_seconds(cast(hash(i * 7) % 86400 as bigint)) as at, ['open', 'search', 'buy'][1 + i % 3] as name, ${day} + interval 1 day as received from range(${from}, ${to}) t(i)`;
}

const inOrder = `${firstDay} + to_days(cast(i // ${eventsPerDay} as integer))`;

/** Parquet, in twenty files. */
export async function writeHistory(folder: string, { rows }: History): Promise<void> {
  const parts = 20;
  for (let part = 0; part < parts; part += 1) {
    const path = join(folder, 'data', `history-${String(part).padStart(2, '0')}.parquet`);
    await copyRows(path, eventRows((rows * part) / parts, (rows * (part + 1)) / parts, inOrder));
  }
}

/** The day after the last. */
export function writeNewDay(path: string, { rows }: History): Promise<void> {
  return copyRows(path, eventRows(rows, rows + eventsPerDay, inOrder));
}

export function writeLate(path: string, { rows, days, lateRows, lateDays }: History): Promise<void> {
  const day = `${firstDay} + to_days(cast(${days - lateDays} + i % ${lateDays} as integer))`;
  return copyRows(path, eventRows(rows * 2, rows * 2 + lateRows, day));
}

/** Writes the rows of a query of DuckDB as Parquet. */
export async function copyRows(path: string, select: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    await connection.run(`copy (${select}) to '${path.replaceAll("'", "''")}' (format parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
