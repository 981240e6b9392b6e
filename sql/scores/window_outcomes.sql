with

as_of_dates as (
    select as_of_window, as_of_date
    from (values (0, {{ param('fit_date') }}), (1, {{ param('judged_date') }}), (2, {{ param('training_date_1') }}), (3, {{ param('training_date_2') }}), (4, {{ param('season_date') }})) as dates (as_of_window, as_of_date)
),

-- who bought within the horizon, under the id merged into by the fit
final as (
    select dates.as_of_window, days.person_id, 1e0 as has_bought
    from {{ ref('person_days@fit_date') }} as days
    inner join as_of_dates as dates on days.day > dates.as_of_date and date_diff('day', dates.as_of_date, days.day) <= {{ param('horizon_days') }}
    group by dates.as_of_window, days.person_id
)

select * from final
