with

-- all groups of one kind lie inside their bands together on 99 of 100 nights: two-sided normal quantiles, shared among the groups
banded as (
    select
        *,
        round(sqrt(cast(variance as double)), 6) * case grouped_by when 'all' then 2576e-3 when 'purchase_likelihood' then 2935e-3 when 'churn_tier' then 3023e-3 else 3291e-3 end + 5e-1 as band_width
    from {{ ref('told_groups') }} as told_groups
),

matured_tonight as (
    select
        'live' as kind,
        told_date,
        {{ param('run_date') }} as matured_date,
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
        actual_value
    from banded
),

final as (
    select * from matured_tonight
    union all
    -- base lists its columns as matured_tonight does
    select * from {{ ref('receipts@base') }} as earlier_receipts
)

select * from final
