with

buyers as (
    select 'buyers' as population, as_of_window, customer_hash, has_bought
    from {{ ref('training_rows') }} as training_rows
),

prospects as (
    select 'prospects' as population, as_of_window, customer_hash, has_bought
    from {{ ref('prospect_rows') }} as prospect_rows
),

-- what the fit reads, features beside; the rows are made of it by src/core/scores/fits.ts
final as (
    select
        people.*,
        {{ param('fit_date') }} as as_of_date,
        {{ param('horizon_days') }} as horizon_days,
        {{ param('frozen_is_provisional') }} as is_provisional
    from (select * from buyers union all select * from prospects) as people
)

select * from final
