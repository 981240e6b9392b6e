with

-- shares go by lines where lines have no amounts or some are in another currency
totals as (
    select
        customer_id,
        sum(foreign_line_count) = 0 and coalesce(sum(amount), 0) > 0 as is_by_amount,
        sum(line_count) as lines,
        sum(amount) as amount,
        sum(discounted_line_count) as discounted_lines,
        sum(discounted_amount) as discounted_amount,
        sum(new_arrival_line_count) as new_arrival_lines,
        sum(new_arrival_amount) as new_arrival_amount,
        sum(women_line_count) as women_lines,
        sum(women_amount) as women_amount,
        sum(men_line_count) as men_lines,
        sum(men_amount) as men_amount
    from {{ ref('person_categories') }} as person_categories
    group by customer_id
),

weights as (
    select
        totals.customer_id,
        case when is_by_amount then departments.name_by_amount else departments.name_by_lines end as favourite_department,
        case when is_by_amount then categories.name_by_amount else categories.name_by_lines end as favourite_category,
        coalesce(departments.department_count, 0) as department_count,
        case when is_by_amount then cast(totals.amount as double) else cast(totals.lines as double) end as weight,
        case when is_by_amount then cast(departments.amount as double) else cast(departments.lines as double) end as department_weight,
        case when is_by_amount then cast(categories.amount as double) else cast(categories.lines as double) end as category_weight,
        case when is_by_amount then cast(discounted_amount as double) else cast(discounted_lines as double) end as discounted_weight,
        case when is_by_amount then cast(new_arrival_amount as double) else cast(new_arrival_lines as double) end as new_arrival_weight,
        case when is_by_amount then cast(women_amount as double) else cast(women_lines as double) end as women_weight,
        case when is_by_amount then cast(men_amount as double) else cast(men_lines as double) end as men_weight
    from totals
    left join {{ ref('favourite_departments') }} as departments on totals.customer_id = departments.customer_id
    left join {{ ref('favourite_categories') }} as categories on totals.customer_id = categories.customer_id
),

final as (
    select
        weights.customer_id,
        favourite_department,
        round(department_weight / nullif(weight, 0e0), 6) as favourite_department_share,
        favourite_category,
        round(category_weight / nullif(weight, 0e0), 6) as favourite_category_share,
        department_count,
        round(discounted_weight / nullif(weight, 0e0), 6) as discount_share,
        round(new_arrival_weight / nullif(weight, 0e0), 6) as new_arrival_share,
        round(case
            when lower(attributes.gender) in ('f', 'female', 'w', 'woman', 'women') then men_weight
            when lower(attributes.gender) in ('m', 'male', 'man', 'men') then women_weight
        end / nullif(weight, 0e0), 6) as other_gender_share
    from weights
    left join {{ ref('customer_attributes') }} as attributes on weights.customer_id = attributes.customer_id
)

select * from final
