with messages as (
  select
    message_id,
    min(campaign) as issue,
    min(contact_id) as contact_id,
    min(happened_at) filter (where what = 'sent') as sent_at,
    min(happened_at) filter (where what = 'opened') as opened_at,
    min(happened_at) filter (where what = 'clicked') as clicked_at
  from clean.mailing_events
  group by message_id
)
select
  m.message_id,
  split_part(m.issue, '_', 1) as campaign,
  m.issue,
  c.user_id,
  m.sent_at,
  m.opened_at,
  m.clicked_at
from messages m
left join clean.contacts c on c.contact_id = m.contact_id
where m.sent_at is not null
