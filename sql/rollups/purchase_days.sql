with

purchases as (
    select
        customer_id,
        order_date,
        counts_until,
        amount,
        discount_amount,
        is_foreign,
        is_gift,
        ships_to_other,
        order_hour
    from {{ ref('stg_orders') }} as stg_orders
    where is_purchase
),

final as (
    select
        customer_id,
        order_date as day,
        counts_until,
        cast(date_trunc('month', order_date) as date) as month,
        cast(count(*) as bigint) as order_count,
        cast(coalesce(sum(case when not is_foreign then amount end), 0) as decimal(18,4)) as purchase_amount,
        cast(count_if(is_foreign) as bigint) as foreign_order_count,
        cast(count_if(discount_amount > 0) as bigint) as discounted_order_count,
        cast(count_if(is_gift or ships_to_other) as bigint) as gift_order_count,
        cast(count_if(order_hour >= 22 or order_hour < 5) as bigint) as late_night_order_count,
        cast(count(order_hour) as bigint) as timed_order_count
    from purchases
    group by customer_id, order_date, counts_until
)

select * from final
