with

known_orders as (
    select
        *,
        coalesce(updated_ms, 86400000 * date_diff('day', date '1970-01-01', updated_date)) as updated_order,
        coalesce(recorded_ms, 86400000 * date_diff('day', date '1970-01-01', recorded_date)) as recorded_order,
        -- the text of a row, so that a repeated id can be told apart as the same row again or as another version
        coalesce(customer_id, '') || '|' || coalesce(cast(ordered_date as varchar), '') || '|' || coalesce(cast(ordered_ms as varchar), '')
            || '|' || coalesce(cast(amount as varchar), '') || '|' || coalesce(cast(discount_amount as varchar), '')
            || '|' || coalesce(status, '') || '|' || coalesce(cast(cancelled_date as varchar), '') || '|' || coalesce(channel, '')
            || '|' || coalesce(campaign_id, '') || '|' || coalesce(discount_code, '') || '|' || coalesce(currency, '')
            || '|' || coalesce(cast(is_gift as varchar), '') || '|' || coalesce(cast(ships_to_other as varchar), '')
            || '|' || coalesce(unmapped_column, '') || '|' || coalesce(type_error, '') as wording
    from {{ source('orders') }} as orders
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

ranked_orders as (
    select
        *,
        row_number() over newest_first as version_rank,
        lag(wording) over newest_first as newer_wording,
        min(recorded_date) over (partition by order_id is null, coalesce(order_id, customer_id)) as earliest_recorded_date,
        first_value(updated_order) over newest_first as newest_updated_order,
        first_value(recorded_order) over newest_first as newest_recorded_order
    from known_orders
    window newest_first as (
        -- without an id a row is an order of its own; it must not meet the rows of an order that has one
        partition by order_id is null, coalesce(order_id, customer_id)
        order by updated_order desc nulls last, recorded_order desc nulls last, wording
    )
),

final as (
    select
        *,
        -- the order was known from its first version on
        case when order_id is null then recorded_date else earliest_recorded_date end as first_recorded_date,
        case
            when order_id is null or version_rank = 1 then cast(null as varchar)
            when wording = newer_wording then 'identical_row'
            -- only a row as new as the one that counts disputes it; what is older than that does not matter
            when newest_updated_order is distinct from updated_order then 'older_version'
            when newest_recorded_order is distinct from recorded_order then 'older_version'
            else 'conflicting_row'
        end as repeated_because
    from ranked_orders
)

select * from final
