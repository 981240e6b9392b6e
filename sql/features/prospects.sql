with

buyers as (
    select person_id
    from {{ ref('person_days') }} as person_days
    group by person_id
),

-- whoever has no day on which the account was made may have been entered by the first order: nothing can be learned of them
final as (
    select
        attributes.customer_id,
        cast(date_diff('day', attributes.created_date, {{ param('as_of') }}) as bigint) as account_days
    from {{ ref('customer_attributes') }} as attributes
    left join buyers on attributes.customer_id = buyers.person_id
    where buyers.person_id is null
        and attributes.created_date is not null
        and ({{ param('has_events') }} or {{ param('has_campaign_events') }})
)

select * from final
