with invoices as (
  select
    s.subscription_id,
    p.amount,
    row_number() over (partition by s.subscription_id order by o.created_at desc, o.order_id desc) as latest
  from clean.subscriptions s
  join clean.orders o
    on o.user_id = s.user_id
    and o.kind = 'subscription'
    and o.created_at >= s.started_at
    and (s.ended_at is null or o.created_at < s.ended_at)
  join clean.payments p on p.order_id = o.order_id and p.kind = 'charge'
)
select
  s.subscription_id,
  s.user_id,
  s.started_at,
  s.ended_at,
  i.amount as mrr
from clean.subscriptions s
left join invoices i on i.subscription_id = s.subscription_id and i.latest = 1
