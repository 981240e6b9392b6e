with

buyers as (
    select customer_id, recency_days, rfm_purchase_days, rfm_net_amount, orders_365d, net_amount_365d, value_abstain_reason, count(*) over () as buyer_count
    from {{ ref('customer_orders@frozen_date') }} as customer_orders
    where rfm_purchase_days > 0
),

-- above 500,000 buyers a hash sample of that size: no node sorts all customers
sampled_buyers as (
    select *
    from buyers
    where case
        when buyer_count <= 500000 then true
        else mod(from_base(substr(lower(to_hex(sha256(to_utf8('rfm_cuts:' || customer_id)))), 1, 15), 16), 1000000) * buyer_count < 500000000000
    end
),

-- goodness: more is better on every axis
axis_values as (
    select axis, goodness, cast(count(*) as bigint) as people
    from (
        select
            axes.axis,
            case
                when axes.axis = 'recency' then cast(-recency_days as decimal(18,2))
                when axes.axis = 'frequency' and rfm_purchase_days > 1 then cast(rfm_purchase_days as decimal(18,2))
                when axes.axis = 'monetary' and value_abstain_reason is null then rfm_net_amount
                when axes.axis = 'value' and value_abstain_reason is null and orders_365d > 0 then net_amount_365d
            end as goodness
        from sampled_buyers
        cross join unnest(array['recency', 'frequency', 'monetary', 'value']) as axes (axis)
    ) as values_by_person
    where goodness is not null
    group by axis, goodness
),

running_counts as (
    select
        axis,
        goodness,
        sum(people) over (partition by axis order by goodness rows between unbounded preceding and current row) as not_better,
        sum(people) over (partition by axis) as all_people
    from axis_values
),

-- a score is reached by whoever is better than the first value that has the wanted share of people at or below it
computed_cuts as (
    select shares.axis, shares.score, min(running_counts.goodness) as better_than, cast(max(running_counts.all_people) as bigint) as people
    from {{ ref('rfm_shares') }} as shares
    inner join running_counts on shares.axis = running_counts.axis
    where running_counts.not_better * 100 >= shares.percent_worse * running_counts.all_people
    group by shares.axis, shares.score
),

final as (
    select
        coalesce(fixed.axis, computed.axis) as axis,
        cast(coalesce(fixed.score, computed.score) as integer) as score,
        cast(coalesce(fixed.better_than, computed.better_than) as decimal(18,2)) as better_than,
        case when fixed.axis is null then computed.people end as people,
        case when fixed.axis is null then 'shares' else 'fixed' end as basis,
        {{ param('frozen_date') }} as as_of_date,
        {{ param('frozen_is_provisional') }} as is_provisional
    from computed_cuts as computed
    full outer join {{ ref('rfm_fixed_cuts') }} as fixed on computed.axis = fixed.axis and computed.score = fixed.score
)

select * from final
