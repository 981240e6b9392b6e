-- What each customer did according to plan, before noise: read from the generated orders, lines, events, mailings and
-- answers, never from the plan's own parameters. Rules are stated over these facts in the next file.
create or replace table purchase_facts as
with purchases as (
  select
    orders.customer_no,
    orders.shop_no,
    orders.clean_hour,
    getvariable('last_no') - orders.shop_no as days_ago,
    getvariable('last_no') - orders.occasion_ago + 1825 - orders.shop_no as before_occasion,
    gift_windows.day_no is not null as is_before_gift_day
  from orders
  left join gift_windows on gift_windows.day_no = orders.shop_no
  where not orders.is_guest and orders.k <> 151 and not orders.is_void and orders.shop_no <= getvariable('last_no')
)
select
  customer_no,
  count(*) as order_count,
  count(*) filter (where days_ago < 365) as orders_365d,
  count(distinct shop_no) as purchase_days,
  count(distinct case when days_ago < 730 then shop_no end) as purchase_days_730d,
  min(days_ago) as recency_days,
  (max(days_ago) - min(days_ago)) / nullif(count(distinct shop_no) - 1, 0) as mean_gap_days,
  avg((clean_hour >= 22 or clean_hour < 4)::integer) as night_share,
  avg(is_before_gift_day::integer) as before_gift_day_share,
  avg((before_occasion % 365 <= 21)::integer) as before_occasion_share,
  count(distinct case when before_occasion % 365 <= 21 then before_occasion // 365 end) as occasion_years
from purchases
group by customer_no;

create or replace table basket_facts as
with bought as (
  select
    lines.*,
    getvariable('last_no') - lines.shop_no as days_ago,
    people.gender
  from lines
  join people on people.customer_no = lines.customer_no
  where not lines.is_guest and lines.k <> 151 and lines.shop_no <= getvariable('last_no')
    and not lines.is_void
)
select
  customer_no,
  sum(clean_cents)::bigint as spend_cents,
  sum(clean_cents) filter (where days_ago < 365)::bigint as spend_365d_cents,
  sum(clean_cents) filter (where days_ago < 730)::bigint as spend_730d_cents,
  coalesce(sum(clean_cents) filter (where clean_kind_no = 1), 0) / sum(clean_cents) as shoe_share,
  avg(((gender = 'f' and clean_made_for = 'men') or (gender = 'm' and clean_made_for = 'women'))::integer) as other_gender_share,
  avg(clean_is_marked_down::integer) as marked_down_share,
  avg(coalesce(shop_no - clean_launch_no <= 28, false)::integer) filter (where days_ago < 365) as early_share,
  count(distinct clean_department) filter (where days_ago < 365) as departments_365d,
  avg((clean_kind_no = 8)::integer) as snack_share,
  avg((clean_kind_no = 6)::integer) filter (where days_ago < 365) as infant_share,
  count(distinct case when clean_kind_no = 6 and days_ago < 180 then shop_no end) as infant_days_180d
from bought
group by customer_no;

create or replace table contact_facts as
with looked as (
  select
    happened.customer_no,
    bool_or(products.category = 'Shoes > Running' and utc_minute >= (getvariable('last_no') - 7) * 1440) as running_7d,
    bool_or(products.collection_no = getvariable('newest_collection') and utc_minute >= (getvariable('last_no') - 30) * 1440) as newest_30d
  from happened
  join products on products.product_no = happened.product_no
  where is_clean
  group by happened.customer_no
),
mailed as (
  select
    customer_no,
    count(*) filter (where day_no > getvariable('last_no') - 180) as sent_180d,
    count(*) filter (where day_no > getvariable('last_no') - 180 and clean_response > 0) as responses_180d,
    bool_or(theme = 'gift' and clean_response = 2) as answered_gift
  from mailings
  group by customer_no
),
said as (
  select
    customer_no,
    bool_or(clean_answer = 'sustainability') as ever_sustainable,
    min(days_ago) as answered_days_ago,
    arg_min(clean_answer, days_ago) = arg_max(clean_answer, days_ago) as is_unchanged
  from answers
  group by customer_no
),
brought as (
  select customer_no, count(distinct referred_no) as referred_count from referrals where referred_no <> customer_no group by customer_no
),
scored as (
  select customer_no, max(clean_score) as nps from opinions where kind = 'nps' group by customer_no
)
select people.customer_no, looked.* exclude (customer_no), mailed.* exclude (customer_no), said.* exclude (customer_no), referred_count, nps
from people
left join looked on looked.customer_no = people.customer_no
left join mailed on mailed.customer_no = people.customer_no
left join said on said.customer_no = people.customer_no
left join brought on brought.customer_no = people.customer_no
left join scored on scored.customer_no = people.customer_no;
