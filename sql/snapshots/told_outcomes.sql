with

told_people as (
    select
        told.id,
        coalesce(merged.person_id, told.id) as person_id,
        told.run_date as told_date,
        told.horizon_days,
        case when told.purchase_days > 0 then 'buyers' else 'prospects' end as population,
        told.score_model,
        told.score_version,
        coalesce(told.churn_tier, 'none') as churn_tier,
        told.purchase_likelihood,
        -- nights of before told the chance of a purchase as a churn probability alone
        coalesce(told.purchase_probability, 1e0 - told.churn_probability) as purchase_probability,
        told.expected_orders,
        told.expected_value
    from {{ ref('people@told') }} as told
    left join {{ ref('person_ids') }} as merged on told.id = merged.customer_id
    where coalesce(told.purchase_probability, told.churn_probability) is not null
),

-- of people who have turned out to be one, the row of the id that stays is judged, else that of the least id
judged_people as (
    select
        told_people.*,
        row_number() over (partition by told_people.told_date, told_people.person_id order by case when told_people.id = told_people.person_id then 0 else 1 end, told_people.id) as place
    from told_people
    left join {{ ref('internal_people') }} as internal_people on told_people.person_id = internal_people.person_id
    where internal_people.person_id is null
),

-- what happened since, as it is known tonight and for whom it is known tonight
bookings as (
    select person_id, day, 1 as purchase_days, order_count, foreign_order_count, purchase_amount as net_amount
    from {{ ref('person_days') }} as person_days
    where day > {{ param('told_since') }}
    union all
    select coalesce(shared.person_id, days.customer_id) as person_id, days.day, 0 as purchase_days, 0 as order_count, 0 as foreign_order_count, -days.return_amount as net_amount
    from {{ ref('return_days') }} as days
    left join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where days.booked_by = {{ param('return_source') }}
        and days.day > {{ param('told_since') }}
        and days.day <= {{ param('run_date') }}
        and (days.known_from is null or days.known_from <= {{ param('run_date') }})
),

final as (
    select
        judged.told_date,
        judged.id as person_id,
        max(judged.horizon_days) as horizon_days,
        max(judged.population) as population,
        max(judged.score_model) as score_model,
        max(judged.score_version) as score_version,
        max(judged.churn_tier) as churn_tier,
        max(judged.purchase_likelihood) as purchase_likelihood,
        max(judged.purchase_probability) as purchase_probability,
        max(judged.expected_orders) as expected_orders,
        -- money in another currency is no answer to what was expected in the shop's
        case when coalesce(sum(bookings.foreign_order_count), 0) = 0 then max(judged.expected_value) end as expected_value,
        cast(coalesce(sum(bookings.purchase_days), 0) as bigint) as purchase_days,
        cast(coalesce(sum(bookings.order_count), 0) as bigint) as order_count,
        cast(coalesce(sum(bookings.net_amount), 0) as decimal(18,2)) as net_amount
    from judged_people as judged
    left join bookings on judged.person_id = bookings.person_id and bookings.day > judged.told_date
    where judged.place = 1
    group by judged.told_date, judged.id
)

select * from final
