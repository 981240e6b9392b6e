with

-- most ids are one person's only id: their rows pass through without being ranked
unshared_rows as (
    select customers.*
    from {{ ref('stg_customers') }} as customers
    left join {{ ref('person_ids') }} as shared on customers.customer_id = shared.customer_id
    where shared.customer_id is null
        and customers.excluded_because is null
        and (customers.created_date is null or customers.created_date <= {{ param('as_of') }})
),

ranked_rows as (
    select
        customers.*,
        shared.person_id,
        row_number() over (
            partition by shared.person_id
            order by if(customers.customer_id = shared.person_id, 0, 1), customers.version_date desc nulls last, customers.customer_id
        ) as own_first
    from {{ ref('stg_customers') }} as customers
    inner join {{ ref('person_ids') }} as shared on customers.customer_id = shared.customer_id
    where customers.excluded_because is null and (customers.created_date is null or customers.created_date <= {{ param('as_of') }})
),

people as (
    select customer_id as person_id, created_date, country, region, city, gender, time_zone, kind, age_band, birth_month_day
    from unshared_rows
    union all
    select person_id, created_date, country, region, city, gender, time_zone, kind, age_band, birth_month_day
    from ranked_rows
    where own_first = 1
),

final as (
    select
        people.person_id as customer_id,
        people.created_date,
        people.country,
        people.region,
        people.city,
        people.gender,
        people.time_zone,
        people.kind,
        people.age_band,
        people.birth_month_day
    from people
    left join {{ ref('internal_people') }} as internal_people on people.person_id = internal_people.person_id
    where internal_people.person_id is null
)

select * from final
