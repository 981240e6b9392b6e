with

purchases as (
    select
        person_id as customer_id,
        cast(count(*) as bigint) as purchase_days,
        cast(sum(order_count) as bigint) as order_count,
        min(day) as first_order_date,
        max(day) as last_order_date,
        max(case when day < {{ param('new_since') }} then day end) as earlier_order_date,
        cast(sum(date_diff('day', day, next_day) * date_diff('day', day, next_day)) as bigint) as squared_gap_days,
        cast(count_if(day >= {{ param('new_since') }}) as bigint) as recent_purchase_days,
        cast(count_if(day > cast(date_add('day', -30, {{ param('as_of') }}) as date)) as bigint) as purchase_days_30d,
        cast(count_if(day > cast(date_add('day', -90, {{ param('as_of') }}) as date)) as bigint) as purchase_days_90d,
        cast(count_if(day > cast(date_add('day', -180, {{ param('as_of') }}) as date)) as bigint) as purchase_days_180d,
        -- narrow again at once: to round a sum of 38 digits costs a hundred times as much
        cast(sum(purchase_amount) as decimal(18,4)) as purchase_amount,
        min_by(purchase_amount, day) as first_purchase_amount,
        -- the greatest of one value is that value
        max(case when next_day is null then purchase_amount end) as last_purchase_amount,
        sum(foreign_order_count) as foreign_order_count,
        cast(sum(case when day > {{ param('year_ago') }} then order_count end) as bigint) as orders_365d,
        cast(sum(case when day > {{ param('year_ago') }} then purchase_amount end) as decimal(18,4)) as purchase_amount_365d,
        cast(count_if(day > {{ param('rfm_since') }}) as bigint) as rfm_purchase_days,
        cast(sum(case when day > {{ param('rfm_since') }} then purchase_amount end) as decimal(18,4)) as rfm_purchase_amount
    from {{ ref('spaced_days') }} as spaced_days
    group by person_id
),

returns as (
    select
        coalesce(shared.person_id, days.customer_id) as customer_id,
        cast(sum(days.return_amount) as decimal(18,4)) as return_amount,
        cast(sum(case when days.day > {{ param('year_ago') }} then days.return_amount end) as decimal(18,4)) as return_amount_365d,
        cast(sum(case when days.day > {{ param('rfm_since') }} then days.return_amount end) as decimal(18,4)) as rfm_return_amount
    from {{ ref('return_days') }} as days
    left join {{ ref('person_ids') }} as shared on days.customer_id = shared.customer_id
    where days.booked_by = {{ param('return_source') }}
        and days.day <= {{ param('as_of') }}
        and (days.known_from is null or days.known_from <= {{ param('as_of') }})
    group by coalesce(shared.person_id, days.customer_id)
),

final as (
    select
        purchases.customer_id,
        purchases.purchase_days,
        purchases.order_count,
        purchases.first_order_date,
        purchases.last_order_date,
        purchases.earlier_order_date,
        purchases.recent_purchase_days,
        coalesce(purchases.squared_gap_days, 0) as squared_gap_days,
        purchases.purchase_days_30d,
        purchases.purchase_days_90d,
        purchases.purchase_days_180d,
        cast(date_diff('day', purchases.last_order_date, {{ param('as_of') }}) as bigint) as recency_days,
        coalesce(purchases.orders_365d, 0) as orders_365d,
        purchases.rfm_purchase_days,
        case
            when not {{ param('has_amounts') }} then 'no_amounts'
            when purchases.foreign_order_count > 0 then 'currency'
        end as value_abstain_reason,
        purchases.purchase_amount,
        case when purchases.purchase_days > 1 then cast(purchases.purchase_amount - purchases.first_purchase_amount as decimal(18,4)) end as repeat_purchase_amount,
        purchases.last_purchase_amount,
        cast(purchases.purchase_amount - coalesce(returns.return_amount, cast(0 as decimal(18,4))) as decimal(18,2)) as net_amount,
        cast(coalesce(purchases.purchase_amount_365d, cast(0 as decimal(18,4))) - coalesce(returns.return_amount_365d, cast(0 as decimal(18,4))) as decimal(18,2)) as net_amount_365d,
        cast(coalesce(purchases.rfm_purchase_amount, cast(0 as decimal(18,4))) - coalesce(returns.rfm_return_amount, cast(0 as decimal(18,4))) as decimal(18,2)) as rfm_net_amount,
        date_diff('day', purchases.first_order_date, purchases.last_order_date) as span_days
    from purchases
    left join returns on purchases.customer_id = returns.customer_id
)

select * from final
