with

inputs as (
    select
        features.*,
        bounds.*,
        cast(features.repeats as double) as x,
        cast(features.span_days as double) as t_x,
        cast(features.age_days as double) as t,
        cast({{ param('horizon_days') }} as double) as h
    from {{ ref('churn_features') }} as features
    cross join {{ ref('score_bounds') }} as bounds
),

-- differences of logarithms, never powers of ratios: nothing overflows with thousands of purchases
rates as (
    select
        *,
        1e0 / nullif(1e0 + exp(greatest(least((scoring_r + x) * (ln(greatest(scoring_alpha + t, 1e-12)) - ln(greatest(scoring_alpha + t_x, 1e-12)))
            + ln(greatest(scoring_a, 1e-12)) - ln(greatest(scoring_b + x, 1e-12)), 7e2), -7e2)), 0e0) as scoring_alive,
        1e0 - exp(-least((scoring_r + x) * (ln(greatest(scoring_alpha + t + h, 1e-12)) - ln(greatest(scoring_alpha + t, 1e-12))), 7e2)) as scoring_return,
        1e0 / nullif(1e0 + exp(greatest(least((orders_r + x) * (ln(greatest(orders_alpha + t, 1e-12)) - ln(greatest(orders_alpha + t_x, 1e-12)))
            + ln(greatest(orders_a, 1e-12)) - ln(greatest(orders_b + x, 1e-12)), 7e2), -7e2)), 0e0) as alive,
        h / nullif(orders_alpha + t, 0e0) as ratio_h,
        365e0 / nullif(orders_alpha + t, 0e0) as ratio_365d
    from inputs
),

final as (
    select
        *,
        ln(greatest(least(greatest(scoring_alive * scoring_return, 1e-12), 1e0 - 1e-12), 1e-12))
            - ln(greatest(1e0 - least(greatest(scoring_alive * scoring_return, 1e-12), 1e0 - 1e-12), 1e-12)) as mbg_logit,
        ln(greatest(cast((scoring_r + x) * scoring_alpha as double) / nullif((scoring_alpha + t) * scoring_r, 0e0), 1e-12)) as mbg_rate_gain,
        ln(greatest(scoring_alive * cast(scoring_a + scoring_b as double) / nullif(scoring_b, 0e0), 1e-12)) as mbg_alive_gain,
        ratio_h / nullif(1e0 + ratio_h, 0e0) as z_h,
        ratio_365d / nullif(1e0 + ratio_365d, 0e0) as z_365d,
        orders_a as dropout,
        orders_a + orders_b + 1e0 + x as series_s,
        orders_a + orders_b - orders_r as series_c
    from rates
)

select * from final
