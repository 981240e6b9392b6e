-- What happened in the shop's own channels. Purchases of the last four months leave their trail; a quarter of the
-- customers looked around in the last two; planted browsing is what personas and decoys did, a tenth of it lost.
create or replace table happened as
with clean_browsing as (
  select
    customer_no,
    persona_no,
    step,
    getvariable('last_no') - pick(customer_no, step, 'browsed', 0, if(browses = 'newest', 12, 6)) as local_no,
    case browses
      when 'running' then (getvariable('running_shoe'))[pick(customer_no, step, 'seen', 1, len(getvariable('running_shoe')))]
      when 'newest' then (getvariable('newest_product'))[pick(customer_no, step, 'seen', 1, len(getvariable('newest_product')))]
      else (getvariable('older_product'))[pick(customer_no, step, 'seen', 1, len(getvariable('older_product')))]
    end as product_no
  from (select *, unnest(range(4)) as step from people where browses is not null) as browsing
),
trails as (
  select
    booked_orders.customer_no, booked_orders.buyer, booked_orders.utc_minute - minutes_before as utc_minute,
    kind, case when kind in ('pdp', 'basket') then lines.product_no end as product_no, null as path, booked_orders.channel,
    true as is_clean, true as is_written
  from booked_orders
  join lines on lines.order_no = booked_orders.order_no and lines.j = 0
  cross join (values ('landing', 14), ('pdp', 11), ('basket', 8), ('checkout', 3)) as steps(kind, minutes_before)
  where not booked_orders.is_guest
    and booked_orders.channel <> 'store'
    and booked_orders.local_no > getvariable('last_no') - 120
    and (booked_orders.persona_no is null or kind in ('landing', 'checkout'))
),
planted as (
  select
    clean_browsing.customer_no, people.customer_id, local_no * 1440 + 600 + 7 * step, 'pdp', product_no, null, 'web',
    true, u(clean_browsing.customer_no, step, 'event lost') >= 0.1
  from clean_browsing
  join people on people.customer_no = clean_browsing.customer_no
),
lookers as (
  select *, unnest(range(pick(customer_no, 0, 'looked', 1, 6))) as step
  from people
  where u(customer_no, 0, 'looks around') < if(persona_no is null, 0.25, 0.1)
),
looks as (
  select
    customer_no,
    if(has_second_id and u(customer_no, step, 'as whom') < 0.3, second_id, customer_id),
    (getvariable('last_no') - pick(customer_no, step, 'looked on', 0, 60)) * 1440 + pick(customer_no, step, 'looked at', 480, 1300),
    ([ 'landing', 'landing', 'pdp', 'pdp', 'listing', 'find', 'basket' ])[pick(customer_no, step, 'look', 1, 7)] as kind,
    any_kind(customer_no, step, 'look kind') * 10000 + pick(customer_no, step, 'look item', 0, 23) as product_no,
    ([ 'Shoes > Sneakers', 'Clothing > Dresses', 'Toys > Plush', 'Equipment > Outdoor', 'Drinks > Wine' ])[pick(customer_no, step, 'look path', 1, 5)] as path,
    if(u(customer_no, step, 'look channel') < 0.5, 'app', 'web'),
    persona_no is null,
    true
  from lookers
),
strangers as (
  -- Ids that only ever looked: nobody yet.
  select
    customer_no, 'v' || substr(pseudonym(customer_no + 60000000), 2), pick(customer_no, 0, 'visited', 0, 90) * 1440 * -1 + getvariable('last_no') * 1440 + 800,
    'landing', null, null, 'web', false, true
  from people
  where u(customer_no, 0, 'stranger') < 0.05
),
everything as (
  select * from trails
  union all select * from planted
  union all
  select * replace (if(kind in ('pdp', 'basket'), product_no, null) as product_no, if(kind = 'listing', path, null) as path) from looks
  union all select * from strangers
)
select customer_no, buyer, utc_minute, kind, product_no, path, channel, is_clean, is_written
from everything
where utc_minute <= getvariable('export_minute');

create or replace view file_events as
select
  buyer as visitor,
  utc_time(utc_minute) as moment,
  kind as action,
  'p' || product_no as article,
  path,
  channel
from happened
where is_written;
