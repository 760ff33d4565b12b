import { dayStart, type History } from './incremental-project.ts';

/** SQL of both engines, as somebody writes it who knows the data: raw events are in `arrived` already, and in `raw` where they are the first. */
export function createMetricTables(): readonly string[] {
  return [
    `create table clean as ${distinctEvents('raw')}`,
    `create table revenue_days as ${revenueDays('clean')}`,
    `create table revenue_months as ${revenueMonths('revenue_days')}`,
    `create table user_weeks as ${userWeeks('clean')}`,
    `create table first_events as ${firstEvents('clean')}`,
  ];
}

/** What came lies in these days, and nothing else changed. */
export function addMetricEvents(from: number, to: number): readonly string[] {
  const [first, last] = [dayStart(from), dayStart(to)];
  const arrived = 'event_id in (select event_id from arrived)';
  const someone = 'user_id in (select user_id from arrived)';
  const within = (column: string, grain: string) =>
    `${column} >= date_trunc('${grain}', ${first}) and ${column} < date_trunc('${grain}', ${last}) + interval '1 ${grain}'`;
  const put = (table: string, column: string, grain: string, select: (from: string) => string, source = 'clean') => [
    `delete from ${table} where ${within(`cast(${column} as timestamp)`, grain).replaceAll(/timestamptz '([^']*)\+00'/g, "timestamp '$1'")}`,
    `insert into ${table} ${select(`(select * from ${source} where ${source === 'clean' ? within('"at"', grain) : within('cast(day as timestamp)', grain).replaceAll(/timestamptz '([^']*)\+00'/g, "timestamp '$1'")}) as e`)}`,
  ];
  return [
    'insert into raw select * from arrived',
    `delete from clean where ${arrived}`,
    `insert into clean ${distinctEvents(`raw where ${arrived}`)}`,
    ...put('revenue_days', 'day', 'day', revenueDays),
    ...put('revenue_months', 'month', 'month', revenueMonths, 'revenue_days'),
    ...put('user_weeks', 'week', 'week', userWeeks),
    `delete from first_events where ${someone}`,
    `insert into first_events ${firstEvents(`(select * from clean where ${someone}) as e`)}`,
  ];
}

export function addMetricDay({ days }: History): readonly string[] {
  return addMetricEvents(days, days + 1);
}

export function addMetricLate({ days, lateDays }: History): readonly string[] {
  return addMetricEvents(days - lateDays, days);
}

function distinctEvents(raw: string): string {
  return `select event_id, user_id, "at", country, amount from (select *, row_number() over (partition by event_id order by received) as n from ${raw}) as r where n = 1`;
}

const utc = (grain: string) => `cast(date_trunc('${grain}', "at" at time zone 'UTC') as date)`;
const revenueDays = (from: string) =>
  `select ${utc('day')} as day, country, sum(amount) as amount from ${from} group by 1, 2`;
const revenueMonths = (from: string) =>
  `select cast(date_trunc('month', day) as date) as month, country, sum(amount) as amount from ${from} group by 1, 2`;
const userWeeks = (from: string) => `select distinct ${utc('week')} as week, country, user_id from ${from}`;
const firstEvents = (from: string) => `select user_id, min("at") as first_at from ${from} group by 1`;

/** The questions, written by hand over the events. */
export const byHand = {
  revenue: `select ${utc('month')} as month, country, sum(amount) from clean group by 1, 2 order by 1, 2`,
  users: `select ${utc('week')} as week, count(distinct user_id) from clean group by 1 order by 1`,
  retention: `with first as (select user_id, ${utc('week').replaceAll('"at"', 'min("at")')} as cohort from clean group by 1), active as (select distinct user_id, ${utc('week')} as week from clean), sizes as (select cohort, count(*) as size from first group by 1) select f.cohort, (a.week - f.cohort) / 7 as k, min(s.size), count(*) from first f join active a on a.user_id = f.user_id join sizes s on s.cohort = f.cohort where (a.week - f.cohort) / 7 <= 20 group by 1, 2 order by 1, 2`,
} as const;
