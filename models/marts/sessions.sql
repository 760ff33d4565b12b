with seen as (
  select *, case when visitor_id not like 'device:%' then visitor_id end as user_id
  from clean.attributed_events
)
select
  session_id,
  coalesce(max(login_id), max(user_id), min(visitor_id)) as visitor_id,
  coalesce(max(login_id), max(user_id)) as user_id,
  min(event_time) as started_at,
  cast(floor(extract(epoch from max(event_time) - min(event_time))) as bigint) as seconds,
  max(platform) as platform,
  min(country) as country,
  count(*) filter (where event_name = 'product_viewed') as products_viewed,
  bool_or(event_name = 'added_to_cart') as has_added_to_cart,
  bool_or(event_name = 'checkout_started') as has_checkout_started,
  bool_or(event_name = 'invoice_paid') as has_invoice_paid
from seen
group by session_id
