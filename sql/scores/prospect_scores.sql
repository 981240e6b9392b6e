with

chances as (
    select
        *,
        round(1e0 / nullif(1e0 + exp(-(case when scoring_model <> 'none' then greatest(least(intercept + contribution, 3e1), -3e1) end + shift)), 0e0), 6) as purchase_probability
    from {{ ref('prospect_reasons') }} as reasons
),

final as (
    select
        customer_id,
        purchase_probability,
        case when purchase_probability is not null then purchase_probability >= likely_from end as is_likely,
        case when scoring_model <> 'none' then scoring_model end as score_model,
        reason_1_code,
        reason_1_text,
        reason_2_code,
        reason_2_text,
        reason_3_code,
        reason_3_text,
        case when purchase_probability is null then score_reason end as purchase_abstain_reason
    from chances
)

select * from final
