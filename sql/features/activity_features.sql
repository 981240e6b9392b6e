with

measures as (
    select
        customer_id,
        date_diff('day', last_visit_date, {{ param('as_of') }}) as days_since_visit,
        visits_30d,
        carts_30d,
        date_diff('day', last_campaign_click_date, {{ param('as_of') }}) as days_since_click,
        campaign_clicks_90d,
        campaign_opens_90d
    from {{ ref('customer_activity') }} as activity
),

final as (
    select
        customer_id,
        days_since_visit,
        if(days_since_visit is null, 1e0, 0e0) as is_visit_unknown,
        ln(greatest(1e0 + coalesce(days_since_visit, 0), 1e0)) as log_days_since_visit,
        ln(greatest(1e0 + visits_30d, 1e0)) as log_visits_30d,
        ln(greatest(1e0 + carts_30d, 1e0)) as log_carts_30d,
        if(days_since_click is null, 1e0, 0e0) as is_click_unknown,
        ln(greatest(1e0 + coalesce(days_since_click, 0), 1e0)) as log_days_since_click,
        ln(greatest(1e0 + campaign_clicks_90d, 1e0)) as log_clicks_90d,
        ln(greatest(1e0 + campaign_opens_90d, 1e0)) as log_opens_90d
    from measures
)

select * from final
