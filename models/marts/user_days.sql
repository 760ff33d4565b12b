select
  user_id,
  {{> berlin_day at="event_time"}} as active_day,
  count(distinct session_id) as sessions,
  count(*) as events,
  count(*) filter (where event_name = 'app_open') as app_opens
from clean.attributed_events
where user_id is not null
group by user_id, {{> berlin_day at="event_time"}}
