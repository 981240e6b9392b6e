-- One row an order, in whole minutes of UTC. k counts a customer's orders; guests' start at 160, 150 is what the
-- experiment brought, 151 a stray one that belongs to nobody's plan.
create or replace table orders as
with wanted as (
  select customer_no, unnest(range(order_count)) as k from plans
  union all
  select customer_no, 150 from plans where experiment_arm = 'treated' and u(customer_no, 0, 'experiment') < getvariable('experiment_lift')
  union all
  select customer_no, 151 from plans where persona_no is not null and u(customer_no, 0, 'stray') < 0.1
  union all
  -- Somebody at the till on the morning of the export: what makes the day before it the last complete one.
  select customer_no, 255 from plans where customer_no = 0
  union all
  select customer_no, 160 + unnest(range(floor(order_count / 3 + u(customer_no, 0, 'guests'))::bigint)) from plans
),
drawn as (
  select
    persona_no, gender, first_no, last_no, first_share, last_share, occasion_ago, has_second_id,
    main_kind_no, main_share, wants_newest, markdown_share, most_lines, pieces,
    plans.customer_no,
    if(k >= 160, 0, zone_no) as zone_no,
    k,
    plans.customer_no * 256 + k as order_no,
    k >= 160 as is_guest,
    case when k = 150 then 'experiment' when k = 255 then 'last morning' when k > 150 then 'anytime' else timing end as timing,
    -- A tenth of the hours follow no habit.
    case when k = 255 then 'dawn' when k > 149 then 'day' else clock end as clock,
    u(plans.customer_no * 256 + k, 0, 'when') as when_u,
    pick(plans.customer_no * 256 + k, 0, 'offset', 0, 11) as some_days
  from wanted
  join plans on plans.customer_no = wanted.customer_no
),
sliced as (
  select
    *,
    case
      when timing in ('seasonal', 'spread') then floor((first_share + pow(when_u, 1.2) * (last_share - first_share)) * 16384)
      when timing = 'anytime' then floor(when_u * 16384)
    end::bigint as slice
  from drawn
),
dated as (
  select
    sliced.*,
    case timing
      when 'experiment' then getvariable('lift_no') + 1 + some_days
      when 'anytime' then day_slices.day_no
      when 'last morning' then getvariable('last_no') + 1
      when 'even' then last_no - 14 * k + if(k = 0, 0, some_days % 5 - 2)
      when 'launch' then collections.start_no + floor(when_u * least(20, getvariable('last_no') - collections.start_no))::bigint
      when 'late_launch' then collections.start_no - 92 + 40 + pick(order_no, 0, 'late', 0, 30)
      when 'gift' then gift_days.day_no - 2 - some_days
      when 'after_gift' then gift_days.day_no + 3 + some_days % 9
      when 'occasion' then getvariable('last_no') - occasion_ago - 365 * (k % 3) - 1 - some_days
      when 'one_occasion' then getvariable('last_no') - occasion_ago - 1 - some_days
      when 'half_occasion' then getvariable('last_no') - occasion_ago
        - if(k % 2 = 0, 365 * (k // 2) + 1 + some_days, 365 * (k // 2 % 2) + 60 + pick(order_no, 0, 'between', 0, 200))
      else case when k = 0 then last_no when k = 1 then first_no else greatest(first_no, least(last_no, day_slices.day_no)) end
    end as local_no
  from sliced
  left join day_slices on day_slices.slice = sliced.slice
  left join gift_days on gift_days.rank = case when sliced.timing in ('gift', 'after_gift') then sliced.k % 6 end
  left join collections
    on collections.collection_no
      = case when sliced.timing in ('launch', 'late_launch') then getvariable('newest_collection') - sliced.k % 4 end
),
clocked as (
  select
    *,
    case clock
      when 'dawn' then 4
      when 'night' then ([ 22, 23, 0, 1, 2 ])[pick(order_no, 0, 'night hour', 1, 5)]
      when 'abroad' then pick(order_no, 0, 'abroad hour', 16, 19)
      else if(u(order_no, 0, 'rare hour') < 0.03, pick(order_no, 1, 'rare hour', 0, 23),
        8 + floor(7 * (u(order_no, 0, 'hour') + u(order_no, 1, 'hour')))::bigint)
    end as clean_hour,
    pick(order_no, 0, 'minute', 0, 59) as minute
  from dated
),
noisy as (
  select *, case when clock in ('night', 'abroad') and u(order_no, 0, 'hour noise') < 0.1 then 8 + some_days else clean_hour end as local_hour
  from clocked
),
timed as (
  select
    noisy.* exclude (timing, slice, when_u, some_days),
    noisy.local_no * 1440 + noisy.local_hour * 60 + noisy.minute
      - case when noisy.local_hour < 2 then zone_days.early_minutes else zone_days.later_minutes end as utc_minute
  from noisy
  join zone_days on zone_days.zone_day = noisy.zone_no * 2000 + noisy.local_no + 10
  -- The week without goods loses its sport orders, first orders excepted: those customers had to begin somewhere.
  where not (
    noisy.local_no between getvariable('stock_out_no') and getvariable('stock_out_no') + 6
    and noisy.main_kind_no = 5 and noisy.persona_no is null and noisy.k > 1 and u(noisy.order_no, 0, 'stock-out') < 0.85
  )
)
select
  timed.order_no, timed.customer_no, timed.k, timed.persona_no, timed.is_guest, timed.local_no, timed.utc_minute, timed.clean_hour,
  timed.has_second_id, timed.gender, timed.occasion_ago,
  timed.main_kind_no, timed.main_share, timed.wants_newest, timed.markdown_share, timed.most_lines, timed.pieces,
  floor((timed.utc_minute + zone_days.later_minutes) / 1440)::bigint as shop_no,
  -- Cancelled, test and unreadable orders: never a planted one, so that what is planted can be found.
  timed.persona_no is null and timed.k not between 150 and 159 and timed.k <> 255 and u(timed.order_no, 0, 'state') < 0.0085 as is_void
from timed
-- Day and zone 0: the shop's own.
join zone_days on zone_days.zone_day = timed.utc_minute // 1440 + 10
