with

-- what the rule would have said one horizon ago, and whether the person has bought since, under the id merged into by now
judged as (
    select
        lifecycle.lifecycle_stage,
        lifecycle.is_repeat,
        coalesce(orders.last_order_date > {{ param('backtest_date') }}, false) as has_bought
    from {{ ref('customer_lifecycle@backtest_date') }} as lifecycle
    left join {{ ref('person_ids') }} as ids on lifecycle.customer_id = ids.customer_id
    left join {{ ref('customer_orders') }} as orders on coalesce(ids.person_id, lifecycle.customer_id) = orders.customer_id
),

counted as (
    select
        is_repeat,
        lifecycle_stage,
        cast(count(*) as bigint) as people,
        cast(count_if(has_bought) as bigint) as bought
    from judged
    group by is_repeat, lifecycle_stage
),

ordered as (
    select
        *,
        case lifecycle_stage when 'new' then 1 when 'reactivated' then 2 when 'active' then 3 when 'at_risk' then 4 else 5 end as stage_order,
        round(cast(bought as double) / nullif(cast(people as double), 0e0), 6) as bought_share
    from counted
),

final as (
    select
        is_repeat,
        lifecycle_stage,
        stage_order,
        people,
        bought,
        bought_share,
        -- new and reactivated are not steps on the way down, so only the last three are compared
        case
            when stage_order > 3 then bought_share < lag(case when stage_order >= 3 then bought_share end) over (partition by is_repeat order by stage_order)
        end as is_below_earlier_stage,
        case
            when stage_order > 3 then least(people, lag(case when stage_order >= 3 then people end) over (partition by is_repeat order by stage_order))
        end as compared_people,
        {{ param('backtest_date') }} as as_of_date,
        {{ param('horizon_days') }} as horizon_days
    from ordered
)

select * from final
