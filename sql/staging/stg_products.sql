with

known_products as (
    select
        *,
        row_number() over (
            partition by product_id
            order by coalesce(updated_ms, 86400000 * date_diff('day', date '1970-01-01', updated_date)) desc nulls last,
                coalesce(recorded_ms, 86400000 * date_diff('day', date '1970-01-01', recorded_date)) desc nulls last,
                launched_date desc nulls last, category, department, made_for, collection, brand
        ) as version_rank
    from {{ source('products') }} as products
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

final as (
    select
        product_id,
        category,
        department,
        made_for,
        launched_date,
        collection,
        brand,
        case
            when product_id is null then 'no_product_id'
            when version_rank > 1 then 'older_version'
        end as excluded_because,
        type_error,
        unmapped_column
    from known_products
)

select * from final
