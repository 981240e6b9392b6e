with

orders as (
    select order_id, customer_id, order_date, counts_until, is_foreign
    from {{ ref('stg_orders') }} as stg_orders
    where is_purchase and order_id is not null
),

products as (
    select product_id, department, category, made_for, launched_date
    from {{ ref('stg_products') }} as stg_products
    where excluded_because is null
),

bought_lines as (
    select
        orders.customer_id,
        orders.order_date,
        orders.counts_until,
        orders.is_foreign,
        coalesce(lines.department, products.department) as department,
        nullif(trim(split_part(coalesce(lines.category, products.category), '>', 1)), '') as category,
        products.made_for,
        -- ordered ahead of the launch counts as new too
        date_diff('day', products.launched_date, orders.order_date) <= 42 as is_new_arrival,
        coalesce(lines.discount_amount > 0, false) or coalesce(lines.list_amount > lines.amount, false) as is_discounted,
        lines.quantity,
        case when not orders.is_foreign then lines.amount end as amount,
        case when not orders.is_foreign then coalesce(lines.list_amount, lines.amount + coalesce(lines.discount_amount, 0)) end as list_amount
    from {{ ref('stg_order_lines') }} as lines
    inner join orders on lines.order_id = orders.order_id
    left join products on lines.product_id = products.product_id
    where lines.excluded_because is null and lines.line_kind = 'goods' and not lines.is_return
),

final as (
    select
        customer_id,
        order_date as day,
        counts_until,
        cast(date_trunc('month', order_date) as date) as month,
        department,
        category,
        made_for,
        cast(count(*) as bigint) as line_count,
        cast(count_if(is_foreign) as bigint) as foreign_line_count,
        cast(count_if(is_discounted) as bigint) as discounted_line_count,
        -- null, not 0, where no launch day is known
        cast(sum(case when is_new_arrival then 1 when not is_new_arrival then 0 end) as bigint) as new_arrival_line_count,
        cast(sum(quantity) as decimal(18,4)) as quantity,
        cast(sum(amount) as decimal(18,4)) as amount,
        cast(sum(list_amount) as decimal(18,4)) as list_amount,
        cast(sum(case when is_discounted then amount else 0 end) as decimal(18,4)) as discounted_amount,
        cast(sum(case when is_new_arrival then amount when not is_new_arrival then 0 end) as decimal(18,4)) as new_arrival_amount
    from bought_lines
    group by customer_id, order_date, counts_until, department, category, made_for
)

select * from final
