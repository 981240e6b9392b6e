with

-- silences of customers who had bought on two or more days already
repeat_silences as (
    select days, cast(sum(ended_count) as bigint) as ended_count, cast(sum(ended_count + open_count) as bigint) as all_count
    from {{ ref('purchase_spells@frozen_date') }} as purchase_spells
    where purchase_class <> '1'
    group by days
),

at_risk_counts as (
    select
        days,
        ended_count,
        sum(all_count) over (order by days desc rows between unbounded preceding and current row) as at_risk_count
    from repeat_silences
),

-- Kaplan-Meier: the running product of 1 - hazard, as the exponential of a running sum
survival as (
    select
        days,
        exp(sum(ln(greatest(1e0 - cast(ended_count as double) / nullif(cast(at_risk_count as double), 0e0), 1e-12)))
            over (order by days rows between unbounded preceding and current row)) as survival
    from at_risk_counts
),

returned_by_horizon as (
    select horizons.horizon_days, round(1e0 - coalesce(min(survival.survival), 1e0), 6) as returned_share
    from {{ ref('horizons') }} as horizons
    left join survival on survival.days <= horizons.horizon_days
    where 2 * horizons.horizon_days <= date_diff('day', {{ param('history_start') }}, {{ param('frozen_date') }})
    group by horizons.horizon_days
),

estimate as (
    select min(horizon_days) as horizon_days
    from returned_by_horizon
    where returned_share >= 6e-1
),

final as (
    select
        cast(coalesce({{ param('configured_horizon_days') }}, horizon_days, 91) as bigint) as horizon_days,
        case
            when {{ param('configured_horizon_days') }} is not null then 'configured'
            when horizon_days is not null then 'estimated'
            else 'default'
        end as horizon_basis,
        {{ param('frozen_date') }} as as_of_date,
        {{ param('frozen_is_provisional') }} as is_provisional
    from estimate
)

select * from final
