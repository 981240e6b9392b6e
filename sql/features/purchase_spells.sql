with

numbered_days as (
    select day, next_day, row_number() over (partition by person_id order by day) as purchase_number
    from {{ ref('spaced_days') }} as spaced_days
),

spells as (
    select
        case when purchase_number = 1 then '1' when purchase_number = 2 then '2' when purchase_number <= 5 then '3-5' else '6+' end as purchase_class,
        cast(date_diff('day', day, coalesce(next_day, {{ param('as_of') }})) as bigint) as days,
        next_day is not null as is_ended
    from numbered_days
),

final as (
    select
        purchase_class,
        days,
        cast(count_if(is_ended) as bigint) as ended_count,
        cast(count_if(not is_ended) as bigint) as open_count
    from spells
    group by purchase_class, days
)

select * from final
