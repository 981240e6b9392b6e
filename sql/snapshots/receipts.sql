with

all_groups as (
    select 'live' as kind, told_groups.* from {{ ref('told_groups') }} as told_groups
    union all
    select 'backtest' as kind, backtest_groups.* from {{ ref('backtest_groups') }} as backtest_groups
),

-- all groups of one kind lie inside their bands together on 99 of 100 nights: two-sided normal quantiles, shared among the groups
banded as (
    select
        *,
        round(sqrt(cast(variance as double)), 6) * case grouped_by when 'all' then 2576e-3 when 'purchase_likelihood' then 2935e-3 when 'churn_tier' then 3023e-3 else 3291e-3 end + 5e-1 as band_width
    from all_groups
),

measured as (
    select
        kind,
        told_date,
        cast(date_add('day', horizon_days, told_date) as date) as matured_date,
        horizon_days,
        score_model,
        population,
        grouped_by,
        group_name,
        people,
        cast(expected_buyers as double) as expected_buyers,
        greatest(0e0, cast(expected_buyers as double) - band_width) as band_low,
        least(cast(people as double), cast(expected_buyers as double) + band_width) as band_high,
        actual_buyers,
        round(cast(actual_buyers as double) - band_width, 6) <= cast(expected_buyers as double)
            and round(cast(actual_buyers as double) + band_width, 6) >= cast(expected_buyers as double) as is_within_band,
        cast(actual_buyers as double) / nullif(cast(expected_buyers as double), 0e0) as calibration,
        cast(actual_buyers as double) / nullif(cast(people as double), 0e0) / nullif(cast(all_buyers as double) / nullif(cast(all_people as double), 0e0), 0e0) as lift,
        cast(expected_orders as double) as expected_orders,
        actual_orders,
        expected_value,
        actual_value,
        score_version
    from banded
),

final as (
    select * from measured
    union all
    -- base lists its columns as measured does
    select * from {{ ref('receipts@base') }} as earlier_receipts
)

select * from final
