with

internal_customers as (
    select customer_id
    from {{ ref('stg_customers') }} as customers
    where excluded_because is null and is_internal
),

final as (
    select distinct coalesce(person_ids.person_id, internal_customers.customer_id) as person_id
    from internal_customers
    left join {{ ref('person_ids') }} as person_ids on internal_customers.customer_id = person_ids.customer_id
)

select * from final
