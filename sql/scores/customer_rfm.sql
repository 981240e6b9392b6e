with

axes as (
    select max(second_axis) as second_axis
    from {{ ref('rfm_names') }} as rfm_names
),

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
    from {{ ref('customer_stages') }} as people
    cross join {{ ref('rfm_bounds') }} as bounds
),

-- the second axis of the names in use; half of an odd sum rounds up, as on a till
cells as (
    select
        scores.*,
        if(axes.second_axis = 'frequency', f_score, cast(floor(cast(f_score + m_score + 1 as double) / 2e0) as integer)) as second_score
    from scores
    cross join axes
),

final as (
    select
        cells.*,
        names.rfm_segment,
        case when names.rfm_segment is null then cells.value_abstain_reason end as rfm_abstain_reason
    from cells
    left join {{ ref('rfm_names') }} as names on cells.r_score = names.r_score and cells.second_score = names.second_score
)

select * from final
