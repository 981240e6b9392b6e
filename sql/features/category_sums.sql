with

days as (
    select
        coalesce(shared.person_id, days.customer_id) as customer_id,
        days.department,
        days.category,
        days.made_for,
        days.line_count,
        days.foreign_line_count,
        days.discounted_line_count,
        days.new_arrival_line_count,
        days.amount,
        days.discounted_amount,
        days.new_arrival_amount
    from {{ ref('category_days') }} as days
    left join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where days.day > {{ param('year_ago') }}
        and days.day <= {{ param('as_of') }}
        and (days.counts_until is null or days.counts_until >= {{ param('as_of') }})
),

final as (
    select
        customer_id,
        case when grouping(department) = 0 then 'department' when grouping(category) = 0 then 'category' else 'total' end as level,
        coalesce(department, category) as name,
        cast(sum(line_count) as bigint) as line_count,
        cast(sum(foreign_line_count) as bigint) as foreign_line_count,
        cast(sum(discounted_line_count) as bigint) as discounted_line_count,
        cast(sum(new_arrival_line_count) as bigint) as new_arrival_line_count,
        cast(sum(case when made_for = 'women' then line_count else 0 end) as bigint) as women_line_count,
        cast(sum(case when made_for = 'men' then line_count else 0 end) as bigint) as men_line_count,
        cast(coalesce(sum(amount), 0) as decimal(18,4)) as amount,
        cast(coalesce(sum(discounted_amount), 0) as decimal(18,4)) as discounted_amount,
        cast(sum(new_arrival_amount) as decimal(18,4)) as new_arrival_amount,
        cast(coalesce(sum(case when made_for = 'women' then amount end), 0) as decimal(18,4)) as women_amount,
        cast(coalesce(sum(case when made_for = 'men' then amount end), 0) as decimal(18,4)) as men_amount,
        count(made_for) > 0 as is_made_for_known
    from days
    group by grouping sets ((customer_id), (customer_id, department), (customer_id, category))
)

select * from final
