with edits as (
    select
        *,
        {{ is_in_force('valid_from', 'valid_to') }} as is_current,
        coalesce(valid_from > {{ last_look() }}, true) as is_ahead
    from (
        {{ edits_of(['add_group'], ['group_id', 'district_id', 'section_id', 'name']) }}
    ) as edits
),

members as (
    select
        group_id,
        count(*) as students
    from {{ ref('group_members') }}
    where is_current
    group by group_id
)

select
    edits.group_id,
    coalesce(sections.district_id, edits.district_id) as district_id,
    edits.name,
    edits.section_id,
    'application' as managed_by,
    edits.edit_id,
    edits.valid_from,
    edits.valid_to,
    edits.is_current,
    case when edits.is_current then coalesce(members.students, 0) else 0 end as students,
    case
        when edits.is_ahead then 'planned'
        when not edits.is_current then 'ended'
        when sections.record_status = 'archived' then 'asleep'
        when members.students > 0 then 'active'
        else 'empty'
    end as state
from edits
left join {{ ref('sections') }} as sections on edits.section_id = sections.section_id
left join members on edits.group_id = members.group_id
