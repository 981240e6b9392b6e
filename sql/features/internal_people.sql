with

internal_customers as (
    select customer_id
    from {{ ref('stg_customers') }} as customers
    where excluded_because is null and is_internal
),

internal_ids as (
    select distinct coalesce(person_ids.person_id, internal_customers.customer_id) as person_id
    from internal_customers
    left join {{ ref('person_ids') }} as person_ids on internal_customers.customer_id = person_ids.customer_id
),

-- what is left out of the shop's numbers for their sake
internal_purchases as (
    select internal_ids.person_id, sum(days.order_count) as order_count
    from {{ ref('purchase_days') }} as days
    left join {{ ref('person_ids') }} as all_ids on days.customer_id = all_ids.customer_id
    inner join internal_ids on coalesce(all_ids.person_id, days.customer_id) = internal_ids.person_id
    where days.day <= {{ param('as_of') }} and (days.counts_until is null or days.counts_until >= {{ param('as_of') }})
    group by internal_ids.person_id
),

final as (
    select internal_ids.person_id, cast(coalesce(internal_purchases.order_count, 0) as bigint) as order_count
    from internal_ids
    left join internal_purchases on internal_ids.person_id = internal_purchases.person_id
)

select * from final
