with

-- a cut that nobody's value could make (null) is one that nobody is better than
scores as (
    select
        people.*,
        case
            when rfm_purchase_days = 0 then 1
            else 1 + if(-recency_days > r_2, 1, 0) + if(-recency_days > r_3, 1, 0) + if(-recency_days > r_4, 1, 0) + if(-recency_days > r_5, 1, 0)
        end as r_score,
        case
            when rfm_purchase_days = 0 then 1
            else 1 + if(rfm_purchase_days > coalesce(f_2, 1), 1, 0) + if(rfm_purchase_days > f_3, 1, 0) + if(rfm_purchase_days > f_4, 1, 0) + if(rfm_purchase_days > f_5, 1, 0)
        end as f_score,
        case
            when value_abstain_reason is not null then cast(null as integer)
            when rfm_purchase_days = 0 then 1
            else 1 + if(rfm_net_amount > m_2, 1, 0) + if(rfm_net_amount > m_3, 1, 0) + if(rfm_net_amount > m_4, 1, 0) + if(rfm_net_amount > m_5, 1, 0)
        end as m_score,
        case
            when value_abstain_reason is not null then cast(null as varchar)
            when orders_365d = 0 then 'low'
            when net_amount_365d > v_4 then 'top'
            when net_amount_365d > v_3 then 'high'
            when net_amount_365d > v_2 then 'middle'
            else 'low'
        end as value_tier
    from {{ ref('customer_lifecycle') }} as people
    cross join {{ ref('rfm_bounds') }} as bounds
),

final as (
    select
        scores.customer_id,
        scores.purchase_days,
        scores.order_count,
        scores.first_order_date,
        scores.last_order_date,
        scores.recency_days,
        scores.orders_365d,
        scores.value_abstain_reason,
        scores.net_amount,
        scores.net_amount_365d,
        scores.lifecycle_stage,
        scores.lifecycle_basis,
        scores.at_risk_basis,
        scores.at_risk_from,
        scores.lapsed_from,
        scores.mean_gap_days,
        scores.overdue_ratio,
        cast(scores.r_score as integer) as r_score,
        cast(scores.f_score as integer) as f_score,
        cast(scores.m_score as integer) as m_score,
        names.rfm_segment,
        scores.value_tier,
        case when names.rfm_segment is null then scores.value_abstain_reason end as rfm_abstain_reason
    from scores
    left join {{ ref('rfm_names') }} as names
        on scores.r_score = names.r_score and names.second_score = case
            when names.second_axis = 'frequency' then scores.f_score
            -- half of an odd sum rounds up, as on a till
            else cast(floor(cast(scores.f_score + scores.m_score + 1 as double) / 2e0) as integer)
        end
)

select * from final
