with

events as (
    select customer_id, occurred_date, event_type
    from {{ ref('stg_events') }} as stg_events
    where excluded_because is null
),

final as (
    select
        customer_id,
        occurred_date as day,
        cast(date_trunc('month', occurred_date) as date) as month,
        -- whoever did something was there, also where the shop records no visits
        cast(greatest(count_if(event_type = 'visit'), 1) as bigint) as visits,
        cast(count_if(event_type = 'view_product') as bigint) as product_views,
        cast(count_if(event_type = 'view_category') as bigint) as category_views,
        cast(count_if(event_type = 'search') as bigint) as searches,
        cast(count_if(event_type = 'add_to_cart') as bigint) as carts,
        cast(count_if(event_type = 'begin_checkout') as bigint) as checkouts
    from events
    group by customer_id, occurred_date
)

select * from final
