with

-- the same two people count once, however often the shop wrote it down; ids of one person bring nobody
referral_pairs as (
    select
        coalesce(referrers.person_id, referrals.referrer_customer_id) as customer_id,
        coalesce(referred.person_id, referrals.referred_customer_id) as referred_id
    from {{ ref('stg_referrals') }} as referrals
    left join {{ ref('person_ids') }} as referrers on referrals.referrer_customer_id = referrers.customer_id
    left join {{ ref('person_ids') }} as referred on referrals.referred_customer_id = referred.customer_id
    where referrals.excluded_because is null and referrals.referred_date <= {{ param('as_of') }}
    group by coalesce(referrers.person_id, referrals.referrer_customer_id), coalesce(referred.person_id, referrals.referred_customer_id)
),

signs as (
    select customer_id, 'referral' as sign, cast(null as date) as day, cast(null as bigint) as sign_order, cast(null as decimal(18,4)) as score
    from referral_pairs
    where customer_id <> referred_id
    union all
    select customer_id, 'survey' as sign, answered_date as day, cast(null as bigint) as sign_order, cast(null as decimal(18,4)) as score
    from {{ ref('stg_survey_answers') }} as survey_answers
    where excluded_because is null and answered_date <= {{ param('as_of') }}
    union all
    select
        customer_id,
        kind as sign,
        given_date as day,
        coalesce(given_ms, 86400000 * date_diff('day', date '1970-01-01', given_date)) as sign_order,
        score
    from {{ ref('stg_feedback') }} as feedback
    where excluded_because is null and given_date <= {{ param('as_of') }}
    union all
    select customer_id, 'suppression' as sign, from_date as day, cast(null as bigint) as sign_order, cast(null as decimal(18,4)) as score
    from {{ ref('stg_suppressions') }} as suppressions
    where excluded_because is null
        and destination is null
        and from_date <= {{ param('as_of') }}
        and (until_date is null or until_date >= {{ param('as_of') }})
),

people_signs as (
    select coalesce(shared.person_id, signs.customer_id) as customer_id, signs.sign, signs.day, signs.sign_order, signs.score
    from signs
    left join {{ ref('person_ids') }} as shared on signs.customer_id = shared.customer_id
),

final as (
    select
        customer_id,
        cast(count_if(sign = 'referral') as bigint) as referral_count,
        cast(count_if(sign in ('review', 'nps', 'ticket')) as bigint) as feedback_count,
        -- of several scores of one moment the lowest
        max_by(score, case when sign = 'nps' and score is not null then 100000 * sign_order - cast(round(100 * score) as bigint) end) as last_nps_score,
        max(case when sign = 'survey' then day end) as last_survey_date,
        count_if(sign = 'suppression') > 0 as is_suppressed
    from people_signs
    group by customer_id
)

select * from final
