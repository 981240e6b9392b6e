with

known_campaigns as (
    select
        *,
        row_number() over (
            partition by campaign_id
            order by coalesce(updated_ms, 86400000 * date_diff('day', date '1970-01-01', updated_date)) desc nulls last,
                coalesce(recorded_ms, 86400000 * date_diff('day', date '1970-01-01', recorded_date)) desc nulls last,
                started_date desc nulls last, channel, theme
        ) as version_rank
    from {{ source('campaigns') }} as campaigns
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        campaign_id,
        channel,
        theme,
        started_date,
        case
            when campaign_id is null then 'no_campaign_id'
            when version_rank > 1 then 'older_version'
            when started_date > {{ param('run_date') }} then 'after_run_date'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_campaigns
)

select * from final
