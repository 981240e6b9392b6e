with

known_customers as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by coalesce(updated_ms, 86400000 * date_diff('day', date '1970-01-01', updated_date)) desc nulls last,
                coalesce(recorded_ms, 86400000 * date_diff('day', date '1970-01-01', recorded_date)) desc nulls last,
                created_date desc nulls last, is_internal desc nulls last, country, region, city, gender, time_zone, kind, birth_date
        ) as version_rank,
        substr(cast(birth_date as varchar), 6, 5) as birth_month_day
    from {{ source('customers') }} as customers
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

aged_customers as (
    select
        *,
        year({{ param('run_date') }}) - year(birth_date)
            - if(substr(cast({{ param('run_date') }} as varchar), 6, 5) < birth_month_day, 1, 0) as age
    from known_customers
),

final as (
    select
        customer_id,
        created_date,
        country,
        region,
        city,
        gender,
        time_zone,
        kind,
        coalesce(is_internal, false) as is_internal,
        case
            when age between 0 and 17 then 'under_18'
            when age between 18 and 24 then '18_24'
            when age between 25 and 34 then '25_34'
            when age between 35 and 44 then '35_44'
            when age between 45 and 54 then '45_54'
            when age between 55 and 64 then '55_64'
            -- birth years such as 1900 are what forms write when nobody answers
            when age between 65 and 110 then '65_plus'
        end as age_band,
        case when age between 0 and 110 then birth_month_day end as birth_month_day,
        coalesce(updated_date, recorded_date, created_date) as version_date,
        case
            when customer_id is null then 'no_customer_id'
            when version_rank > 1 then 'older_version'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as placeholder_ids) then 'placeholder_id'
            when created_date > {{ param('run_date') }} then 'after_run_date'
        end as excluded_because,
        type_error,
        unmapped_column
    from aged_customers
)

select * from final
