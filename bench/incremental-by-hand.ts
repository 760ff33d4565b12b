import { dayStart, type History } from './incremental-project.ts';

/** SQL of both engines, as somebody writes it who knows the data: raw events are in `arrived` already, and in `raw` where they are the first. */
export function createTables(): readonly string[] {
  return [
    `create table clean as ${distinctEvents('raw')}`,
    `create table user_days as ${userDays} group by 1, 2`,
    `create table users as ${users} group by 1`,
  ];
}

/** What came is of the day after the last, and nothing else changed. */
export function addNewDay({ days }: History): readonly string[] {
  return addArrived(days, days + 1);
}

/** What came is spread over the last days. */
export function addLate({ days, lateDays }: History): readonly string[] {
  return addArrived(days - lateDays, days);
}

function addArrived(from: number, to: number): readonly string[] {
  const [first, last] = [dayStart(from), dayStart(to)];
  const arrived = 'event_id in (select event_id from arrived)';
  const active = 'user_id in (select user_id from arrived)';
  const dates = `day >= cast(${first} as date) and day < cast(${last} as date)`;
  return [
    'insert into raw select * from arrived',
    `delete from clean where ${arrived}`,
    `insert into clean ${distinctEvents(`raw where ${arrived}`)}`,
    `delete from user_days where ${dates}`,
    `insert into user_days ${userDays} where "at" >= ${first} and "at" < ${last} group by 1, 2`,
    `delete from users where ${active}`,
    `insert into users ${users} where ${active} group by 1`,
  ];
}

function distinctEvents(raw: string): string {
  return `select event_id, user_id, "at", name from (select *, row_number() over (partition by event_id order by received) as n from ${raw}) as r where n = 1`;
}

const userDays = 'select user_id, cast("at" at time zone \'UTC\' as date) as day, count(*) as events from clean';
const users = 'select user_id, min(day) as first_day, count(*) as days from user_days';
