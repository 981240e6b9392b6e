with

hits as (
    select person_id, audience_id
    from {{ ref('segment_hits') }} as segment_hits
),

earlier_memberships as (
    select person_id, audience_id, entered_date
    from {{ ref('memberships@base') }} as memberships
),

final as (
    select
        hits.person_id,
        hits.audience_id,
        coalesce(earlier.entered_date, {{ param('run_date') }}) as entered_date,
        cast(null as date) as valid_until,
        'treatment' as arm,
        {{ param('run_date') }} as run_date
    from hits
    left join earlier_memberships as earlier on hits.person_id = earlier.person_id and hits.audience_id = earlier.audience_id
)

select * from final
