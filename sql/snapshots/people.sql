with

final as (
    select
        customer_id as id,
        {{ param('run_date') }} as run_date,
        recency_days,
        purchase_days,
        order_count,
        spend_amount,
        first_order_date,
        last_order_date,
        orders_365d,
        spend_365d,
        r_score,
        f_score,
        m_score,
        rfm_segment,
        value_tier,
        lifecycle_stage,
        lifecycle_basis,
        at_risk_basis,
        at_risk_from,
        lapsed_from,
        mean_gap_days,
        overdue_ratio,
        cast(null as double) as churn_probability,
        cast(null as varchar) as churn_tier,
        'ineligible' as purchase_likelihood,
        'no_model' as ineligible_reason,
        cast(null as double) as expected_orders,
        cast(null as decimal(18,2)) as expected_value,
        {{ param('horizon_days') }} as horizon_days,
        cast(null as varchar) as score_model,
        rfm_abstain_reason,
        value_abstain_reason,
        'no_model' as churn_abstain_reason
    from {{ ref('customer_profiles') }} as profiles
)

select * from final
