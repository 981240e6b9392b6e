with

-- where lines or refunds name no customer, the order does; what is given back of an order that counts no more is no return
orders_by_id as (
    select
        order_id,
        max(customer_id) as customer_id,
        max(order_date) as order_date,
        max(known_from) as known_from,
        bool_or(is_void) as is_void
    from {{ ref('known_orders') }} as known_orders
    group by order_id
),

refunds as (
    select
        'refunds' as booked_by,
        coalesce(refunds.customer_id, orders_by_id.customer_id) as customer_id,
        refunds.refunded_date as day,
        refunds.known_from,
        refunds.amount
    from {{ ref('stg_refunds') }} as refunds
    left join orders_by_id on refunds.order_id = orders_by_id.order_id
    where refunds.excluded_because is null and not coalesce(orders_by_id.is_void, false)
),

return_lines as (
    select
        'lines' as booked_by,
        coalesce(lines.customer_id, orders_by_id.customer_id) as customer_id,
        coalesce(lines.ordered_date, orders_by_id.order_date) as day,
        orders_by_id.known_from,
        abs(lines.amount) as amount
    from {{ ref('stg_order_lines') }} as lines
    left join orders_by_id on lines.order_id = orders_by_id.order_id
    where lines.excluded_because is null
        and lines.is_return
        and lines.line_kind = 'goods'
        and not coalesce(orders_by_id.is_void, false)
),

returned_orders as (
    select
        case when amount < 0 then 'documents' else 'status' end as booked_by,
        customer_id,
        order_date as day,
        known_from,
        abs(amount) as amount
    from {{ ref('stg_orders') }} as stg_orders
    where excluded_because is null and not is_foreign and (amount < 0 or is_purchase and status = 'returned')
),

returns as (
    select booked_by, customer_id, day, known_from, amount from refunds
    union all
    select booked_by, customer_id, day, known_from, amount from return_lines
    union all
    select booked_by, customer_id, day, known_from, amount from returned_orders
),

final as (
    select
        booked_by,
        customer_id,
        day,
        known_from,
        cast(date_trunc('month', day) as date) as month,
        cast(count(*) as bigint) as return_count,
        cast(coalesce(sum(amount), 0) as decimal(18,4)) as return_amount
    from returns
    where customer_id is not null and day <= {{ param('run_date') }}
    group by booked_by, customer_id, day, known_from
)

select * from final
