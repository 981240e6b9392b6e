with

-- everybody who bought, and everybody the shop knows by a customers row
known_people as (
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
        case when {{ param('has_amounts') }} then orders.value_abstain_reason else 'no_amounts' end as value_abstain_reason
    from {{ ref('customer_orders') }} as orders
    full outer join {{ ref('customer_attributes') }} as attributes on orders.customer_id = attributes.customer_id
),

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
        rfm.r_score,
        rfm.f_score,
        rfm.m_score,
        rfm.rfm_segment,
        rfm.value_tier,
        coalesce(lifecycle.lifecycle_stage, 'prospect') as lifecycle_stage,
        coalesce(lifecycle.lifecycle_basis, 'no_purchase') as lifecycle_basis,
        lifecycle.at_risk_basis,
        lifecycle.at_risk_from,
        lifecycle.lapsed_from,
        lifecycle.mean_gap_days,
        lifecycle.overdue_ratio,
        case when people.purchase_days = 0 then 'no_purchase' else rfm.rfm_abstain_reason end as rfm_abstain_reason,
        case
            when people.value_abstain_reason is not null then people.value_abstain_reason
            when people.purchase_days = 0 then 'no_purchase'
        end as value_abstain_reason
    from known_people as people
    left join {{ ref('customer_rfm') }} as rfm on people.customer_id = rfm.customer_id
    left join {{ ref('customer_lifecycle') }} as lifecycle on people.customer_id = lifecycle.customer_id
)

select * from final
