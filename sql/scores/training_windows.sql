with

-- numbers of the windows: src/core/scores/fit-windows.ts
final as (
    select 0 as as_of_window, features.* from {{ ref('churn_features@fit_date') }} as features
    union all
    select 1 as as_of_window, features.* from {{ ref('churn_features@judged_date') }} as features
    union all
    select 2 as as_of_window, features.* from {{ ref('churn_features@training_date_1') }} as features
    union all
    select 3 as as_of_window, features.* from {{ ref('churn_features@training_date_2') }} as features
    union all
    select 4 as as_of_window, features.* from {{ ref('churn_features@season_date') }} as features
)

select * from final
