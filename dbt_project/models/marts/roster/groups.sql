with members as (
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
        when not edits.is_current then 'withdrawn'
        when edits.section_id is not null and coalesce(sections.record_status, 'archived') <> 'active' then 'asleep'
        when members.students > 0 then 'active'
        else 'empty'
    end as state
from {{ ref('manual_edits') }} as edits
left join {{ ref('sections') }} as sections on edits.section_id = sections.section_id
left join members on edits.group_id = members.group_id
where
    edits.kind = 'add_group'
    and edits.group_id is not null
    and (edits.valid_to is null or edits.valid_from < edits.valid_to)
