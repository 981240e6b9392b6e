with

newest_identities as (
    select
        customer_id,
        canonical_customer_id,
        row_number() over (partition by customer_id order by valid_from_date desc nulls last, valid_from_ms desc nulls last, canonical_customer_id) as newest_first
    from {{ ref('stg_identities') }} as identities
    where excluded_because is null and valid_from_date <= {{ param('as_of') }}
),

merged_ids as (
    select customer_id, canonical_customer_id as person_id
    from newest_identities
    where newest_first = 1
),

-- ids whose days must be added up again: several ids of one person may share a day, and so may orders that count until
-- or from another date
shared_ids as (
    select customer_id from merged_ids
    union
    select person_id as customer_id from merged_ids
    union
    select customer_id from {{ ref('purchase_days') }} as purchase_days where counts_until is not null or known_from is not null
),

final as (
    select
        shared_ids.customer_id,
        coalesce(merged_ids.person_id, shared_ids.customer_id) as person_id
    from shared_ids
    left join merged_ids on shared_ids.customer_id = merged_ids.customer_id
)

select * from final
