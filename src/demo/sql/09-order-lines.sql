-- One row an order line. Columns that begin with clean_ are what the plan wanted; a tenth of the lines, and those that
-- found the shelf empty, carry another product and price instead, and those are the ones written.
create or replace macro any_kind(id, step, salt) as (
  ([ 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5, 5, 5, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 9 ])[pick(id, step, salt, 1, 32)]
);
create or replace table lines as
with listed as (
  select
    order_no, k, customer_no, persona_no, is_guest, is_void, local_no, utc_minute, shop_no, gender, wants_newest, main_share, markdown_share,
    if(persona_no is null, 1, pieces) as pieces,
    case when k < 150 then main_kind_no end as main_kind_no,
    k < 150 and persona_no is not null as is_planned,
    unnest(range(1 + floor(pow(u(order_no, 0, 'lines'), 1.3) * if(k < 150, most_lines, 2))::bigint)) as j
  from orders
),
wanted as (
  select
    listed.*,
    days.collection_no as newest,
    case
      when is_planned then (k * 3 + j * 7 + customer_no) % 10 < main_share
      else main_kind_no is not null and u(order_no, j, 'main') < 0.7
    end as is_main,
    u(order_no, j, 'collection') as collection_u,
    u(order_no, j, 'noise') < 0.1 as is_noise
  from listed
  left join days on days.day_no = listed.local_no
),
kinds_chosen as (
  select
    *,
    case
      when is_main and main_kind_no = 0 then ([ if(gender = 'f', 2, 3), 5, 7 ])[(k + j) % 3 + 1]
      when is_main then main_kind_no
      when main_kind_no in (8, 9) and not is_planned and collection_u < 0.6 then 17 - main_kind_no
      when main_kind_no is null then any_kind(order_no, j, 'kind')
      -- Another kind than the main one, so that a main share means what it says.
      else coalesce(nullif(any_kind(order_no, j, 'kind'), main_kind_no), if(main_kind_no = 9, 2, 9))
    end as kind_no
  from wanted
),
shelved as (
  select
    *,
    local_no between getvariable('stock_out_no') and getvariable('stock_out_no') + 6 as is_out_of_stock,
    case
      when wants_newest and is_planned then 0
      when collection_u < 0.35 then null
      when collection_u < 0.65 then 0
      when collection_u < 0.85 then 1
      else 2
    end as collections_ago
  from kinds_chosen
),
keyed as (
  select
    *,
    (kind_no * 32 + if(kind_no in (6, 8, 9) or collections_ago is null, 0, newest - collections_ago)) * 16
      + pick(order_no, j, 'slot', 0, 15) as clean_key,
    case
      when is_out_of_stock and kind_no in (1, 5) and u(order_no, j, 'empty shelf') < 0.8
        then if(gender = 'f', 2, 3) * 512 + pick(order_no, j, 'noise slot', 0, 15)
      when is_noise then if(is_out_of_stock, 9, any_kind(order_no, j, 'noise kind')) * 512 + pick(order_no, j, 'noise slot', 0, 15)
    end as noise_key,
    case
      when is_planned then (k * 7 + j * 3 + customer_no) % 10 < markdown_share
      else u(order_no, j, 'marked down') < 0.24 + 0.12 * coalesce(collections_ago, 0)
    end as clean_is_marked_down,
    10 + (order_no // 256 + 7 * k + 3 * j) % 4 * 10 as markdown,
    case when kind_no in (6, 8, 9) and not is_planned then pick(order_no, j, 'pieces', 1, 4) else pieces end as quantity
  from shelved
)
select
  keyed.order_no, keyed.j, keyed.customer_no, keyed.k, keyed.is_guest, keyed.is_void, keyed.local_no, keyed.utc_minute, keyed.shop_no, keyed.quantity,
  sold.product_no,
  keyed.quantity * sold.list_cents as list_cents,
  if(keyed.clean_is_marked_down <> (keyed.is_noise and keyed.markdown > 20), keyed.quantity * sold.list_cents * keyed.markdown // 100, 0)
    as discount_cents,
  -- A quarter of the fashion comes back, hardly any food.
  case
    when u(keyed.order_no, keyed.j, 'return')
      < case sold.department when 'fashion' then 0.253 when 'sport' then 0.1 when 'baby' then 0.06 else 0.02 end
    then nullif(least(keyed.local_no + pick(keyed.order_no, keyed.j, 'returned after', 3, 21), getvariable('last_no') + 1), getvariable('last_no') + 1)
  end as returned_no,
  planned.kind_no as clean_kind_no,
  planned.made_for as clean_made_for,
  planned.department as clean_department,
  planned.launch_no as clean_launch_no,
  keyed.clean_is_marked_down,
  keyed.quantity * planned.list_cents
    - if(keyed.clean_is_marked_down, keyed.quantity * planned.list_cents * keyed.markdown // 100, 0) as clean_cents
from keyed
join product_slots as planned on planned.slot_key = keyed.clean_key
join product_slots as sold on sold.slot_key = coalesce(keyed.noise_key, keyed.clean_key);
