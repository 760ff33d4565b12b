select
  ticket_id,
  user_id,
  topic,
  status,
  opened_at,
  cast(floor(extract(epoch from first_reply_at - opened_at) / 60) as bigint) as first_reply_minutes,
  cast(floor(extract(epoch from solved_at - opened_at) / 60) as bigint) as solved_minutes,
  csat
from clean.tickets
