with bought as (
  select
    o.user_id,
    min(p.happened_at) as first_paid_at,
    count(*) as orders,
    sum(p.amount) as revenue
  from clean.orders o
  join clean.payments p on p.order_id = o.order_id and p.kind = 'charge'
  group by o.user_id
),
agreed as (
  select user_id, bool_or(may_mail) as may_mail
  from clean.contacts
  where user_id is not null
  group by user_id
)
select
  u.user_id,
  u.signed_up_at,
  u.country,
  u.channel,
  u.plan,
  u.is_test or u.email_domain = '{{var "internal_domain"}}' as is_internal,
  coalesce(a.may_mail, false) as may_mail,
  b.first_paid_at,
  coalesce(b.orders, 0) as orders,
  cast(coalesce(b.revenue, 0) as decimal(14, 2)) as revenue
from clean.users u
left join bought b on b.user_id = u.user_id
left join agreed a on a.user_id = u.user_id
