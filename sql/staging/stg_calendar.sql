with

known_days as (
    select
        day,
        kind,
        country,
        name,
        row_number() over (
            partition by day, kind, country
            order by coalesce(updated_ms, 86400000 * date_diff('day', date '1970-01-01', updated_date)) desc nulls last, name
        ) as version_rank,
        type_error,
        unmapped_column
    from {{ source('calendar') }} as calendar
    where {{ param('has_calendar') }} and (recorded_date is null or recorded_date <= {{ param('run_date') }})
),

default_days as (
    select
        day,
        kind,
        country,
        name,
        cast(1 as bigint) as version_rank,
        cast(null as varchar) as type_error,
        cast(null as varchar) as unmapped_column
    from {{ ref('default_calendar') }} as default_calendar
    where not {{ param('has_calendar') }}
),

all_days as (
    select * from known_days
    union all
    select * from default_days
),

final as (
    select
        day,
        kind,
        country,
        name,
        case
            when day is null then 'no_day'
            when kind is null then 'no_kind'
            when version_rank > 1 then 'older_version'
        end as excluded_because,
        type_error,
        unmapped_column
    from all_days
)

select * from final
