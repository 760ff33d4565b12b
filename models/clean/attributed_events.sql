-- Events without a login are looked up on their own: a left join with a condition on its left side makes DuckDB compare every pair of rows.
with recognised as (
  select e.event_id, d.user_id
  from clean.events e
  join clean.device_logins d
    on d.device_id = e.device_id
    and (d.valid_from is null or e.event_time >= d.valid_from)
    and (d.valid_to is null or e.event_time < d.valid_to)
  where e.user_id is null
)
select
  e.event_id,
  e.event_name,
  e.event_time,
  coalesce(e.user_id, r.user_id) as user_id,
  coalesce(e.user_id, r.user_id, 'device:' || e.device_id) as visitor_id,
  case when e.user_id is not null then 'login' when r.user_id is not null then 'device' else 'none' end as attribution,
  e.session_id,
  e.platform,
  e.country
from clean.events e
left join recognised r on r.event_id = e.event_id
