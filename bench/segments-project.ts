import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyRows, dayStart, type History, writeModels } from './incremental-project.ts';

const models: Readonly<Record<string, string>> = {
  'raw/events.yml': `description: Events as they arrive.
owner: bench
source: {files: "data/*.parquet"}
loaded_at: at
columns: {event_id: integer, user_id: integer, at: timestamp, name: text, amount: "decimal(9,2)"}
`,
  'clean/events.yml': `description: One row per event.
owner: bench
from: raw.events
key: event_id
time: at
incremental: {by: day}
columns:
  event_id: {description: The event.}
  user_id: {description: Who.}
  at: {description: When.}
  name: {description: What.}
  amount: {description: How much.}
`,
  'marts/users.yml': `description: A user.
owner: bench
key: user_id
time: first_at
incremental: {by: key}
columns:
  user_id: {type: integer, description: Who.}
  first_at: {type: timestamp, description: The first event.}
  country: {type: text, description: Where.}
  plan: {type: text, description: What is paid for.}
`,
  'marts/users.sql': `select user_id, min(at) as first_at,
  case user_id % 5 when 0 then 'DE' when 1 then 'FR' when 2 then 'IT' when 3 then 'ES' end as country,
  case when user_id % 20 = 0 then 'pro' else 'free' end as plan
from clean.events group by user_id`,
};

const metrics = `from: clean.events
by: [name]
owner: bench
activities:
  first_seen: {from: marts.users, entity: user, time: first_at}
  open: {from: clean.events, entity: user, time: at, where: name = 'open'}
  search: {from: clean.events, entity: user, time: at, where: name = 'search'}
  buy: {from: clean.events, entity: user, time: at, where: name = 'buy', value: amount}
metrics:
  revenue: {is: sum(amount), where: name = 'buy', description: Money.}
`;

/** A segment's rule, and the count of its members as somebody writes it who knows the data: SQL of both engines over \`clean.events\` and \`marts.users\`. */
export interface BenchSegment {
  readonly name: string;
  readonly rule: string;
  byHand(cut: string): string;
}

const events = (name: string, cut: string, days: number) =>
  `clean.events e where e.name = '${name}' and e."at" >= ${cut} - interval '${days * 24} hours' and e."at" < ${cut}`;
const users = (cut: string, where: string) =>
  `select count(*) from marts.users u where u.first_at < ${cut} and ${where}`;
const having = (name: string, cut: string, days: number, condition: string) =>
  `u.user_id in (select e.user_id from ${events(name, cut, days)} group by e.user_id having ${condition})`;
const last = (name: string, cut: string, edge: string) =>
  `u.user_id in (select e.user_id from clean.events e where e.name = '${name}' and e."at" < ${cut} group by e.user_id having ${edge})`;

const often = (n: number, days: number): BenchSegment => ({
  name: `often_${n}_in_${days}`,
  rule: `{did: buy, times: ">= ${n}", within: ${days} days}`,
  byHand: (cut) => users(cut, having('buy', cut, days, `count(*) >= ${n}`)),
});
const spent = (amount: number, days: number): BenchSegment => ({
  name: `spent_${amount}_in_${days}`,
  rule: `{did: buy, sum: ">= ${amount}", within: ${days} days}`,
  byHand: (cut) => users(cut, having('buy', cut, days, `sum(e.amount) >= ${amount}`)),
});
const quiet = (name: string, days: number): BenchSegment => ({
  name: `no_${name}_in_${days}`,
  rule: `{did_not: ${name}, within: ${days} days}`,
  byHand: (cut) => users(cut, `not ${having(name, cut, days, 'true')}`),
});
const lately = (days: number): BenchSegment => ({
  name: `bought_in_${days}`,
  rule: `{last: buy, within: ${days} days}`,
  byHand: (cut) => users(cut, last('buy', cut, `max(e."at") >= ${cut} - interval '${days * 24} hours'`)),
});
const gone = (days: number): BenchSegment => ({
  name: `gone_for_${days}`,
  rule: `{last: open, before: ${days} days}`,
  byHand: (cut) => users(cut, last('open', cut, `max(e."at") < ${cut} - interval '${days * 24} hours'`)),
});

