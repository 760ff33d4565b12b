with order_payments as (
  select
    order_id,
    {{#each (list "credit_card" "coupon" "bank_transfer" "gift_card")}}
    sum(amount) filter (where payment_method = '{{this}}') as {{this}}_amount,
    {{/each}}
    sum(amount) as total_amount
  from clean.payments
  group by order_id
)
select
  o.order_id,
  o.customer_id,
  o.order_date,
  o.status,
  {{#each (list "credit_card" "coupon" "bank_transfer" "gift_card")}}
  cast(coalesce(p.{{this}}_amount, 0) as decimal(12, 2)) as {{this}}_amount,
  {{/each}}
  cast(coalesce(p.total_amount, 0) as decimal(12, 2)) as amount
from clean.orders o
left join order_payments p on p.order_id = o.order_id
