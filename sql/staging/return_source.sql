with

order_signs as (
    select
        coalesce(bool_or(amount < 0), false) as has_negative_documents,
        coalesce(bool_or(status = 'returned'), false) as has_returned_status
    from {{ ref('stg_orders') }} as stg_orders
    where excluded_because is null
),

line_signs as (
    select coalesce(bool_or(is_return), false) as has_return_lines
    from {{ ref('stg_order_lines') }} as stg_order_lines
    where excluded_because is null and line_kind = 'goods'
),

final as (
    select
        case
            when not {{ param('has_amounts') }} and not {{ param('has_refunds') }} then 'none'
            when {{ param('has_refunds') }} then 'refunds'
            when has_return_lines then 'lines'
            when has_negative_documents then 'documents'
            when has_returned_status then 'status'
            else 'none'
        end as return_source
    from order_signs
    cross join line_signs
)

select * from final
