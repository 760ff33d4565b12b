select
  p.payment_id,
  p.order_id,
  o.user_id,
  p.kind,
  p.provider,
  p.currency,
  p.happened_at,
  p.happened_day,
  cast(case when p.kind = 'refund' then -p.amount else p.amount end as decimal(12, 2)) as amount
from clean.payments p
join clean.orders o on o.order_id = p.order_id
