with logins as (
  select
    device_id,
    user_id,
    event_time,
    event_id,
    lag(user_id) over (partition by device_id order by event_time, event_id) as user_before
  from clean.events
  where user_id is not null
),
shared as (
  select device_id
  from logins
  group by device_id
  having count(distinct user_id) > 3
),
turns as (
  select
    device_id,
    user_id,
    event_time,
    event_id,
    user_before,
    lead(event_time) over (partition by device_id order by event_time, event_id) as next_turn
  from logins
  where (user_before is null or user_before <> user_id)
    and device_id not in (select device_id from shared)
)
select
  device_id,
  user_id,
  case when user_before is not null then event_time end as valid_from,
  next_turn as valid_to,
  event_id as evidence
from turns
