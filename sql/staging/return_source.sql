with

order_signs as (
    select
        count_if(amount < 0) as negative_documents,
        count_if(status = 'returned') as returned_orders
    from {{ ref('stg_orders') }} as stg_orders
    where excluded_because is null
),

line_signs as (
    select count_if(is_return) as return_lines
    from {{ ref('stg_order_lines') }} as stg_order_lines
    where excluded_because is null and line_kind = 'goods'
),

chosen as (
    select
        *,
        case
            when not {{ param('has_amounts') }} and not {{ param('has_refunds') }} then 'none'
            when {{ param('has_refunds') }} then 'refunds'
            when return_lines > 0 then 'lines'
            when negative_documents > 0 then 'documents'
            when returned_orders > 0 then 'status'
            else 'none'
        end as return_source
    from order_signs
    cross join line_signs
),

final as (
    select
        return_source,
        cast(if(return_source = 'lines', 0, return_lines) as bigint) as uncounted_return_lines,
        cast(if(return_source = 'documents', 0, negative_documents) as bigint) as uncounted_negative_documents,
        cast(if(return_source = 'status', 0, returned_orders) as bigint) as uncounted_returned_orders
    from chosen
)

select * from final
