with

-- people told the same to four decimals: few enough rows to rank, however many people there are
cells as (
    select
        told_date,
        population,
        churn_tier,
        purchase_likelihood,
        floor(round(purchase_probability, 6) * 1e4) as probability_step,
        max(horizon_days) as horizon_days,
        max(score_model) as score_model,
        max(score_version) as score_version,
        cast(count(*) as bigint) as people,
        cast(sum(cast(purchase_probability as decimal(18,9))) as decimal(38,9)) as expected_buyers,
        cast(sum(cast(purchase_probability as decimal(18,9)) - cast(purchase_probability * purchase_probability as decimal(18,9))) as decimal(38,9)) as variance,
        cast(count_if(purchase_days > 0) as bigint) as actual_buyers,
        cast(sum(cast(expected_orders as decimal(18,9))) as decimal(38,9)) as expected_orders,
        cast(sum(case when expected_orders is not null then purchase_days end) as bigint) as actual_orders,
        cast(sum(expected_value) as decimal(18,2)) as expected_value,
        cast(sum(case when expected_value is not null then net_amount end) as decimal(18,2)) as actual_value
    from {{ ref('told_outcomes') }} as told_outcomes
    group by told_date, population, churn_tier, purchase_likelihood, floor(round(purchase_probability, 6) * 1e4)
),

ranked as (
    select
        *,
        sum(people) over (partition by told_date, population order by probability_step desc nulls last range between unbounded preceding and current row)
            - sum(people) over (partition by told_date, population, probability_step) as likelier_people,
        sum(people) over (partition by told_date, population) as all_people,
        sum(actual_buyers) over (partition by told_date, population) as all_buyers
    from cells
),

-- equal chances, equal decile: by the share of people with a greater one
grouped as (
    select
        ranked.*,
        groupings.grouped_by,
        case groupings.grouped_by
            when 'decile' then cast(cast(1 + floor(cast(10 * likelier_people as double) / nullif(cast(all_people as double), 0e0)) as bigint) as varchar)
            when 'churn_tier' then churn_tier
            when 'purchase_likelihood' then purchase_likelihood
            else 'all'
        end as group_name
    from ranked
    cross join unnest(array['all', 'churn_tier', 'decile', 'purchase_likelihood']) as groupings (grouped_by)
    -- people without a purchase have no tier
    where groupings.grouped_by <> 'churn_tier' or churn_tier <> 'none'
),

final as (
    select
        told_date,
        population,
        grouped_by,
        group_name,
        max(horizon_days) as horizon_days,
        max(score_model) as score_model,
        max(score_version) as score_version,
        cast(sum(people) as bigint) as people,
        cast(sum(expected_buyers) as decimal(38,9)) as expected_buyers,
        cast(sum(variance) as decimal(38,9)) as variance,
        cast(sum(actual_buyers) as bigint) as actual_buyers,
        cast(sum(expected_orders) as decimal(38,9)) as expected_orders,
        cast(sum(actual_orders) as bigint) as actual_orders,
        cast(sum(expected_value) as decimal(18,2)) as expected_value,
        cast(sum(actual_value) as decimal(18,2)) as actual_value,
        cast(max(all_people) as bigint) as all_people,
        cast(max(all_buyers) as bigint) as all_buyers
    from grouped
    group by told_date, population, grouped_by, group_name
)

select * from final
