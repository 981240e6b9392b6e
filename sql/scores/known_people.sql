with

-- buyers bring their scores; registered people without a purchase get theirs here
final as (
    select
        coalesce(orders.customer_id, attributes.customer_id) as customer_id,
        orders.recency_days,
        coalesce(orders.purchase_days, 0) as purchase_days,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.net_amount, cast(0 as decimal(18,2))) as net_amount,
        coalesce(orders.net_amount_365d, cast(0 as decimal(18,2))) as net_amount_365d,
        orders.first_order_date,
        orders.last_order_date,
        coalesce(orders.orders_365d, 0) as orders_365d,
        case when {{ param('has_amounts') }} then orders.value_abstain_reason else 'no_amounts' end as value_abstain_reason,
        orders.lifecycle_stage,
        orders.lifecycle_basis,
        orders.at_risk_basis,
        orders.at_risk_from,
        orders.lapsed_from,
        orders.mean_gap_days,
        orders.overdue_ratio,
        orders.r_score,
        orders.f_score,
        orders.m_score,
        orders.rfm_segment,
        orders.value_tier,
        orders.rfm_abstain_reason,
        orders.churn_probability,
        orders.churn_tier,
        coalesce(orders.purchase_probability, prospects.purchase_probability) as purchase_probability,
        coalesce(orders.is_likely, prospects.is_likely) as is_likely,
        orders.expected_orders,
        orders.expected_value,
        orders.expected_orders_365d,
        orders.expected_value_365d,
        orders.probability_alive,
        orders.value_if_kept,
        coalesce(orders.score_model, prospects.score_model) as score_model,
        coalesce(orders.reason_1_code, prospects.reason_1_code) as reason_1_code,
        coalesce(orders.reason_1_text, prospects.reason_1_text) as reason_1_text,
        coalesce(orders.reason_2_code, prospects.reason_2_code) as reason_2_code,
        coalesce(orders.reason_2_text, prospects.reason_2_text) as reason_2_text,
        coalesce(orders.reason_3_code, prospects.reason_3_code) as reason_3_code,
        coalesce(orders.reason_3_text, prospects.reason_3_text) as reason_3_text,
        case
            when orders.customer_id is not null then orders.churn_abstain_reason
            when not ({{ param('has_events') }} or {{ param('has_campaign_events') }}) then 'prospect_without_activity'
            when attributes.created_date is null then 'account_date_unknown'
            when prospects.purchase_probability is null then coalesce(prospects.purchase_abstain_reason, 'no_model')
        end as purchase_abstain_reason,
        case when orders.customer_id is null then 'no_purchase' else orders.churn_abstain_reason end as churn_abstain_reason,
        case when orders.customer_id is null then 'no_purchase' else orders.expected_abstain_reason end as expected_abstain_reason,
        attributes.created_date,
        attributes.country,
        attributes.region,
        attributes.city,
        attributes.gender,
        attributes.time_zone,
        attributes.kind as customer_kind,
        attributes.age_band
    from {{ ref('customer_rfm') }} as orders
    full outer join {{ ref('customer_attributes') }} as attributes on orders.customer_id = attributes.customer_id
    left join {{ ref('prospect_scores') }} as prospects on attributes.customer_id = prospects.customer_id
)

select * from final
