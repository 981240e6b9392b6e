with

bounds as (
    select
        max(case when axis = 'recency' and score = 2 then better_than end) as r_2,
        max(case when axis = 'recency' and score = 3 then better_than end) as r_3,
        max(case when axis = 'recency' and score = 4 then better_than end) as r_4,
        max(case when axis = 'recency' and score = 5 then better_than end) as r_5,
        max(case when axis = 'frequency' and score = 2 then better_than end) as f_2,
        max(case when axis = 'frequency' and score = 3 then better_than end) as f_3,
        max(case when axis = 'frequency' and score = 4 then better_than end) as f_4,
        max(case when axis = 'frequency' and score = 5 then better_than end) as f_5,
        max(case when axis = 'monetary' and score = 2 then better_than end) as m_2,
        max(case when axis = 'monetary' and score = 3 then better_than end) as m_3,
        max(case when axis = 'monetary' and score = 4 then better_than end) as m_4,
        max(case when axis = 'monetary' and score = 5 then better_than end) as m_5,
        max(case when axis = 'value' and score = 2 then better_than end) as v_2,
        max(case when axis = 'value' and score = 3 then better_than end) as v_3,
        max(case when axis = 'value' and score = 4 then better_than end) as v_4
    from {{ ref('rfm_cuts') }} as cuts
),

-- a cut that nobody's value could make (null) is one that nobody is better than
scores as (
    select
        customer_id,
        value_abstain_reason,
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
    from {{ ref('customer_orders') }} as orders
    cross join bounds
),

final as (
    select
        scores.customer_id,
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
