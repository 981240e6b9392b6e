with

final as (
    select
        person_id,
        day,
        lead(day) over (partition by person_id order by day) as next_day,
        order_count,
        purchase_amount,
        foreign_order_count
    from {{ ref('person_days') }} as person_days
)

select * from final
