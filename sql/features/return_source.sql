with

booked as (
    select
        coalesce(sum(case when booked_by = 'lines' then return_count end), 0) as return_lines,
        coalesce(sum(case when booked_by = 'documents' then return_count end), 0) as negative_documents,
        coalesce(sum(case when booked_by = 'status' then return_count end), 0) as returned_orders
    from {{ ref('return_days') }} as return_days
),

final as (
    select
        case
            when {{ param('has_refunds') }} then 'refunds'
            when not {{ param('has_amounts') }} then 'none'
            when return_lines > 0 then 'lines'
            when negative_documents > 0 then 'documents'
            when returned_orders > 0 then 'status'
            else 'none'
        end as return_source,
        cast(return_lines as bigint) as return_lines,
        cast(negative_documents as bigint) as negative_documents,
        cast(returned_orders as bigint) as returned_orders
    from booked
)

select * from final
