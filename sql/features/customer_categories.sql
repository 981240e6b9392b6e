with

-- the greatest of these texts is the greatest weight; of equal weights the last name wins
keyed_sums as (
    select
        *,
        lpad(cast(amount as varchar), 24, '0') || name as amount_key,
        lpad(cast(line_count as varchar), 24, '0') || name as line_key
    from {{ ref('category_sums') }} as category_sums
),

tops as (
    select
        customer_id,
        max(case when level = 'department' then amount_key end) as department_amount_key,
        max(case when level = 'department' then line_key end) as department_line_key,
        max(case when level = 'category' then amount_key end) as category_amount_key,
        max(case when level = 'category' then line_key end) as category_line_key,
        max(case when level = 'department' and name is not null then amount end) as department_amount,
        max(case when level = 'department' and name is not null then line_count end) as department_line_count,
        max(case when level = 'category' and name is not null then amount end) as category_amount,
        max(case when level = 'category' and name is not null then line_count end) as category_line_count,
        cast(count(case when level = 'department' then name end) as bigint) as department_count,
        max(case when level = 'total' then amount end) as amount,
        max(case when level = 'total' then line_count end) as line_count,
        max(case when level = 'total' then discounted_amount end) as discounted_amount,
        max(case when level = 'total' then discounted_line_count end) as discounted_line_count,
        max(case when level = 'total' then new_arrival_amount end) as new_arrival_amount,
        max(case when level = 'total' then new_arrival_line_count end) as new_arrival_line_count,
        max(case when level = 'total' then women_amount end) as women_amount,
        max(case when level = 'total' then women_line_count end) as women_line_count,
        max(case when level = 'total' then men_amount end) as men_amount,
        max(case when level = 'total' then men_line_count end) as men_line_count,
        max(case when level = 'total' then foreign_line_count end) = 0 and max(case when level = 'total' then amount end) > 0 as is_by_amount,
        bool_or(is_made_for_known) as is_made_for_known
    from keyed_sums
    group by customer_id
),

weights as (
    select
        tops.*,
        case
            when lower(attributes.gender) in ('f', 'female', 'w', 'woman', 'women') then if(is_by_amount, men_amount, men_line_count)
            when lower(attributes.gender) in ('m', 'male', 'man', 'men') then if(is_by_amount, women_amount, women_line_count)
        end as other_gender_weight,
        cast(if(is_by_amount, amount, line_count) as double) as weight
    from tops
    left join {{ ref('customer_attributes') }} as attributes on tops.customer_id = attributes.customer_id
),

final as (
    select
        customer_id,
        substr(if(is_by_amount, department_amount_key, department_line_key), 25) as favourite_department,
        round(cast(if(is_by_amount, department_amount, department_line_count) as double) / nullif(weight, 0e0), 6) as favourite_department_share,
        substr(if(is_by_amount, category_amount_key, category_line_key), 25) as favourite_category,
        round(cast(if(is_by_amount, category_amount, category_line_count) as double) / nullif(weight, 0e0), 6) as favourite_category_share,
        department_count,
        round(cast(if(is_by_amount, discounted_amount, discounted_line_count) as double) / nullif(weight, 0e0), 6) as discount_share,
        round(cast(if(is_by_amount, new_arrival_amount, new_arrival_line_count) as double) / nullif(weight, 0e0), 6) as new_arrival_share,
        case when is_made_for_known then round(cast(other_gender_weight as double) / nullif(weight, 0e0), 6) end as other_gender_share
    from weights
)

select * from final
