with

known_consents as (
    select customer_id, purpose, status, changed_date, changed_ms, destination, type_error, unmapped_column
    from {{ source('consents') }} as consents
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        customer_id,
        purpose,
        status,
        changed_date,
        changed_ms,
        destination,
        case
            when customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when changed_date is null then 'no_date'
            when changed_date > {{ param('run_date') }} then 'after_run_date'
            when purpose is null then 'no_purpose'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_consents
)

select * from final
