with

-- of two changes at the same time the stricter one holds, and one that nobody can read most of all
ordered_changes as (
    select
        coalesce(shared.person_id, consents.customer_id) as customer_id,
        consents.purpose,
        consents.status,
        4 * coalesce(consents.changed_ms, 86400000 * date_diff('day', date '1970-01-01', consents.changed_date))
            + case consents.status when 'granted' then 0 when 'denied' then 1 when 'revoked' then 2 else 3 end as change_order
    from {{ ref('stg_consents') }} as consents
    left join {{ ref('person_ids') }} as shared on consents.customer_id = shared.customer_id
    where consents.excluded_because is null
        and consents.destination is null
        and consents.changed_date <= {{ param('as_of') }}
),

final as (
    select
        customer_id,
        max_by(status, case when purpose = 'ads' then change_order end) as ads_consent,
        max_by(status, case when purpose = 'email' then change_order end) as email_consent,
        max_by(status, case when purpose = 'sms' then change_order end) as sms_consent,
        max_by(status, case when purpose = 'push' then change_order end) as push_consent,
        max_by(status, case when purpose = 'post' then change_order end) as post_consent,
        max_by(status, case when purpose = 'personalisation' then change_order end) as personalisation_consent
    from ordered_changes
    group by customer_id
)

select * from final
