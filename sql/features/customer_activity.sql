with

visits as (
    select
        coalesce(shared.person_id, days.customer_id) as customer_id,
        max(days.day) as last_visit_date,
        sum(case when days.day > cast(date_add('day', -30, {{ param('as_of') }}) as date) then days.visits else 0 end) as visits_30d,
        sum(case when days.day > cast(date_add('day', -30, {{ param('as_of') }}) as date) then days.product_views else 0 end) as views_30d,
        sum(case when days.day > cast(date_add('day', -30, {{ param('as_of') }}) as date) then days.carts else 0 end) as carts_30d
    from {{ ref('activity_days') }} as days
    left join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where days.day <= {{ param('as_of') }}
    group by coalesce(shared.person_id, days.customer_id)
),

campaigns as (
    select
        coalesce(shared.person_id, days.customer_id) as customer_id,
        max(case when days.clicked > 0 then days.day end) as last_campaign_click_date,
        sum(case when days.day > cast(date_add('day', -90, {{ param('as_of') }}) as date) then days.clicked else 0 end) as campaign_clicks_90d,
        sum(case when days.day > cast(date_add('day', -90, {{ param('as_of') }}) as date) then days.opened else 0 end) as campaign_opens_90d
    from {{ ref('campaign_days') }} as days
    left join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where days.day <= {{ param('as_of') }}
    group by coalesce(shared.person_id, days.customer_id)
),

final as (
    select
        coalesce(visits.customer_id, campaigns.customer_id) as customer_id,
        visits.last_visit_date,
        cast(coalesce(visits.visits_30d, 0) as bigint) as visits_30d,
        cast(coalesce(visits.views_30d, 0) as bigint) as views_30d,
        cast(coalesce(visits.carts_30d, 0) as bigint) as carts_30d,
        campaigns.last_campaign_click_date,
        cast(coalesce(campaigns.campaign_clicks_90d, 0) as bigint) as campaign_clicks_90d,
        cast(coalesce(campaigns.campaign_opens_90d, 0) as bigint) as campaign_opens_90d
    from visits
    full outer join campaigns on visits.customer_id = campaigns.customer_id
)

select * from final
