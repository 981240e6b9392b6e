with

known_lines as (
    select
        *,
        row_number() over (
            -- lines are the same line only by a mapped line_id; identical lines without one are real
            partition by order_id, line_id
            order by coalesce(updated_ms, 86400000 * date_diff('day', date '1970-01-01', updated_date)) desc nulls last,
                coalesce(recorded_ms, 86400000 * date_diff('day', date '1970-01-01', recorded_date)) desc nulls last,
                amount, quantity, product_id, list_amount, discount_amount, category, department, line_kind, is_return,
                customer_id, ordered_date, ordered_ms
        ) as version_rank
    from {{ source('order_lines') }} as order_lines
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        order_id,
        line_id,
        customer_id,
        ordered_date,
        ordered_ms,
        ordered_hour,
        product_id,
        quantity,
        amount,
        list_amount,
        discount_amount,
        coalesce(is_return, false) or coalesce(quantity < 0, false) or coalesce(amount < 0, false) as is_return,
        coalesce(line_kind, 'goods') as line_kind,
        category,
        department,
        case
            when line_id is not null and version_rank > 1 then 'repeated_line'
            when ordered_date > {{ param('run_date') }} then 'after_run_date'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_lines
)

select * from final
