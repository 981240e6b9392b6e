with

-- most ids are one person's only id with one row a day: their rows pass through without being grouped again
unshared_days as (
    select
        days.customer_id as person_id,
        days.day,
        days.order_count,
        days.purchase_amount,
        days.foreign_order_count
    from {{ ref('purchase_days') }} as days
    left join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where shared.customer_id is null and days.day <= {{ param('as_of') }}
),

shared_days as (
    select
        shared.person_id,
        days.day,
        cast(sum(days.order_count) as bigint) as order_count,
        cast(sum(days.purchase_amount) as decimal(18,4)) as purchase_amount,
        cast(sum(days.foreign_order_count) as bigint) as foreign_order_count
    from {{ ref('purchase_days') }} as days
    inner join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where days.day <= {{ param('as_of') }}
        and (days.counts_until is null or days.counts_until >= {{ param('as_of') }})
        and (days.known_from is null or days.known_from <= {{ param('as_of') }})
    group by shared.person_id, days.day
),

all_days as (
    select * from unshared_days
    union all
    select * from shared_days
),

final as (
    select all_days.*
    from all_days
    left join {{ ref('internal_people') }} as internal_people on all_days.person_id = internal_people.person_id
    where internal_people.person_id is null
)

select * from final
