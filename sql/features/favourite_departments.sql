with

departments as (
    select
        customer_id,
        department,
        cast(sum(line_count) as decimal(18,4)) as lines,
        cast(coalesce(sum(amount), 0) as decimal(18,4)) as amount
    from {{ ref('person_categories') }} as person_categories
    where department is not null
    group by customer_id, department
),

-- the number in front has as many digits for everybody, so the greatest text has the greatest weight
tops as (
    select
        customer_id,
        cast(count(*) as bigint) as department_count,
        max(amount) as amount,
        max(lines) as lines,
        max(cast(cast('10000000000000' as decimal(18,4)) + amount as varchar) || department) as amount_key,
        max(cast(cast('10000000000000' as decimal(18,4)) + lines as varchar) || department) as lines_key
    from departments
    group by customer_id
),

final as (
    select
        customer_id,
        department_count,
        substr(amount_key, 20) as name_by_amount,
        amount,
        substr(lines_key, 20) as name_by_lines,
        lines
    from tops
)

select * from final
