with

known_referrals as (
    select referrer_customer_id, referred_customer_id, referred_date, type_error, unmapped_column
    from {{ source('referrals') }} as referrals
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        referrer_customer_id,
        referred_customer_id,
        referred_date,
        case
            when referrer_customer_id is null or referred_customer_id is null then 'no_customer_id'
            when referrer_customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as referrers) then 'placeholder_id'
            when referred_customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as referred) then 'placeholder_id'
            when referred_date is null then 'no_date'
            when referred_date > {{ param('run_date') }} then 'after_run_date'
            when referrer_customer_id = referred_customer_id then 'self_referral'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_referrals
)

select * from final
