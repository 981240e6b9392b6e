with

moved_cuts as (
    select cuts.axis, cuts.better_than as new_cut, earlier.better_than as old_cut
    from {{ ref('rfm_cuts') }} as cuts
    inner join {{ ref('rfm_cuts@base') }} as earlier on cuts.axis = earlier.axis and cuts.score = earlier.score
    where cuts.better_than <> earlier.better_than
),

crossings as (
    select
        moved_cuts.axis,
        orders.customer_id,
        -- null where no cut decides: without a purchase in the window, or without amounts that can be used
        case
            when moved_cuts.axis = 'value' and orders.orders_365d > 0 and orders.value_abstain_reason is null then orders.net_amount_365d
            when moved_cuts.axis = 'value' or orders.rfm_purchase_days = 0 then cast(null as decimal(18,2))
            when moved_cuts.axis = 'recency' then cast(-orders.recency_days as decimal(18,2))
            when moved_cuts.axis = 'frequency' then cast(orders.rfm_purchase_days as decimal(18,2))
            when orders.value_abstain_reason is null then orders.rfm_net_amount
        end as goodness,
        moved_cuts.new_cut,
        moved_cuts.old_cut
    from {{ ref('customer_orders') }} as orders
    cross join moved_cuts
),

final as (
    select axis, cast(count(distinct customer_id) as bigint) as moved_people
    from crossings
    where (goodness > new_cut) <> (goodness > old_cut)
    group by axis
)

select * from final
