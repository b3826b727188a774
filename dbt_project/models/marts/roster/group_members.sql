with members as (
    select
        edits.group_id || ' ' || edits.user_id as membership,
        edits.group_id,
        edits.user_id as student_id,
        edits.edit_id,
        edits.valid_from,
        edits.valid_to
    from {{ ref('manual_edits') }} as edits
    where
        edits.kind = 'add_to_group'
        and edits.group_id is not null
        and edits.user_id is not null
        and (edits.valid_to is null or edits.valid_from < edits.valid_to)
),

given as (
    select
        edits.group_id,
        edits.section_id,
        edits.valid_from,
        edits.valid_to
    from {{ ref('manual_edits') }} as edits
    where edits.kind = 'add_group' and (edits.valid_to is null or edits.valid_from < edits.valid_to)
),

memberships as (
    select distinct
        members.membership,
        members.group_id,
        members.student_id,
        students.district_id
    from members
    inner join {{ ref('students') }} as students on members.student_id = students.student_id
),

active_students as (
    {{ active('student') }}
),

evidence as (
    select
        membership,
        'add' as source,
        edit_id,
        valid_from as made_at,
        valid_from,
        valid_to
    from members
    union all
    -- Of a group that splits a section only those are members who are in the section.
    select
        memberships.membership,
        'needed_1' as source,
        null as edit_id,
        null as made_at,
        greatest(given.valid_from, enrolled.valid_from) as valid_from,
        least(given.valid_to, enrolled.valid_to) as valid_to
    from memberships
    inner join given on memberships.group_id = given.group_id
    left join {{ ref('effective_enrollments') }} as enrolled
        on
            given.section_id = enrolled.section_id
            and memberships.student_id = enrolled.student_id
            and (given.valid_to is null or given.valid_to > enrolled.valid_from)
            and (enrolled.valid_to is null or given.valid_from < enrolled.valid_to)
    where given.section_id is null or enrolled.section_id is not null
    union all
    select
        memberships.membership,
        'needed_2' as source,
        null as edit_id,
        null as made_at,
        active_students.valid_from,
        active_students.valid_to
    from memberships
    inner join active_students on memberships.student_id = active_students.student_id
),

intervals as (
    select
        memberships.membership,
        memberships.district_id,
        memberships.group_id,
        memberships.student_id,
        evidence.source,
        evidence.edit_id,
        evidence.made_at,
        evidence.valid_from,
        evidence.valid_to
    from evidence
    inner join memberships on evidence.membership = memberships.membership
),

edited as (
    {{ overlay('intervals', 'membership', ['district_id', 'group_id', 'student_id'], needed=2) }}
)

select
    district_id,
    group_id,
    student_id,
    managed_by,
    edit_id,
    valid_from,
    valid_to,
    is_current
from edited
