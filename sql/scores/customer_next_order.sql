with

-- a class with fewer than a hundred repeat purchases uses the curve of all, as the stages do
curve_classes as (
    select purchase_class, case when sum(ended_count) >= 100 then purchase_class else 'all' end as curve_class
    from {{ ref('return_curves') }} as return_curves
    group by purchase_class
),

histories as (
    select
        people.*,
        people.purchase_days - 1 as repeats,
        date_diff('day', people.first_order_date, {{ param('run_date') }}) as age_days,
        case
            when purchase_days = 0 then cast(null as varchar)
            when purchase_days = 1 then '1'
            when purchase_days = 2 then '2'
            when purchase_days <= 5 then '3-5'
            else '6+'
        end as purchase_class,
        bounds.orders_r,
        bounds.orders_alpha,
        bounds.orders_abstain_reason is null as has_model
    from {{ ref('known_people') }} as people
    cross join {{ ref('score_bounds') }} as bounds
    where bounds.population = 'buyers'
),

-- the purchase rate given all that is known of a person is gamma; without a purchase model only the own purchases are known
rates as (
    select
        histories.*,
        case when repeats < 1 then 'unknown' when has_model then 'purchase_model' else 'own_rhythm' end as next_order_basis,
        case when repeats > 0 then cast(repeats as double) + if(has_model, orders_r, 0e0) end as shape,
        cast(age_days as double) + if(has_model, orders_alpha, 0e0) as scale_days
    from histories
),

-- after how many days a quarter, half and three quarters of such people have ordered, if they order at all: quantiles of a Lomax
waits as (
    select
        rates.*,
        round(scale_days * (power(75e-2, -1e0 / nullif(shape, 0e0)) - 1e0), 6) as from_days,
        round(scale_days * (power(5e-1, -1e0 / nullif(shape, 0e0)) - 1e0), 6) as expected_days,
        round(scale_days * (power(25e-2, -1e0 / nullif(shape, 0e0)) - 1e0), 6) as to_days
    from rates
),

final as (
    select
        waits.*,
        -- never before tomorrow: tonight they are silent still
        cast(date_add('day', cast(ceil(greatest(least(from_days, 36500e0), 1e0)) as bigint), {{ param('run_date') }}) as date) as next_order_from,
        cast(date_add('day', cast(ceil(greatest(least(expected_days, 36500e0), 1e0)) as bigint), {{ param('run_date') }}) as date) as next_order_expected,
        cast(date_add('day', cast(ceil(greatest(least(to_days, 36500e0), 1e0)) as bigint), {{ param('run_date') }}) as date) as next_order_to,
        case when waits.repeats = 0 then 'one_time_buyer' when waits.repeats < 0 then 'no_purchase' end as next_order_abstain_reason,
        curves.return_chance
    from waits
    left join curve_classes on waits.purchase_class = curve_classes.purchase_class
    left join {{ ref('return_curves') }} as curves
        on coalesce(curve_classes.curve_class, 'all') = curves.purchase_class and waits.recency_days = curves.day
)

select * from final