const mixed: readonly BenchSegment[] = [
  {
    name: 'vip',
    rule: `{all: [{did: buy, times: ">= 2", within: 90 days}, {did: buy, sum: ">= 100", within: 365 days}, {any: [{property: plan = 'pro'}, {did: open, days: ">= 2", within: 14 days}]}]}`,
    byHand: (cut) =>
      users(
        cut,
        `${having('buy', cut, 90, 'count(*) >= 2')} and ${having('buy', cut, 365, 'sum(e.amount) >= 100')} and (u.plan = 'pro' or ${having('open', cut, 14, `count(distinct cast(e."at" at time zone 'UTC' as date)) >= 2`)})`,
      ),
  },
  {
    name: 'at_risk',
    rule: '{all: [{did: buy, times: ">= 3", within: 180 days}, {did_not: buy, within: 30 days}]}',
    byHand: (cut) =>
      users(cut, `${having('buy', cut, 180, 'count(*) >= 3')} and not ${having('buy', cut, 30, 'true')}`),
  },
  {
    name: 'german_pros',
    rule: `{all: [{property: country = 'DE'}, {property: plan = 'pro'}]}`,
    byHand: (cut) => users(cut, "u.country = 'DE' and u.plan = 'pro'"),
  },
  {
    name: 'not_french',
    rule: `{not: {property: country = 'FR'}}`,
    byHand: (cut) => users(cut, "not u.country = 'FR'"),
  },
  {
    name: 'newcomers',
    rule: '{first: first_seen, within: 30 days}',
    byHand: (cut) => users(cut, `u.first_at >= ${cut} - interval '720 hours'`),
  },
  {
    name: 'big_month',
    rule: '{metric: revenue, is: ">= 100", within: 30 days}',
    byHand: (cut) => users(cut, having('buy', cut, 30, 'sum(e.amount) >= 100')),
  },
  {
    name: 'searched_then_bought',
    rule: '{sequence: [search, buy], within: 7 days}',
    byHand: (cut) =>
      users(
        cut,
        `exists (select 1 from ${events('search', cut, 7).replaceAll('e.', 's.').replace(' e where', ' s where')} and exists (select 1 from ${events('buy', cut, 7)} and e.user_id = s.user_id and (e."at" > s."at" or (e."at" = s."at" and e.event_id > s.event_id))) and s.user_id = u.user_id)`,
      ),
  },
];

/** Twenty segments of every kind that goes over events, by windows from a week to a year. */
export const benchSegments: readonly BenchSegment[] = [
  often(1, 7),
  often(2, 30),
  often(3, 90),
  often(5, 365),
  spent(50, 30),
  spent(200, 180),
  quiet('open', 14),
  quiet('open', 60),
  quiet('search', 30),
  lately(30),
  lately(90),
  gone(60),
  gone(120),
  ...mixed,
];

export function writeSegmentsProject(folder: string): void {
  writeModels(folder, models, 'entities: {user: {key: user_id, attributes: marts.users}}\n');
  mkdirSync(join(folder, 'metrics'));
  writeFileSync(join(folder, 'metrics/all.yml'), metrics);
  mkdirSync(join(folder, 'segments'));
  const entries = benchSegments.map(({ name, rule }) => `  ${name}: {entity: user, where: ${rule}}\n`);
  writeFileSync(join(folder, 'segments/all.yml'), `segments:\n${entries.join('')}`);
}

/** A hundred thousand users, active on days spread all over. */
function eventRows(from: number, to: number, { rows, days }: History): string {
  const at = `${dayStart(0)} + to_days(cast(i // ${rows / days} as integer)) + to_seconds(cast(hash(i * 7) % 86400 as bigint))`;
  const amount = 'cast((hash(i * 13) % 10000) / 100 as decimal(9,2))';
  return `select i as event_id, cast(hash(i) % 100000 as bigint) as user_id, ${at} as at, ['open', 'search', 'buy'][1 + i % 3] as name, ${amount} as amount from range(${from}, ${to}) t(i)`;
}

export async function writeSegmentsHistory(folder: string, history: History): Promise<void> {
  const parts = 20;
  const { rows } = history;
  for (let part = 0; part < parts; part += 1) {
    const path = join(folder, 'data', `history-${String(part).padStart(2, '0')}.parquet`);
    await copyRows(path, eventRows((rows * part) / parts, (rows * (part + 1)) / parts, history));
  }
}

/** The day after the last. */
export function writeSegmentsDay(folder: string, history: History): Promise<void> {
  const { rows, days } = history;
  return copyRows(join(folder, 'data', 'next-day.parquet'), eventRows(rows, rows + rows / days, history));
}
