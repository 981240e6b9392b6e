-- What the shop's systems exported: orders with their versions and duplicates, and their lines.
-- Most rows are known within minutes, three in a hundred some days later, a few later than the shop allows for.
create or replace macro booked_minute(order_no, k, utc_minute) as utc_minute + case
  when k = 255 then 2
  when u(order_no, 0, 'late') < 0.001 then 1440 * pick(order_no, 0, 'very late', 8, 20)
  when u(order_no, 0, 'late') < 0.03 then 1440 * pick(order_no, 0, 'late by', 1, 6)
  else 2
end;
create or replace table order_sums as
select order_no, sum(list_cents - discount_cents)::bigint as goods_cents, sum(discount_cents)::bigint as discount_cents, bool_and(returned_no is not null) as is_all_returned
from lines
group by order_no;

create or replace table booked_orders as
with priced as (
  select
    orders.order_no, customer_no, k, is_guest, persona_no, utc_minute, local_no, has_second_id,
    booked_minute(orders.order_no, k, utc_minute) as booked_minute,
    goods_cents, discount_cents, is_all_returned,
    if(goods_cents < 5000, 490, 0) as shipping_cents,
    is_void,
    u(orders.order_no, 0, 'state') as state_u,
    u(orders.order_no, 0, 'channel') as channel_u
  from orders
  join order_sums on order_sums.order_no = orders.order_no
),
timed as (
  select
    *,
    case
      when not is_guest and has_second_id and u(order_no, 0, 'which id') < 0.3 then pseudonym(customer_no + 40000000)
      when not is_guest then pseudonym(customer_no)
      when u(order_no, 0, 'guest') < 0.55 then 'guest'
      when u(order_no, 0, 'guest') < 0.70 then 'till-3'
    end as buyer,
    case
      when is_void and state_u < 0.006 then 'voided'
      when is_void and state_u < 0.007 then 'trial'
      when is_void then 'fraud_review'
      when is_all_returned then 'sent_back'
      else 'shipped'
    end as state,
    if(is_guest and u(order_no, 0, 'gift card') < 0.02, 2500, 0) as gift_card_cents
  from priced
)
select
  *,
  order_name(order_no) as order_ref,
  second_time(utc_minute, order_no) as created,
  second_time(booked_minute, order_no) as booked,
  case
    when u(order_no, 0, 'guest') >= 0.55 and is_guest and buyer is not null then 'store'
    when channel_u < 0.55 then 'web'
    when channel_u < 0.85 then 'app'
    else 'store'
  end as channel,
  if(is_guest and u(order_no, 0, 'currency') < 0.001, 'USD', 'EUR') as currency,
  (getvariable('last_no') + 9 - local_no) // 14 as newsletter
from timed
where booked_minute <= getvariable('export_minute');

create or replace view file_orders as
with versions as (
  select *, 0 as version, 1 as copies from booked_orders
  -- The same row sent twice, and an earlier state of an order that a later row overrides.
  union all
  select *, 0, 2 from booked_orders where u(order_no, 0, 'copy') < 0.005
  union all
  select * replace (if(state = 'voided', 'paid', 'pending') as state), -1, 1 from booked_orders where u(order_no, 0, 'version') < 0.003
)
select
  order_ref,
  buyer,
  created,
  booked,
  second_time(if(version = 0, least(booked_minute + pick(order_no, 0, 'changed', 60, 1400), getvariable('export_minute')), booked_minute - 1), order_no) as changed,
  state,
  case when state = 'voided' then booked end as voided,
  money(goods_cents + shipping_cents + gift_card_cents) as total,
  money(shipping_cents) as shipping_fee,
  money(gift_card_cents) as gift_cards,
  money(discount_cents) as rebate,
  channel,
  case
    when k = 150 then 'experiment-bonus-points'
    when channel = 'web' and newsletter between 0 and 25 and u(order_no, 0, 'campaign') < 0.25
      then 'news-' || lpad(newsletter::varchar, 2, '0')
  end as campaign,
  case when discount_cents > 0 and u(order_no, 0, 'code') < 0.4 then 'SAVE' || pick(order_no, 1, 'code', 1, 4) * 5 end as voucher,
  currency,
  u(order_no, 0, 'gift') < if(month(created) = 12, 0.15, 0.04) as gift_wrapped,
  -- An earlier version had another address.
  (u(order_no, 1, 'gift') < 0.05) <> (version = -1) as other_address
from versions;

create or replace view file_order_lines as
select
  order_name(order_no) as order_ref,
  order_no * 8 + j as line,
  'p' || product_no as article,
  quantity::decimal(12, 2) as pieces,
  money(list_cents) as price_before,
  money(discount_cents) as rebate,
  money(list_cents - discount_cents) as paid,
  'article' as sort,
  second_time(booked_minute(order_no, k, utc_minute), order_no) as booked
from lines
where booked_minute(order_no, k, utc_minute) <= getvariable('export_minute')
union all
select order_ref, order_no * 8 + 6, 'postage', 1, money(shipping_cents), 0, money(shipping_cents), 'postage', booked
from booked_orders
where shipping_cents > 0
union all
select order_ref, order_no * 8 + 7, 'gift-card', 1, money(gift_card_cents), 0, money(gift_card_cents), 'voucher', booked
from booked_orders
where gift_card_cents > 0;
