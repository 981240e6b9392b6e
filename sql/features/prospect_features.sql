with

final as (
    select
        prospects.customer_id,
        prospects.account_days,
        cast(coalesce(days_since_visit, prospects.account_days) as bigint) as recency_days,
        ln(1e0 + abs(prospects.account_days)) as log_account_days,
        coalesce(is_visit_unknown, 1e0) as is_visit_unknown,
        coalesce(log_days_since_visit, 0e0) as log_days_since_visit,
        coalesce(log_visits_30d, 0e0) as log_visits_30d,
        coalesce(log_carts_30d, 0e0) as log_carts_30d,
        coalesce(is_click_unknown, 1e0) as is_click_unknown,
        coalesce(log_days_since_click, 0e0) as log_days_since_click,
        coalesce(log_clicks_90d, 0e0) as log_clicks_90d,
        coalesce(log_opens_90d, 0e0) as log_opens_90d
    from {{ ref('prospects') }} as prospects
    left join {{ ref('activity_features') }} as activity on prospects.customer_id = activity.customer_id
)

select * from final
