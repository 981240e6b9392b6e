with

-- what the fit reads; the rows are made of it by src/core/scores/fits.ts
final as (
    select
        training_rows.*,
        {{ param('fit_date') }} as as_of_date,
        {{ param('horizon_days') }} as horizon_days,
        {{ param('frozen_is_provisional') }} as is_provisional
    from {{ ref('training_rows') }} as training_rows
)

select * from final
