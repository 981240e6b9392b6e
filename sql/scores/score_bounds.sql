with

populations as (
    select population
    from (values ('buyers'), ('prospects')) as populations (population)
),

-- a row of each population even where nothing was fitted, because everybody is joined with it; where a parameter is missing
-- nothing may be made of it: 1 keeps the formulas finite, the flags keep them unpublished
final as (
    select
        populations.population,
        coalesce(max(case populations.population when 'prospects' then prospect_model else score_model end), 'none') as scoring_model,
        coalesce(max(case populations.population when 'prospects' then prospect_reason else score_reason end), 'no_model') as score_reason,
        max(case when model = 'score' and part = 'level' and name = 'shift' then value end) as shift,
        max(case when model = 'score' and part = 'level' and name = 'intercept' then value end) as intercept,
        coalesce(max(case when model = 'score' and part = 'purchases' and name = 'r' then value end), 1e0) as scoring_r,
        coalesce(max(case when model = 'score' and part = 'purchases' and name = 'alpha' then value end), 1e0) as scoring_alpha,
        coalesce(max(case when model = 'score' and part = 'purchases' and name = 'a' then value end), 1e0) as scoring_a,
        coalesce(max(case when model = 'score' and part = 'purchases' and name = 'b' then value end), 1e0) as scoring_b,
        coalesce(max(case when model = 'score' and part = 'cut' and name = 'likely_from' then value end), 2e0) as likely_from,
        max(case when model = 'score' and part = 'cut' and name = 'medium_from' then value end) as medium_from,
        max(case when model = 'score' and part = 'cut' and name = 'high_from' then value end) as high_from,
        coalesce(max(case when model = 'orders' and part = 'parameter' and name = 'r' then value end), 1e0) as orders_r,
        coalesce(max(case when model = 'orders' and part = 'parameter' and name = 'alpha' then value end), 1e0) as orders_alpha,
        coalesce(max(case when model = 'orders' and part = 'parameter' and name = 'a' then value end), 2e0) as orders_a,
        coalesce(max(case when model = 'orders' and part = 'parameter' and name = 'b' then value end), 1e0) as orders_b,
        coalesce(max(case when model = 'orders' and part = 'fit' and name = 'series_limit' then value end), 0e0) as series_limit,
        coalesce(max(case when model = 'orders' and part = 'abstain' then text end), case when count(model) = 0 then 'no_model' end) as orders_abstain_reason,
        coalesce(max(case when model = 'value' and part = 'parameter' and name = 'p' then value end), 1e0) as value_p,
        coalesce(max(case when model = 'value' and part = 'parameter' and name = 'q' then value end), 2e0) as value_q,
        coalesce(max(case when model = 'value' and part = 'parameter' and name = 'v' then value end), 1e0) as value_v,
        coalesce(max(case when model = 'value' and part = 'abstain' then text end), case when count(model) = 0 then 'no_model' end) as order_value_abstain_reason
    from populations
    left join {{ ref('score_parameters') }} as parameters on populations.population = parameters.population
    group by populations.population
)

select * from final
