with

-- counting stops at 100: below that, nothing learned from these buyers may be kept
early_buyers as (
    select customer_id
    from {{ ref('purchase_days') }} as purchase_days
    where day <= {{ param('cut_date') }} and (known_from is null or known_from <= {{ param('cut_date') }})
    group by customer_id
    limit 100
),

early_count as (
    select cast(count(*) as bigint) as buyers
    from early_buyers
),

first_day as (
    select
        min(day) as first_order_date,
        min(case when known_from is null or known_from <= {{ param('cut_date') }} then day end) as first_known_order_date
    from {{ ref('purchase_days') }} as all_days
),

final as (
    select
        case when buyers < 100 then {{ param('run_date') }} else {{ param('cut_date') }} end as as_of_date,
        buyers < 100 as is_provisional,
        coalesce(if(buyers < 100, first_order_date, first_known_order_date), {{ param('run_date') }}) as history_start
    from early_count
    cross join first_day
)

select * from final
