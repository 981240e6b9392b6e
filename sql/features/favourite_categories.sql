with

categories as (
    select
        customer_id,
        category,
        cast(sum(line_count) as decimal(18,4)) as lines,
        cast(coalesce(sum(amount), 0) as decimal(18,4)) as amount
    from {{ ref('person_categories') }} as person_categories
    where category is not null
    group by customer_id, category
),

-- the number in front has as many digits for everybody, so the greatest text has the greatest weight
tops as (
    select
        customer_id,
        max(amount) as amount,
        max(lines) as lines,
        max(cast(cast('10000000000000' as decimal(18,4)) + amount as varchar) || category) as amount_key,
        max(cast(cast('10000000000000' as decimal(18,4)) + lines as varchar) || category) as lines_key
    from categories
    group by customer_id
),

final as (
    select
        customer_id,
        substr(amount_key, 20) as name_by_amount,
        amount,
        substr(lines_key, 20) as name_by_lines,
        lines
    from tops
)

select * from final
