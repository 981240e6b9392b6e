with

chances as (
    select
        reasons.*,
        round(1e0 / nullif(1e0 + exp(-(case
            when scoring_model = 'mbg' then mbg_logit
            when scoring_model <> 'none' then greatest(least(intercept + contribution, 3e1), -3e1)
        end + shift)), 0e0), 6) as purchase_probability,
        kept.orders_h_if_kept,
        kept.orders_365d_if_kept,
        case when is_amount_unknown = 0e0 and order_value_abstain_reason is null then
            (value_p * x * greatest(coalesce(repeat_mean_amount * (1e0 - return_share), 0e0), 0e0) + value_p * value_v)
            / nullif(value_p * x + value_q - 1e0, 0e0)
        end as order_value
    from {{ ref('score_reasons') }} as reasons
    left join {{ ref('kept_orders') }} as kept on reasons.repeats = kept.repeats and reasons.age_days = kept.age_days
),

final as (
    select
        chances.*,
        round(1e0 - purchase_probability, 6) as churn_probability,
        case
            when purchase_probability is null then cast(null as varchar)
            when round(1e0 - purchase_probability, 6) >= high_from then 'high'
            when round(1e0 - purchase_probability, 6) >= medium_from then 'medium'
            else 'low'
        end as churn_tier,
        case when purchase_probability is not null then purchase_probability >= likely_from end as is_likely,
        round(alive * orders_h_if_kept, 6) as expected_orders,
        round(alive * orders_365d_if_kept, 6) as expected_orders_365d,
        cast(round(alive * orders_h_if_kept * order_value, 6) as decimal(18,2)) as expected_value,
        cast(round(alive * orders_365d_if_kept * order_value, 6) as decimal(18,2)) as expected_value_365d,
        -- where nobody can look a year ahead, the horizon must do: the value is then told too low, never too high
        cast(round(coalesce(orders_365d_if_kept, orders_h_if_kept) * order_value, 6) as decimal(18,2)) as value_if_kept,
        case when orders_abstain_reason is null then round(alive, 6) end as probability_alive,
        case when scoring_model <> 'none' then scoring_model end as score_model,
        case when purchase_probability is null then score_reason end as churn_abstain_reason,
        case
            when orders_abstain_reason is not null then orders_abstain_reason
            when orders_h_if_kept is null then 'horizon_beyond_history'
        end as expected_abstain_reason
    from chances
)

select * from final
