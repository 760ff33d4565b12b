select
  o.paid_day,
  count(*) as paid_orders,
  count(distinct e.order_id) as reported
from marts.orders o
left join clean.events e on e.event_name = 'invoice_paid' and e.order_id = o.order_id
where o.kind = 'goods' and o.paid_at is not null
group by o.paid_day
having count(distinct e.order_id) < count(*) * 0.67
