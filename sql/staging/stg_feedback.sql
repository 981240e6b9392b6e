with

known_feedback as (
    select customer_id, given_date, given_ms, kind, score, type_error, unmapped_column
    from {{ source('feedback') }} as feedback
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        customer_id,
        given_date,
        given_ms,
        kind,
        score,
        case
            when customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when given_date is null then 'no_date'
            when given_date > {{ param('run_date') }} then 'after_run_date'
            when kind is null then 'no_kind'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_feedback
)

select * from final
