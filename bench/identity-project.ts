import { join } from 'node:path';
import { copyRows, writeModels } from './incremental-project.ts';

const models: Readonly<Record<string, string>> = {
  'raw/events.yml': `description: Events as they arrive.
owner: bench
source: {files: "data/*.parquet"}
columns:
  event_id: integer
  device_id: text
  user_id: text
  at: timestamp
`,
  'clean/events.yml': `description: One row per event.
owner: bench
from: raw.events
key: event_id
time: at
incremental: {by: day}
columns:
  event_id: {description: The event.}
  device_id: {description: The device.}
  user_id: {description: Who is logged in.}
  at: {description: When.}
`,
  'clean/identities.yml': `description: Whom a device stands for.
owner: bench
identity:
  entity: user
  links: [{from: clean.events, anonymous: device_id, known: user_id, at: at}]
  anonymous: nearest
  shared_device: {max_users: 3}
  block: ["", "null"]
`,
  'clean/visits.yml': `description: Events with the person behind them.
owner: bench
from: clean.events
key: event_id
incremental: {by: key}
columns:
  event_id: {description: The event.}
  at: {description: When.}
  person: {identity: user, description: Who.}
`,
  'marts/people.yml': `description: A row per person.
owner: bench
key: person
incremental: {by: key}
columns:
  person: {type: text, description: Who.}
  visits: {type: integer, description: Events.}
  first_at: {type: timestamp, description: The first.}
`,
  'marts/people.sql':
    'select person, count(*) as visits, min(at) as first_at from clean.visits where person is not null group by person',
};

/** The columns of the files, in SQL of PostgreSQL. */
export const identityColumns = 'event_id bigint, device_id text, user_id text, "at" timestamptz';

export function writeIdentityProject(folder: string): void {
  writeModels(folder, models, 'entities: {user: {key: user_id}}\n');
}

const devices = 100_000;
const events = 2_000_000;
const days = 100;
const newcomers = 1000;
const firstDay = "timestamptz '2020-01-01 00:00:00+00'";

/** Of ten devices one never logs in; of a hundred five are used by two people, and one by five; the others by one. */
function rows(numbers: string, day: string, device: string, login: string): string {
  const person = `case when d % 100 = 1 then 'u' || (hash(i * 11) % 5) || '-' || d when d % 20 = 3 then 'u' || (hash(i * 11) % 2) || '-' || d else 'u-' || d end`;
  const at = `${firstDay} + to_days(cast(${day} as integer)) + to_seconds(cast(hash(i * 7) % 86400 as bigint))`;
  return `select i as event_id, 'd' || d as device_id, case when ${login} then ${person} end as user_id, ${at} as at from (select i, ${device} as d from range(${numbers}) t(i)) n`;
}

const anyDevice = `cast(hash(i) % ${devices} as bigint)`;
const someLogins = 'd % 10 <> 0 and hash(i * 3) % 5 = 0';

/** A hundred days, in twenty files. */
export async function writeIdentityHistory(folder: string): Promise<void> {
  const parts = 20;
  for (let part = 0; part < parts; part += 1) {
    const path = join(folder, 'data', `history-${String(part).padStart(2, '0')}.parquet`);
    const numbers = `${(events * part) / parts}, ${(events * (part + 1)) / parts}`;
    await copyRows(path, rows(numbers, `i // ${events / days}`, anyDevice, someLogins));
  }
}

/** The day after the last: as many events as on any, and a login of each of a thousand devices that nobody was known by. */
export function writeNextDay(path: string): Promise<void> {
  const last = events + events / days;
  const usual = rows(`${events}, ${last}`, `${days}`, anyDevice, someLogins);
  const first = rows(`${last}, ${last + newcomers}`, `${days}`, `(i - ${last}) * 10`, 'true');
  return copyRows(path, `${usual} union all ${first}`);
}

/** Logins of a second person, in the middle of the history of a thousand devices. */
export function writeLogins(path: string): Promise<void> {
  const from = events * 2;
  const logins = rows(`${from}, ${from + newcomers}`, `${days / 2}`, `(i - ${from}) * 100 + 7`, 'true');
  return copyRows(path, `select event_id, device_id, 'second-' || device_id as user_id, "at" from (${logins}) l`);
}
