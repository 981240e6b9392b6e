with

orders as (
    select customer_id, order_date, known_from, amount, status, is_purchase
    from {{ ref('stg_orders') }} as stg_orders
    where excluded_because is null and not is_foreign
),

-- where lines or refunds name no customer, the order does; what is given back of an order that counts no more is no return
known_orders as (
    select
        order_id,
        max(customer_id) as customer_id,
        max(order_date) as order_date,
        max(known_from) as known_from,
        bool_or(excluded_because = 'test_order' or status = 'cancelled' or counts_until is not null) as is_void
    from {{ ref('stg_orders') }} as all_orders
    where order_id is not null
        and (excluded_because is null or excluded_because = 'test_order')
        and {{ param('return_source') }} in ('refunds', 'lines')
    group by order_id
),

refunds as (
    select coalesce(refunds.customer_id, known_orders.customer_id) as customer_id, refunds.refunded_date as day, refunds.known_from, refunds.amount
    from {{ ref('stg_refunds') }} as refunds
    left join known_orders on refunds.order_id = known_orders.order_id
    where refunds.excluded_because is null and not coalesce(known_orders.is_void, false) and {{ param('return_source') }} = 'refunds'
),

return_lines as (
    select
        coalesce(lines.customer_id, known_orders.customer_id) as customer_id,
        coalesce(lines.ordered_date, known_orders.order_date) as day,
        known_orders.known_from,
        abs(lines.amount) as amount
    from {{ ref('stg_order_lines') }} as lines
    left join known_orders on lines.order_id = known_orders.order_id
    where lines.excluded_because is null
        and lines.is_return
        and lines.line_kind = 'goods'
        and not coalesce(known_orders.is_void, false)
        and {{ param('return_source') }} = 'lines'
),

returns as (
    select customer_id, day, known_from, amount from refunds
    union all
    select customer_id, day, known_from, amount from return_lines
    union all
    select customer_id, order_date as day, known_from, abs(amount) as amount from orders where amount < 0 and {{ param('return_source') }} = 'documents'
    union all
    select customer_id, order_date as day, known_from, amount from orders where is_purchase and status = 'returned' and {{ param('return_source') }} = 'status'
),

final as (
    select
        customer_id,
        day,
        known_from,
        cast(date_trunc('month', day) as date) as month,
        cast(count(*) as bigint) as return_count,
        cast(coalesce(sum(amount), 0) as decimal(18,4)) as return_amount
    from returns
    where customer_id is not null and day <= {{ param('run_date') }}
    group by customer_id, day, known_from
)

select * from final
