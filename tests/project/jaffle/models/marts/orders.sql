select
  o.order_id,
  o.customer_id,
  o.order_date,
  o.status,
  {{> paid_by method="credit_card" column="credit_card_amount"}},
  {{> paid_by method="coupon" column="coupon_amount"}},
  {{> paid_by method="bank_transfer" column="bank_transfer_amount"}},
  {{> paid_by method="gift_card" column="gift_card_amount"}},
  cast(coalesce(sum(p.amount), 0) as decimal(12, 2)) as amount
from clean.orders o
left join clean.payments p on p.order_id = o.order_id
group by o.order_id, o.customer_id, o.order_date, o.status
