with

final as (
    select
        order_id,
        customer_id,
        order_date,
        cast(date_trunc('month', order_date) as date) as month,
        known_from,
        coalesce(excluded_because = 'test_order' or status = 'cancelled', false) or counts_until is not null as is_void
    from {{ ref('stg_orders') }} as stg_orders
    where order_id is not null and (excluded_because is null or excluded_because = 'test_order')
)

select * from final
