with

purchases as (
    select
        customer_id,
        order_date,
        counts_until,
        known_from,
        amount,
        is_foreign
    from {{ ref('stg_orders') }} as stg_orders
    where is_purchase
),

final as (
    select
        customer_id,
        order_date as day,
        counts_until,
        known_from,
        cast(date_trunc('month', order_date) as date) as month,
        cast(count(*) as bigint) as order_count,
        cast(coalesce(sum(case when not is_foreign then amount end), 0) as decimal(18,4)) as purchase_amount,
        cast(count_if(is_foreign) as bigint) as foreign_order_count
    from purchases
    group by customer_id, order_date, counts_until, known_from
)

select * from final
