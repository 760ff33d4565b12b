/** SQL of both engines, as somebody writes it who knows the data: raw events are in `arrived` already, and in `raw` where they are the first. */
export function createTables(): readonly string[] {
  return [
    'create table events as select event_id, device_id, user_id, "at" from raw',
    `create table identities as ${identities('events')}`,
    `create table visits as ${visits('events')}`,
    `create table people as ${people} group by person`,
  ];
}

/** What devices with a new login did is attributed anew, the rest stays. */
export function addLogins(): readonly string[] {
  const hasLogin = 'device_id in (select device_id from arrived where user_id is not null)';
  const touched = 'event_id in (select event_id from touched)';
  const someone = 'person in (select person from someone)';
  return [
    'insert into raw select * from arrived',
    'insert into events select event_id, device_id, user_id, "at" from arrived',
    `delete from identities where ${hasLogin}`,
    `insert into identities ${identities(`(select * from events where ${hasLogin}) as e`)}`,
    `create temp table touched as select event_id from events where ${hasLogin} and user_id is null union select event_id from arrived`,
    `create temp table someone as select person from visits where ${touched}`,
    `delete from visits where ${touched}`,
    `insert into visits ${visits(`(select * from events where ${touched}) as events`)}`,
    `insert into someone select person from visits where ${touched}`,
    `delete from people where ${someone}`,
    `insert into people ${people} and ${someone} group by person`,
    'drop table touched',
    'drop table someone',
  ];
}

function identities(events: string): string {
  const order = 'partition by device_id order by "at", event_id';
  return `
    select device_id, user_id, case when user_before is not null then "at" end as valid_from, next_at as valid_to
    from (
      select *, max(place) over (partition by device_id) as users from (
        select *, lead("at") over (${order}) as next_at, dense_rank() over (partition by device_id order by user_id) as place from (
          select device_id, user_id, "at", event_id, lag(user_id) over (${order}) as user_before from ${events}
          where device_id is not null and user_id is not null
        ) as l where user_before is null or user_before <> user_id
      ) as t
    ) as c where users <= 3`;
}

function visits(events: string): string {
  return `
    select event_id, events."at", coalesce(events.user_id, i.user_id, 'device:' || events.device_id) as person
    from ${events} left join identities as i on i.device_id = case when events.user_id is null then events.device_id end
      and events."at" >= coalesce(i.valid_from, timestamptz '0001-01-01 00:00:00+00') and events."at" < coalesce(i.valid_to, timestamptz '9999-01-01 00:00:00+00')`;
}

const people = 'select person, count(*) as visits, min("at") as first_at from visits where person is not null';
