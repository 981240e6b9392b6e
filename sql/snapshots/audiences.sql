with

-- a segment whose file is gone appears once more, as retired, so that its removals have a name
definitions as (
    select id, name, description, owner, status, definition_hash, definition
    from {{ ref('audience_definitions') }} as audience_definitions
    union all
    select earlier.id, earlier.name, earlier.description, earlier.owner, 'retired' as status, earlier.definition_hash, earlier.definition
    from {{ ref('audiences@base') }} as earlier
    left join {{ ref('audience_definitions') }} as defined on earlier.id = defined.id
    where defined.id is null and earlier.status <> 'retired'
),

members as (
    select audience_id, count(*) as member_count
    from {{ ref('memberships') }} as memberships
    group by audience_id
),

movements as (
    select audience_id, count_if(operation = 'insert') as entered_count, count_if(operation = 'delete') as left_count
    from {{ ref('changes') }} as changes
    group by audience_id
),

final as (
    select
        definitions.id,
        definitions.name,
        definitions.description,
        definitions.owner,
        definitions.status,
        definitions.definition_hash,
        definitions.definition,
        cast(coalesce(members.member_count, 0) as bigint) as member_count,
        cast(coalesce(movements.entered_count, 0) as bigint) as entered_count,
        cast(coalesce(movements.left_count, 0) as bigint) as left_count,
        {{ param('run_date') }} as run_date
    from definitions
    left join members on definitions.id = members.audience_id
    left join movements on definitions.id = movements.audience_id
)

select * from final
