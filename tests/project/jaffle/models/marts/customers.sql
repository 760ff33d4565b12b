with customer_orders as (
  select customer_id, min(order_date) as first_order, max(order_date) as most_recent_order, count(*) as number_of_orders
  from clean.orders
  group by customer_id
),
customer_payments as (
  select o.customer_id, cast(sum(p.amount) as decimal(12, 2)) as total_amount
  from clean.payments p
  left join clean.orders o on o.order_id = p.order_id
  group by o.customer_id
)
select
  c.customer_id,
  c.first_name,
  c.last_name,
  o.first_order,
  o.most_recent_order,
  o.number_of_orders,
  p.total_amount as customer_lifetime_value
from clean.customers c
left join customer_orders o on o.customer_id = c.customer_id
left join customer_payments p on p.customer_id = c.customer_id
