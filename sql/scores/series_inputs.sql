with

-- expected orders of somebody who is still a customer follow from two whole numbers, which many people share
histories as (
    select distinct
        purchase_days - 1 as repeats,
        date_diff('day', first_order_date, {{ param('run_date') }}) as age_days
    from {{ ref('customer_orders') }} as customer_orders
),

ratios as (
    select
        histories.*,
        bounds.*,
        cast(repeats as double) as x,
        cast({{ param('horizon_days') }} as double) / nullif(orders_alpha + cast(age_days as double), 0e0) as ratio_h,
        365e0 / nullif(orders_alpha + cast(age_days as double), 0e0) as ratio_365d
    from histories
    cross join {{ ref('score_bounds') }} as bounds
    where bounds.population = 'buyers'
),

final as (
    select
        repeats,
        age_days,
        x,
        orders_r,
        orders_abstain_reason,
        series_limit,
        ratio_h,
        ratio_365d,
        ratio_h / nullif(1e0 + ratio_h, 0e0) as z_h,
        ratio_365d / nullif(1e0 + ratio_365d, 0e0) as z_365d,
        orders_a as dropout,
        orders_a + orders_b + 1e0 + x as series_s,
        orders_a + orders_b - orders_r as series_c
    from ratios
)

select * from final
