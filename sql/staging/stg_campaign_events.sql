with

known_campaign_events as (
    select customer_id, campaign_id, occurred_date, occurred_ms, occurred_hour, type, is_machine, type_error, unmapped_column
    from {{ source('campaign_events') }} as campaign_events
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        customer_id,
        campaign_id,
        occurred_date,
        occurred_ms,
        occurred_hour,
        type as event_type,
        coalesce(is_machine, false) as is_machine,
        case
            when customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when occurred_date is null then 'no_date'
            when occurred_date > {{ param('run_date') }} then 'after_run_date'
            when type is null then 'no_type'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_campaign_events
)

select * from final
