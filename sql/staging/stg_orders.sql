with

order_rows as (
    select
        *,
        coalesce(currency <> {{ param('currency') }}, false) as is_foreign,
        status = 'cancelled' and cancelled_date is null as is_never_valid
    from {{ ref('order_rows') }} as order_rows
),

judged_orders as (
    select
        *,
        case
            when repeated_because is not null then repeated_because
            when ordered_date > {{ param('run_date') }} then 'after_run_date'
            -- only orders made from lines can lack a day: elsewhere the column is required
            when ordered_date is null then 'no_date'
            when status = 'test' then 'test_order'
            when customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when unmapped_column = 'status' then 'unmapped_status'
            when {{ param('has_amounts') }} and amount is null then 'no_amount'
        end as excluded_because
    from order_rows
),

final as (
    select
        order_id,
        customer_id,
        ordered_date as order_date,
        amount,
        status,
        -- the last day on which a cancelled order still counts; null for one that was never cancelled
        case
            when cancelled_date is not null then cast(date_add('day', -1, cancelled_date) as date)
        end as counts_until,
        -- an order that arrived late is unknown to every earlier date, tonight's question about the past included
        case when first_recorded_date > ordered_date then first_recorded_date end as known_from,
        is_foreign,
        excluded_because is null
            and not coalesce(is_never_valid, false)
            and (amount > 0 or not {{ param('has_amounts') }}) as is_purchase,
        excluded_because,
        type_error,
        unmapped_column
    from judged_orders
)

select * from final
