select
  e.event_id,
  e.event_name,
  e.event_time,
  coalesce(e.user_id, d.user_id) as user_id,
  coalesce(e.user_id, d.user_id, 'device:' || e.device_id) as visitor_id,
  case when e.user_id is not null then 'login' when d.user_id is not null then 'device' else 'none' end as attribution,
  e.session_id,
  e.platform,
  e.country
from clean.events e
left join clean.device_logins d
  on e.user_id is null
  and d.device_id = e.device_id
  and (d.valid_from is null or e.event_time >= d.valid_from)
  and (d.valid_to is null or e.event_time < d.valid_to)
