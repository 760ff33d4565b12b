select
  customer_id,
  min(order_date) as first_order,
  count(*) as orders,
  cast(sum(amount) as decimal(12, 2)) as amount
from raw.orders
group by customer_id
