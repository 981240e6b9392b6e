-- What the written files hold, measured from them alone: one row. Where to look for the dip and the experiment is known.
with merged as (
  select old_id, arg_max(kept_id, merged) as kept_id from written_identities group by old_id
),
orders as (
  select
    substr(order_ref, 2)::bigint as order_no,
    any_value(buyer) as buyer,
    any_value(created) as created,
    any_value(booked) as booked,
    arg_max(state, changed) as state,
    any_value(total - shipping_fee - gift_cards) as amount,
    any_value(currency) as currency,
    count(*) as copies,
    min(changed) <> max(changed) as has_versions
  from written_orders
  group by order_no
),
owned as (
  select
    orders.*,
    case when buyer not in ('guest', 'till-3') then coalesce(merged.kept_id, buyer) end as customer,
    state in ('pending', 'paid', 'shipped', 'sent_back') and amount > 0 as is_purchase
  from orders
  left join merged on merged.old_id = orders.buyer
),
order_totals as (
  select
    count(*) as orders,
    min(created)::date as first_day,
    max(created)::date as last_day,
    avg((customer is null)::integer) as guest_order_share,
    avg((booked >= created + interval 1 day)::integer) as late_order_share,
    sum(copies - 1) filter (where not has_versions) as repeated_rows,
    sum(copies - 1) filter (where has_versions) as superseded_rows,
    avg((not is_purchase)::integer) as not_a_purchase_share,
    avg((currency <> 'EUR')::integer) as other_currency_share,
    sum(amount) filter (where is_purchase and currency = 'EUR') as revenue,
    sum(amount) filter (where is_purchase and currency = 'EUR' and quarter(created) = 4) / sum(amount) filter (where is_purchase and currency = 'EUR')
      as last_quarter_revenue_share
  from owned
),
buyers as (
  select customer, count(*) as orders, sum(amount) as revenue
  from owned
  where customer is not null and is_purchase
  group by customer
),
ranked as (
  select *, row_number() over (order by revenue desc, customer) as place, count(*) over () as buyer_count
  from buyers
),
buyer_totals as (
  select
    count(*) as buyers,
    avg(orders) as orders_per_buyer,
    avg((orders = 1)::integer) as one_time_share,
    sum(revenue) filter (where place <= 0.2 * buyer_count) / sum(revenue) as top_fifth_revenue_share
  from ranked
),
consent_totals as (
  select avg((said = 'yes')::integer) as email_consent_share
  from (select id, arg_max(said, moment) as said from written_consents where what = 'newsletter' group by id) as newest
),
outcomes as (
  select
    truth.experiment_arm,
    truth.customer_id,
    count(owned.order_no) > 0 as has_bought
  from written_truth as truth
  left join (
    select customer, order_no
    from owned, written_campaigns
    where campaign = 'experiment-bonus-points' and created > sent_out and created <= sent_out + interval 14 day and is_purchase
  ) as owned on owned.customer = truth.customer_id
  where truth.experiment_arm is not null
  group by truth.experiment_arm, truth.customer_id
),
experiment_totals as (
  select
    count(*) filter (where experiment_arm = 'treated') as treated,
    count(*) filter (where experiment_arm = 'control') as control,
    coalesce(avg(has_bought::integer) filter (where experiment_arm = 'treated'), 0) as treated_share,
    coalesce(avg(has_bought::integer) filter (where experiment_arm = 'control'), 0) as control_share
  from outcomes
)
select
  *,
  (select count(*) from merged) as merged_identities,
  (select count(distinct zone) from written_customers) as time_zones,
  (getvariable('first_day') + to_days(getvariable('stock_out_no')::integer))::date as stock_out_day,
  getvariable('experiment_lift') as planted_lift
from order_totals, buyer_totals, consent_totals, experiment_totals
