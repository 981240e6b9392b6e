with

campaign_events as (
    select customer_id, occurred_date, event_type, is_machine
    from {{ ref('stg_campaign_events') }} as stg_campaign_events
    where excluded_because is null
),

final as (
    select
        customer_id,
        occurred_date as day,
        cast(date_trunc('month', occurred_date) as date) as month,
        cast(count_if(event_type = 'sent') as bigint) as sent,
        cast(count_if(event_type = 'opened' and not is_machine) as bigint) as opened,
        cast(count_if(event_type = 'clicked' and not is_machine) as bigint) as clicked,
        cast(count_if(event_type = 'converted') as bigint) as converted,
        cast(count_if(event_type = 'unsubscribed') as bigint) as unsubscribed
    from campaign_events
    group by customer_id, occurred_date
)

select * from final
