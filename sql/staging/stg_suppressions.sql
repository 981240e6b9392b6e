with

known_suppressions as (
    select
        *,
        row_number() over (
            partition by customer_id, from_date, destination
            order by coalesce(updated_ms, 86400000 * date_diff('day', date '1970-01-01', updated_date)) desc nulls last,
                coalesce(recorded_ms, 86400000 * date_diff('day', date '1970-01-01', recorded_date)) desc nulls last,
                until_date desc nulls first, reason
        ) as version_rank
    from {{ source('suppressions') }} as suppressions
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        customer_id,
        from_date,
        until_date,
        destination,
        reason,
        case
            when customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when from_date is null then 'no_date'
            when from_date > {{ param('run_date') }} then 'after_run_date'
            when updated_date is not null and version_rank > 1 then 'older_version'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_suppressions
)

select * from final
