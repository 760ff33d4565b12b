with movements as (
  select
    payment_id,
    order_id,
    kind,
    provider,
    happened_at,
    {{> berlin_day at="happened_at"}} as happened_day,
    currency,
    amount
  from raw.payments
  where status = 'succeeded'
)
select
  m.payment_id,
  m.order_id,
  m.kind,
  m.provider,
  m.happened_at,
  m.happened_day,
  m.currency,
  m.amount as original_amount,
  cast(round(m.amount * r.eur_per_unit, 2) as decimal(12, 2)) as amount
from movements m
left join clean.fx_rates r
  on r.currency = m.currency
  and m.happened_day >= r.rate_day
  and m.happened_day < r.until_day
