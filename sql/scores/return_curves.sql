with

spells as (
    select purchase_class, days, ended_count, open_count
    from {{ ref('purchase_spells@frozen_date') }} as classed
    union all
    select 'all' as purchase_class, days, cast(sum(ended_count) as bigint), cast(sum(open_count) as bigint)
    from {{ ref('purchase_spells@frozen_date') }} as pooled
    group by days
),

-- a curve needs every day, also those on which nothing ended; the history bounds them, and so does Trino's sequence
grid as (
    select classes.purchase_class, days.day
    from (select distinct purchase_class from spells) as classes
    cross join unnest(sequence(0, least(9999, greatest(0, date_diff('day', {{ param('history_start') }}, {{ param('frozen_date') }}))))) as days (day)
),

counts as (
    select
        grid.purchase_class,
        grid.day,
        coalesce(spells.ended_count, 0) as ended_count,
        coalesce(spells.ended_count + spells.open_count, 0) as all_count
    from grid
    left join spells on grid.purchase_class = spells.purchase_class and grid.day = spells.days
),

at_risk as (
    select
        purchase_class,
        day,
        ended_count,
        cast(sum(all_count) over (partition by purchase_class order by day desc rows between unbounded preceding and current row) as bigint) as at_risk_count
    from counts
),

survivals as (
    select
        purchase_class,
        day,
        ended_count,
        at_risk_count,
        -- the running product of 1 - hazard, as the exponential of a running sum
        exp(sum(ln(greatest(1e0 - coalesce(cast(ended_count as double) / nullif(cast(at_risk_count as double), 0e0), 0e0), 1e-12)))
            over (partition by purchase_class order by day rows between unbounded preceding and current row)) as survival
    from at_risk
),

final as (
    select
        now.purchase_class,
        cast(now.day as bigint) as day,
        now.at_risk_count,
        now.ended_count,
        round(now.survival, 9) as survival,
        case when now.at_risk_count >= 30 then round(1e0 - later.survival / nullif(now.survival, 0e0), 6) end as return_chance,
        {{ param('frozen_date') }} as as_of_date,
        {{ param('frozen_is_provisional') }} as is_provisional
    from survivals as now
    left join survivals as later on now.purchase_class = later.purchase_class and later.day = now.day + {{ param('horizon_days') }}
)

select * from final
