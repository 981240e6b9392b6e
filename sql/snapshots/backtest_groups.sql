with

groups as (
    select
        population,
        cast(split_part(part, ':', 1) as date) as told_date,
        split_part(part, ':', 2) as grouped_by,
        split_part(part, ':', 3) as group_name,
        max(horizon_days) as horizon_days,
        max(case when name = 'score_model' then text end) as score_model,
        cast(round(max(case when name = 'people' then value end)) as bigint) as people,
        cast(max(case when name = 'expected_buyers' then value end) as decimal(38,9)) as expected_buyers,
        cast(max(case when name = 'variance' then value end) as decimal(38,9)) as variance,
        cast(round(max(case when name = 'actual_buyers' then value end)) as bigint) as actual_buyers
    from {{ ref('score_parameters') }} as score_parameters
    where model = 'backtest'
    group by population, part
),

-- each horizon is back-tested once, by the first fit that scores: what base has already stays
tested_horizons as (
    select population, horizon_days
    from {{ ref('receipts@base') }} as earlier_receipts
    where kind = 'backtest'
    group by population, horizon_days
),

final as (
    select
        groups.told_date,
        groups.population,
        groups.grouped_by,
        groups.group_name,
        groups.horizon_days,
        groups.score_model,
        {{ param('score_version') }} as score_version,
        groups.people,
        groups.expected_buyers,
        groups.variance,
        groups.actual_buyers,
        cast(null as decimal(38,9)) as expected_orders,
        cast(null as bigint) as actual_orders,
        cast(null as decimal(18,2)) as expected_value,
        cast(null as decimal(18,2)) as actual_value,
        max(case when groups.grouped_by = 'all' then groups.people end) over (partition by groups.population, groups.told_date) as all_people,
        max(case when groups.grouped_by = 'all' then groups.actual_buyers end) over (partition by groups.population, groups.told_date) as all_buyers
    from groups
    left join tested_horizons on groups.population = tested_horizons.population and groups.horizon_days = tested_horizons.horizon_days
    where tested_horizons.horizon_days is null
)

select * from final
