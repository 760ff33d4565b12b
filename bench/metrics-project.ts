import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyRows, dayStart, type History, writeModels } from './incremental-project.ts';

const models: Readonly<Record<string, string>> = {
  'raw/events.yml': `description: Events as they arrive.
owner: bench
source: {files: "data/*.parquet"}
columns: {event_id: integer, user_id: integer, at: timestamp, country: text, amount: "decimal(9,2)", received: timestamp}
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
  country: {description: Where.}
  amount: {description: How much.}
`,
};

const metrics = `from: clean.events
by: [country]
owner: bench
activities:
  event: {from: clean.events, entity: user, time: at}
cohorts:
  first_event: {anchor: event}
metrics:
  revenue: {is: sum(amount), description: Money., grains: [day, month]}
  users: {is: count(distinct user_id), description: Who was there., grains: [week]}
  retention: {retention: {cohort: first_event, return: event, every: week, periods: 20}, description: Who came back., grains: [week]}
`;

export function writeMetricsProject(folder: string): void {
  writeModels(folder, models, 'entities: {user: {key: user_id}}\n');
  mkdirSync(join(folder, 'metrics'));
  writeFileSync(join(folder, 'metrics/all.yml'), metrics);
}

/** The columns of the files, in SQL of PostgreSQL. */
export const metricsColumns =
  'event_id bigint, user_id bigint, "at" timestamptz, country text, amount numeric(9,2), received timestamptz';

/** A user's events are spread over the days, and so are the first ones: who has a higher number comes later. */
function eventRows(from: number, to: number, { rows, days }: History, day: string): string {
  const share = `(1 + 99999 * least(i, ${rows}) // ${rows})`;
  const user = `cast(hash(i) % ${share} as bigint)`;
  const at = `${day} + to_seconds(cast(hash(i * 7) % 86400 as bigint))`;
  const country = `['DE', 'FR', 'IT', 'ES', 'PL', 'NL', 'SE', 'AT', 'CH', 'BE'][1 + ${user} % 10]`;
  const amount = 'cast((hash(i * 13) % 10000) / 100 as decimal(9,2))';
  return `select i as event_id, ${user} as user_id, ${at} as at, ${country} as country, ${amount} as amount, ${day} + interval 1 day as received from range(${from}, ${to}) t(i) where ${days} > 0`;
}

const perDay = ({ rows, days }: History) => rows / days;
const inOrder = (history: History) => `${dayStart(0)} + to_days(cast(i // ${perDay(history)} as integer))`;

export async function writeMetricsHistory(folder: string, history: History): Promise<void> {
  const parts = 20;
  const { rows } = history;
  for (let part = 0; part < parts; part += 1) {
    const path = join(folder, 'data', `history-${String(part).padStart(2, '0')}.parquet`);
    await copyRows(path, eventRows((rows * part) / parts, (rows * (part + 1)) / parts, history, inOrder(history)));
  }
}

export function writeMetricsDay(path: string, history: History): Promise<void> {
  const { rows } = history;
  return copyRows(path, eventRows(rows, rows + perDay(history), history, inOrder(history)));
}

export function writeMetricsLate(path: string, history: History): Promise<void> {
  const { rows, days, lateRows, lateDays } = history;
  const day = `${dayStart(0)} + to_days(cast(${days - lateDays} + i % ${lateDays} as integer))`;
  return copyRows(path, eventRows(rows * 2, rows * 2 + lateRows, history, day));
}
