-- How many orders each customer places and over which days. Three in five buy once; the others follow a long-tailed
-- count and either leave at some point or buy until today.
create or replace table plans as
with starting as (
  select *, u(customer_no, 0, 'first share') * if(latent_type = 'one_time', 1, 0.98) as first_share
  from people
),
counted as (
  select
    *,
    case
      when latent_type = 'prospect' then 0
      when latent_type = 'one_time' then 1
      when persona_no is not null then pick(customer_no, 0, 'orders', orders_min, orders_max)
      -- Who came lately has had less time for it.
      else least(120, 1 + ceil(
        if(main_kind_no in (6, 8, 9), 17.5, 10) * pow(1 - first_share, 0.6)
        * pow(u(customer_no, 0, 'orders') / (1 - u(customer_no, 0, 'orders')), 0.3)
      ))::bigint
    end as order_count
  from starting
),
shares as (
  -- When, as shares of the three years' demand: a customer who still buys made the last order one gap ago on average.
  select
    *,
    case
      when latent_type = 'one_time' then 0
      when latent_type = 'churning' then pow(u(customer_no, 0, 'leaving'), 2)
      else greatest(0.02, 1 + ln(1 - u(customer_no, 0, 'last gap')) / order_count)
    end as reach
  from counted
),
spans as (
  select
    shares.*,
    coalesce(first_slices.day_no, 0) as seasonal_first_no,
    coalesce(last_slices.day_no, 0) as seasonal_last_no,
    getvariable('last_no') - pick(customer_no, 0, 'last day', last_min, last_max) as planted_last_no
  from shares
  left join day_slices as first_slices on first_slices.slice = floor(first_share * 16384)::bigint
  left join day_slices as last_slices
    on last_slices.slice = least(16383, floor((first_share + (1 - first_share) * reach) * 16384))::bigint
),
placed as (
  select
    * exclude (first_share, reach),
    case when persona_no is null then seasonal_first_no else planted_last_no - pick(customer_no, 0, 'span', span_min, span_max) end
      as first_no,
    if(persona_no is null, seasonal_last_no, planted_last_no) as last_no
  from spans
)
select
  placed.* exclude (seasonal_first_no, seasonal_last_no, planted_last_no),
  first_days.share as first_share,
  last_days.share as last_share,
  -- The experiment: half of those who had bought before it and take e-mail, by lot.
  case
    when persona_no is null and order_count > 0 and email_consent = 'granted' and not is_internal
      and placed.first_no < getvariable('lift_no')
    then if(u(customer_no, 0, 'experiment arm') < 0.5, 'treated', 'control')
  end as experiment_arm
from placed
left join day_shares as first_days on first_days.day_no = placed.first_no
left join day_shares as last_days on last_days.day_no = placed.last_no;
