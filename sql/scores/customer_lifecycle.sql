with

-- tonight the same text stands over customer_scores, as customer_stages
rhythms as (
    select
        orders.*,
        case when purchase_days = 1 then '1' when purchase_days = 2 then '2' when purchase_days <= 5 then '3-5' else '6+' end as purchase_class,
        case when purchase_days = 2 then '1' when purchase_days = 3 then '2' when purchase_days <= 6 then '3-5' else '6+' end as earlier_class
    from {{ ref('customer_orders') }} as orders
),

-- own rhythm only brings "at risk" forward: twice the mean gap, from three gaps on; the sum of gaps is the span
own_limits as (
    select
        rhythms.*,
        case when purchase_days >= 4 then cast(ceil(cast(2 * span_days as double) / nullif(cast(purchase_days - 1 as double), 0e0)) as bigint) end as rhythm_days,
        limits.at_risk_after_days,
        limits.lapsed_after_days,
        limits.lifecycle_basis,
        earlier.lapsed_after_days as earlier_lapsed_after_days
    from rhythms
    inner join {{ ref('lifecycle_thresholds') }} as limits on rhythms.purchase_class = limits.purchase_class
    inner join {{ ref('lifecycle_thresholds') }} as earlier on rhythms.earlier_class = earlier.purchase_class
),

dated as (
    select
        *,
        cast(date_add('day', least(coalesce(at_risk_after_days, rhythm_days), coalesce(rhythm_days, at_risk_after_days)), last_order_date) as date) as at_risk_from,
        cast(date_add('day', lapsed_after_days, last_order_date) as date) as lapsed_from,
        coalesce(rhythm_days < at_risk_after_days, rhythm_days is not null) as is_own_rhythm
    from own_limits
),

-- back after a silence that had passed both the lapse threshold and new_days, with one purchase day since
returned as (
    select
        *,
        recent_purchase_days = 1 and date_diff('day', earlier_order_date, last_order_date) >= greatest(earlier_lapsed_after_days, {{ param('new_days') }} + 1) as is_reactivated
    from dated
),

final as (
    select
        returned.*,
        case
            when purchase_days = 1 and recency_days <= {{ param('new_days') }} then 'new'
            when is_reactivated then 'reactivated'
            when lapsed_from <= {{ param('as_of') }} then 'lapsed'
            when at_risk_from <= {{ param('as_of') }} then 'at_risk'
            else 'active'
        end as lifecycle_stage,
        case when is_own_rhythm then 'own_rhythm' when at_risk_from is not null then lifecycle_basis end as at_risk_basis,
        round(cast(span_days as double) / nullif(cast(purchase_days - 1 as double), 0e0), 6) as mean_gap_days,
        round(cast(recency_days * (purchase_days - 1) as double) / nullif(cast(span_days as double), 0e0), 6) as overdue_ratio,
        purchase_days > 1 as is_repeat
    from returned
)

select * from final
