with

known_refunds as (
    select customer_id, order_id, line_id, refunded_date, recorded_date, amount, type_error, unmapped_column
    from {{ source('refunds') }} as refunds
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        customer_id,
        order_id,
        line_id,
        refunded_date,
        case when recorded_date > refunded_date then recorded_date end as known_from,
        amount,
        case
            when refunded_date is null then 'no_date'
            when refunded_date > {{ param('run_date') }} then 'after_run_date'
            when customer_id is null and order_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when amount is null then 'no_amount'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_refunds
)

select * from final
