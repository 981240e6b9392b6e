with

members as (
    select person_id, audience_id
    from {{ ref('memberships') }} as memberships
),

earlier_members as (
    select person_id, audience_id
    from {{ ref('memberships@base') }} as memberships_of_base
),

final as (
    select
        coalesce(members.person_id, earlier.person_id) as person_id,
        coalesce(members.audience_id, earlier.audience_id) as audience_id,
        case when earlier.person_id is null then 'insert' else 'delete' end as operation,
        'unattributed' as cause,
        {{ param('run_date') }} as run_date
    from members
    full outer join earlier_members as earlier on members.person_id = earlier.person_id and members.audience_id = earlier.audience_id
    where members.person_id is null or earlier.person_id is null
)

select * from final
