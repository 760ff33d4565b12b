with charges as (
  select order_id, happened_at, happened_day, amount
  from clean.payments
  where kind = 'charge'
),
refunds as (
  select order_id, sum(amount) as amount
  from clean.payments
  where kind = 'refund'
  group by order_id
)
select
  o.order_id,
  o.user_id,
  o.kind,
  o.status,
  u.country,
  o.currency,
  o.created_at,
  c.happened_at as paid_at,
  c.happened_day as paid_day,
  c.amount,
  cast(coalesce(r.amount, 0) as decimal(12, 2)) as refunded,
  c.order_id is not null
    and row_number() over (partition by o.user_id order by c.happened_at nulls last, o.order_id) = 1 as is_first_order,
  u.is_test or u.email_domain = '{{var "internal_domain"}}' as is_internal
from clean.orders o
left join clean.users u on u.user_id = o.user_id
left join charges c on c.order_id = o.order_id
left join refunds r on r.order_id = o.order_id
