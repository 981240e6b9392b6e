with

known_occasions as (
    select customer_id, kind, month_day, type_error, unmapped_column
    from {{ source('occasions') }} as occasions
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        customer_id,
        kind,
        month_day,
        case
            when customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when kind is null then 'no_kind'
            when month_day is null then 'no_date'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_occasions
)

select * from final
