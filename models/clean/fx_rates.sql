select
  currency,
  rate_day,
  coalesce(lead(rate_day) over (partition by currency order by rate_day), date '9999-12-31') as until_day,
  eur_per_unit
from raw.fx_rates
union all
select 'EUR', date '2000-01-01', date '9999-12-31', cast(1 as decimal(12, 6))
