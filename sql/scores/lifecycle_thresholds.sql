with

curves as (
    select purchase_class, day, ended_count, return_chance
    from {{ ref('return_curves') }} as return_curves
),

fresh_chances as (
    select purchase_class, return_chance as fresh_chance
    from curves
    where day = 0
),

crossed_days as (
    select
        curves.purchase_class,
        cast(sum(curves.ended_count) as bigint) as ended_count,
        min(case when curves.return_chance < {{ param('at_risk_share') }} * fresh_chances.fresh_chance then curves.day end) as at_risk_after_days,
        min(case when curves.return_chance < {{ param('lapsed_share') }} * fresh_chances.fresh_chance then curves.day end) as lapsed_after_days
    from curves
    inner join fresh_chances on curves.purchase_class = fresh_chances.purchase_class
    group by curves.purchase_class
),

pooled as (
    select ended_count, at_risk_after_days, lapsed_after_days
    from crossed_days
    where purchase_class = 'all'
),

-- below 100 repeat purchases, or with a history shorter than two horizons, there is no curve to trust
all_classes as (
    select
        classes.purchase_class,
        coalesce(pooled.ended_count, 0) < 100
            or date_diff('day', {{ param('history_start') }}, {{ param('frozen_date') }}) < 2 * {{ param('horizon_days') }} as is_fixed,
        coalesce(own.ended_count, 0) >= 100 as has_own_curve,
        own.at_risk_after_days as own_at_risk,
        own.lapsed_after_days as own_lapsed,
        pooled.at_risk_after_days as pooled_at_risk,
        pooled.lapsed_after_days as pooled_lapsed
    from unnest(array['1', '2', '3-5', '6+']) as classes (purchase_class)
    left join crossed_days as own on classes.purchase_class = own.purchase_class
    left join pooled on true
),

final as (
    select
        purchase_class,
        cast(case when is_fixed then {{ param('fixed_at_risk_days') }} when has_own_curve then own_at_risk else pooled_at_risk end as bigint) as at_risk_after_days,
        cast(case when is_fixed then {{ param('fixed_lapsed_days') }} when has_own_curve then own_lapsed else pooled_lapsed end as bigint) as lapsed_after_days,
        case
            when is_fixed then 'fixed_days'
            when (case when has_own_curve then own_lapsed else pooled_lapsed end) is null then 'curve_open'
            when has_own_curve then 'return_curve'
            else 'pooled_curve'
        end as lifecycle_basis,
        {{ param('frozen_date') }} as as_of_date,
        {{ param('frozen_is_provisional') }} as is_provisional
    from all_classes
)

select * from final
