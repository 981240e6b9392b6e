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
        ln(1e0 + abs(coalesce(days_since_visit, 0))) as log_days_since_visit,
        ln(1e0 + abs(visits_30d)) as log_visits_30d,
        ln(1e0 + abs(carts_30d)) as log_carts_30d,
        if(days_since_click is null, 1e0, 0e0) as is_click_unknown,
        ln(1e0 + abs(coalesce(days_since_click, 0))) as log_days_since_click,
        ln(1e0 + abs(campaign_clicks_90d)) as log_clicks_90d,
        ln(1e0 + abs(campaign_opens_90d)) as log_opens_90d
    from measures
)

select * from final
