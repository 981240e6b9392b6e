with

judged_identities as (
    select
        *,
        case
            when customer_id is null or canonical_customer_id is null then 'no_customer_id'
            when customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as merged_ids) then 'placeholder_id'
            when canonical_customer_id in (select placeholder_id from {{ ref('placeholder_ids') }} as canonical_ids) then 'placeholder_id'
            when valid_from_date is null then 'no_date'
            when valid_from_date > {{ param('run_date') }} then 'after_run_date'
            when customer_id = canonical_customer_id then 'self_reference'
        end as unusable_because
    from {{ source('identities') }} as identities
    where recorded_date is null or recorded_date <= {{ param('run_date') }}
),

-- an identity holds until the day the next one of the same id begins; of several of one day only the last holds
spans as (
    select
        *,
        coalesce(lead(valid_from_date) over (
            partition by customer_id, unusable_because
            order by valid_from_date, valid_from_ms nulls first, canonical_customer_id desc nulls last
        ), date '9999-12-31') as held_until
    from judged_identities
),

-- each span once under the id that is merged and once under the id it is merged into
sides as (
    select
        spans.*,
        roles.is_merged_side,
        case when roles.is_merged_side then spans.customer_id else spans.canonical_customer_id end as side_id,
        spans.unusable_because is null and spans.valid_from_date < spans.held_until as is_held
    from spans
    cross join (values (true), (false)) as roles (is_merged_side)
),

neighbours as (
    select
        *,
        max(case when is_merged_side and is_held then held_until end) over (
            partition by side_id order by valid_from_date, is_merged_side desc, customer_id, held_until
            rows between unbounded preceding and 1 preceding
        ) as merged_before_until,
        min(case when is_merged_side and is_held then valid_from_date end) over (
            partition by side_id order by valid_from_date, is_merged_side desc, customer_id, held_until
            rows between 1 following and unbounded following
        ) as merged_after_from
    from sides
),

final as (
    select
        customer_id,
        canonical_customer_id,
        valid_from_date,
        valid_from_ms,
        case
            when unusable_because is not null then unusable_because
            when is_held and (merged_before_until > valid_from_date or merged_after_from < held_until) then 'chain'
        end as excluded_because,
        type_error,
        unmapped_column
    from neighbours
    where not is_merged_side
)

select * from final
