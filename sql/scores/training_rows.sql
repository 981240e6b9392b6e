with

buyers as (
    select cast(count(distinct customer_id) as double) as buyer_count
    from {{ ref('purchase_days') }} as purchase_days
    where day <= {{ param('fit_date') }}
),

-- 52 bits of a hash, which a double holds: above the limit the same customers of every window; it stands below 500,000 rows by
-- more than chance ever adds to a sample
sampled as (
    select windows.*, buyers.buyer_count, cast(from_base(substr(lower(to_hex(sha256(to_utf8('training_rows:' || customer_id)))), 1, 13), 16) as double) as customer_hash
    from {{ ref('training_windows') }} as windows
    cross join buyers
),

final as (
    select
        sampled.as_of_window,
        sampled.customer_hash,
        case when sampled.as_of_window > 0 then coalesce(outcomes.has_bought, 0e0) end as has_bought,
        cast(repeats as double) as repeat_count,
        cast(span_days as double) as span_days,
        cast(age_days as double) as age_days,
        cast(recency_days as double) as recency_days,
        repeat_mean_amount * (1e0 - return_share) as order_value,
        log_recency_days,
        log_repeats,
        log_purchase_days_30d,
        log_purchase_days_90d,
        log_purchase_days_180d,
        log_earlier_purchase_days,
        log_age_days,
        is_one_time,
        log_mean_gap_days,
        gap_variation,
        log_overdue_ratio,
        is_amount_unknown,
        log_purchase_amount,
        log_mean_amount,
        log_last_amount_ratio,
        return_share,
        log_categories,
        log_lines,
        discount_share,
        is_visit_unknown,
        log_days_since_visit,
        log_visits_30d,
        log_carts_30d,
        is_click_unknown,
        log_days_since_click,
        log_clicks_90d,
        log_opens_90d
    from sampled
    left join {{ ref('person_ids@fit_date') }} as ids on sampled.customer_id = ids.customer_id
    left join {{ ref('window_outcomes') }} as outcomes on coalesce(ids.person_id, sampled.customer_id) = outcomes.person_id and sampled.as_of_window = outcomes.as_of_window
    where customer_hash * buyer_count * 5e0 < 490000e0 * 4503599627370496e0
)

select * from final
