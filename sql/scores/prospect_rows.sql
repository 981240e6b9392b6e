with

-- numbers of the windows: src/core/scores/fit-windows.ts
windows as (
    select 1 as as_of_window, features.* from {{ ref('prospect_features@judged_date') }} as features
    union all
    select 2 as as_of_window, features.* from {{ ref('prospect_features@training_date_1') }} as features
    union all
    select 3 as as_of_window, features.* from {{ ref('prospect_features@training_date_2') }} as features
    union all
    select 4 as as_of_window, features.* from {{ ref('prospect_features@season_date') }} as features
),

-- the rows of all windows, counted without their features: whoever has bought since is in earlier ones all the same
known_prospects as (
    select customer_id from {{ ref('prospects@judged_date') }} as judged_prospects
    union all
    select customer_id from {{ ref('prospects@training_date_1') }} as newer_prospects
    union all
    select customer_id from {{ ref('prospects@training_date_2') }} as older_prospects
    union all
    select customer_id from {{ ref('prospects@season_date') }} as season_prospects
),

counted as (
    select cast(count(*) as double) as row_count
    from known_prospects
),

-- the hash and the limit of training_rows: above it the same people of every window
sampled as (
    select windows.*, row_count, cast(from_base(substr(lower(to_hex(sha256(to_utf8('training_rows:' || customer_id)))), 1, 13), 16) as double) as customer_hash
    from windows
    cross join counted
),

final as (
    select
        sampled.as_of_window,
        sampled.customer_hash,
        coalesce(outcomes.has_bought, 0e0) as has_bought,
        cast(recency_days as double) as recency_days,
        log_account_days,
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
    where customer_hash * row_count < 490000e0 * 4503599627370496e0
)

select * from final
