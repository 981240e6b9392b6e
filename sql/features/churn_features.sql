with

assortments as (
    select
        customer_id,
        count(distinct coalesce(category, department)) as categories,
        cast(sum(line_count) as bigint) as lines,
        cast(sum(discounted_line_count) as bigint) as discounted_lines
    from {{ ref('person_categories') }} as person_categories
    group by customer_id
),

-- with one purchase day the gap is at least as long as the person is known, and nobody is overdue; with fewer than two gaps
-- they vary as chance would have it: by their mean
measures as (
    select
        orders.*,
        orders.purchase_days - 1 as repeats,
        date_diff('day', first_order_date, {{ param('as_of') }}) as age_days,
        value_abstain_reason is null and purchase_amount > 0 as has_amount,
        round(cast(purchase_amount as double) / nullif(cast(purchase_days as double), 0e0), 6) as mean_amount,
        round(purchase_days * cast(last_purchase_amount as double) / nullif(cast(purchase_amount as double), 0e0), 6) as last_amount_ratio,
        round(cast(cast(cast(purchase_amount as decimal(18,2)) as double) - cast(net_amount as double) as double) / nullif(cast(purchase_amount as double), 0e0), 6) as returned_share,
        assortments.categories, assortments.lines,
        round(coalesce(cast(discounted_lines as double) / nullif(cast(lines as double), 0e0), 0e0), 6) as discount_share,
        coalesce(is_visit_unknown, 1e0) as is_visit_unknown,
        coalesce(log_days_since_visit, 0e0) as log_days_since_visit,
        coalesce(log_visits_30d, 0e0) as log_visits_30d,
        coalesce(log_carts_30d, 0e0) as log_carts_30d,
        coalesce(is_click_unknown, 1e0) as is_click_unknown,
        coalesce(log_days_since_click, 0e0) as log_days_since_click,
        coalesce(log_clicks_90d, 0e0) as log_clicks_90d,
        coalesce(log_opens_90d, 0e0) as log_opens_90d
    from {{ ref('customer_orders') }} as orders
    left join assortments on orders.customer_id = assortments.customer_id
    left join {{ ref('activity_features') }} as activity on orders.customer_id = activity.customer_id
),

final as (
    select
        measures.*,
        case when has_amount and repeat_purchase_amount > 0 then round(cast(repeat_purchase_amount as double) / nullif(cast(repeats as double), 0e0), 6) end as repeat_mean_amount,
        ln(1e0 + abs(recency_days)) as log_recency_days,
        ln(1e0 + abs(repeats)) as log_repeats,
        ln(1e0 + abs(purchase_days_30d)) as log_purchase_days_30d,
        ln(1e0 + abs(purchase_days_90d)) as log_purchase_days_90d,
        ln(1e0 + abs(purchase_days_180d)) as log_purchase_days_180d,
        ln(1e0 + abs(purchase_days_180d - purchase_days_90d)) as log_earlier_purchase_days,
        ln(1e0 + abs(age_days)) as log_age_days,
        if(repeats = 0, 1e0, 0e0) as is_one_time,
        ln(1e0 + abs(coalesce(round(cast(span_days as double) / nullif(cast(repeats as double), 0e0), 6), age_days))) as log_mean_gap_days,
        coalesce(round(sqrt(cast(repeats * (repeats * squared_gap_days - span_days * span_days) as double) / nullif(cast(repeats - 1 as double), 0e0)) / nullif(cast(span_days as double), 0e0), 6), 1e0) as gap_variation,
        ln(1e0 + abs(coalesce(round(cast(recency_days * repeats as double) / nullif(cast(span_days as double), 0e0), 6), 1e0))) as log_overdue_ratio,
        if(has_amount, 0e0, 1e0) as is_amount_unknown,
        if(has_amount, ln(1e0 + abs(cast(purchase_amount as double))), 0e0) as log_purchase_amount,
        if(has_amount, ln(1e0 + abs(mean_amount)), 0e0) as log_mean_amount,
        if(has_amount, ln(1e0 + abs(last_amount_ratio)), 0e0) as log_last_amount_ratio,
        if(has_amount, greatest(0e0, least(1e0, returned_share)), 0e0) as return_share,
        ln(1e0 + abs(coalesce(categories, 0))) as log_categories,
        ln(1e0 + abs(coalesce(lines, 0))) as log_lines
    from measures
)

select * from final
