create or replace view file_refunds as
select
  'r' || (order_no * 8 + j) as refund,
  order_name(order_no) as order_ref,
  order_no * 8 + j as line,
  (getvariable('first_day') + to_days(returned_no::integer))::date as repaid_on,
  money(list_cents - discount_cents) as repaid
from lines
where returned_no is not null and not is_void and booked_minute(order_no, k, utc_minute) <= getvariable('export_minute')
union all
-- Goodwill: a little money back for an order, no line named.
select 'g' || order_no, order_ref, null, (getvariable('first_day') + to_days((local_no + 9)::integer))::date, decimal '5.00'
from booked_orders
where u(order_no, 0, 'goodwill') < 0.004 and state = 'shipped' and goods_cents > 3000 and local_no + 9 <= getvariable('last_no');

create or replace view file_products as
select
  'p' || product_no as article,
  category as path,
  department as floor,
  case made_for when 'women' then 'W' when 'men' then 'M' when 'kids' then 'K' else 'U' end as target,
  case when launch_no is not null then (getvariable('first_day') + to_days(launch_no::integer))::date end as on_sale_from,
  collection,
  case when u(product_no, 0, 'brand unknown') >= 0.2 then brand end as label
from products;

create or replace view file_calendar as
select day, kind, country, name as title from calendar;

create or replace view file_campaigns as
select
  campaign_id as campaign,
  'email' as medium,
  theme,
  utc_time(day_no * 1440 + 480) as sent_out
from campaigns;
