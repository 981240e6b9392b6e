with

growths as (
    select
        *,
        (series_s - 1e0) / nullif(dropout - 1e0, 0e0) * (1e0 - exp(-(dropout - 1e0) * ln(greatest(1e0 + ratio_h, 1e0))) * series_h) as growth_h,
        (series_s - 1e0) / nullif(dropout - 1e0, 0e0) * (1e0 - exp(-(dropout - 1e0) * ln(greatest(1e0 + ratio_365d, 1e0))) * series_365d) as growth_365d
    from {{ ref('order_series') }} as order_series
),

-- never more than without dropout
final as (
    select
        repeats,
        age_days,
        case when orders_abstain_reason is null and z_h <= series_limit then least(greatest(growth_h, 0e0), (orders_r + x) * ratio_h) end as orders_h_if_kept,
        case when orders_abstain_reason is null and z_365d <= series_limit then least(greatest(growth_365d, 0e0), (orders_r + x) * ratio_365d) end as orders_365d_if_kept
    from growths
)

select * from final
