with

final as (
    select
        coalesce(shared.person_id, days.customer_id) as customer_id,
        days.department,
        days.category,
        cast(sum(days.line_count) as bigint) as line_count,
        cast(sum(days.foreign_line_count) as bigint) as foreign_line_count,
        cast(sum(days.discounted_line_count) as bigint) as discounted_line_count,
        cast(sum(days.new_arrival_line_count) as bigint) as new_arrival_line_count,
        cast(sum(case when days.made_for = 'women' then days.line_count when days.made_for is not null then 0 end) as bigint) as women_line_count,
        cast(sum(case when days.made_for = 'men' then days.line_count when days.made_for is not null then 0 end) as bigint) as men_line_count,
        cast(sum(days.amount) as decimal(18,4)) as amount,
        cast(sum(days.discounted_amount) as decimal(18,4)) as discounted_amount,
        cast(sum(days.new_arrival_amount) as decimal(18,4)) as new_arrival_amount,
        cast(sum(case when days.made_for = 'women' then days.amount when days.made_for is not null then 0 end) as decimal(18,4)) as women_amount,
        cast(sum(case when days.made_for = 'men' then days.amount when days.made_for is not null then 0 end) as decimal(18,4)) as men_amount
    from {{ ref('category_days') }} as days
    left join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where days.day > {{ param('year_ago') }}
        and days.day <= {{ param('as_of') }}
        and (days.counts_until is null or days.counts_until >= {{ param('as_of') }})
    group by coalesce(shared.person_id, days.customer_id), days.department, days.category
)

select * from final
