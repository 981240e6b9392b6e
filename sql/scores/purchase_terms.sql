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
    where bounds.population = 'buyers'
),

logarithms as (
    select
        *,
        ln(greatest(scoring_alpha + t, 1e-12)) as log_now,
        ln(greatest(scoring_alpha + t_x, 1e-12)) as log_last,
        ln(greatest(scoring_alpha + t + h, 1e-12)) as log_ahead,
        ln(greatest(scoring_a, 1e-12)) as log_a,
        ln(greatest(scoring_b + x, 1e-12)) as log_b
    from inputs
),

-- differences of logarithms, never powers of ratios: nothing overflows with thousands of purchases
exponents as (
    select
        *,
        (scoring_r + x) * (log_now - log_last) + log_a - log_b as scoring_log_odds,
        (scoring_r + x) * (log_ahead - log_now) as scoring_purchases,
        (orders_r + x) * (ln(greatest(orders_alpha + t, 1e-12)) - ln(greatest(orders_alpha + t_x, 1e-12)))
            + ln(greatest(orders_a, 1e-12)) - ln(greatest(orders_b + x, 1e-12)) as orders_log_odds
    from logarithms
),

rates as (
    select
        *,
        1e0 / nullif(1e0 + exp(least(scoring_log_odds, 7e2)), 0e0) as scoring_alive,
        1e0 - exp(-least(scoring_purchases, 7e2)) as scoring_return,
        1e0 / nullif(1e0 + exp(least(orders_log_odds, 7e2)), 0e0) as alive
    from exponents
),

chances as (
    select *, least(greatest(scoring_alive * scoring_return, 1e-12), 1e0 - 1e-12) as mbg_chance
    from rates
),

final as (
    select
        *,
        ln(greatest(mbg_chance, 1e-12)) - ln(greatest(1e0 - mbg_chance, 1e-12)) as mbg_logit,
        if(scoring_model = 'mbg', ln(greatest(cast((scoring_r + x) * scoring_alpha as double) / nullif((scoring_alpha + t) * scoring_r, 0e0), 1e-12)), 0e0) as mbg_rate_gain,
        if(scoring_model = 'mbg', ln(greatest(scoring_alive * cast(scoring_a + scoring_b as double) / nullif(scoring_b, 0e0), 1e-12)), 0e0) as mbg_alive_gain
    from chances
)

select * from final
