select
  visitor_id as user_id,
  {{> berlin_day at="event_time"}} as active_day,
  count(distinct session_id) as sessions,
  count(*) as events,
  count(*) filter (where event_name = 'app_open') as app_opens
from clean.attributed_events
where visitor_id not like 'device:%'
group by visitor_id, {{> berlin_day at="event_time"}}
