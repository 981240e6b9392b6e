with

-- everybody who bought, and everybody the shop knows by a customers row
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
)

select * from final
