with

final as (
    select
        people.customer_id,
        people.recency_days,
        people.purchase_days,
        people.order_count,
        case when people.value_abstain_reason is null then people.net_amount end as spend_amount,
        people.first_order_date,
        people.last_order_date,
        people.orders_365d,
        case when people.value_abstain_reason is null then people.net_amount_365d end as spend_365d,
        people.r_score,
        people.f_score,
        people.m_score,
        people.rfm_segment,
        people.value_tier,
        coalesce(people.lifecycle_stage, 'prospect') as lifecycle_stage,
        coalesce(people.lifecycle_basis, 'no_purchase') as lifecycle_basis,
        people.at_risk_basis,
        people.at_risk_from,
        people.lapsed_from,
        people.mean_gap_days,
        people.overdue_ratio,
        case when people.purchase_days = 0 then 'no_purchase' else people.rfm_abstain_reason end as rfm_abstain_reason,
        case
            when people.value_abstain_reason is not null then people.value_abstain_reason
            when people.purchase_days = 0 then 'no_purchase'
        end as value_abstain_reason,
        people.created_date,
        people.country,
        people.region,
        people.city,
        people.gender,
        people.time_zone,
        people.customer_kind,
        people.age_band,
        consents.ads_consent,
        consents.email_consent,
        consents.sms_consent,
        consents.push_consent,
        consents.post_consent,
        consents.personalisation_consent,
        categories.favourite_department,
        categories.favourite_department_share,
        categories.favourite_category,
        categories.favourite_category_share,
        case when {{ param('has_order_lines') }} then coalesce(categories.department_count, 0) end as department_count,
        categories.discount_share,
        categories.new_arrival_share,
        categories.other_gender_share,
        activity.last_visit_date,
        case when {{ param('has_events') }} then coalesce(activity.visits_30d, 0) end as visits_30d,
        case when {{ param('has_events') }} then coalesce(activity.views_30d, 0) end as views_30d,
        case when {{ param('has_events') }} then coalesce(activity.carts_30d, 0) end as carts_30d,
        activity.last_campaign_click_date,
        case when {{ param('has_campaign_events') }} then coalesce(activity.campaign_clicks_90d, 0) end as campaign_clicks_90d,
        case when {{ param('has_campaign_events') }} then coalesce(activity.campaign_opens_90d, 0) end as campaign_opens_90d,
        case when {{ param('has_referrals') }} then coalesce(voice.referral_count, 0) end as referral_count,
        case when {{ param('has_feedback') }} then coalesce(voice.feedback_count, 0) end as feedback_count,
        voice.last_nps_score,
        voice.last_survey_date,
        case when {{ param('has_suppressions') }} then coalesce(voice.is_suppressed, false) end as is_suppressed
    from {{ ref('known_people') }} as people
    left join {{ ref('customer_consents') }} as consents on people.customer_id = consents.customer_id
    left join {{ ref('customer_categories') }} as categories on people.customer_id = categories.customer_id
    left join {{ ref('customer_activity') }} as activity on people.customer_id = activity.customer_id
    left join {{ ref('customer_voice') }} as voice on people.customer_id = voice.customer_id
)

select * from final
