with edits as (
    select
        group_id,
        user_id as student_id,
        cast(null as {{ dbt.type_string() }}) as district_id,
        'add' as source,
        edit_id,
        valid_from,
        valid_to
    from ({{ edits_of(['add_to_group'], ['group_id', 'user_id']) }}) as edits
),

-- The district of a group is its section's, or the one its edit names.
groups as (
    select
        edits.group_id,
        edits.section_id,
        coalesce(sections.district_id, edits.district_id) as district_id,
        edits.valid_from,
        edits.valid_to
    from ({{ edits_of(['add_group'], ['group_id', 'district_id', 'section_id']) }}) as edits
    left join {{ ref('sections') }} as sections on edits.section_id = sections.section_id
),

concerned as (
    select distinct
        edits.group_id,
        edits.student_id
    from edits
    inner join groups on edits.group_id = groups.group_id
),

-- Of a group that splits a section only those are members who are in the section.
group_is_there as (
    select
        concerned.group_id,
        concerned.student_id,
        groups.district_id,
        greatest(groups.valid_from, enrolled.valid_from) as valid_from,
        least(groups.valid_to, enrolled.valid_to) as valid_to
    from concerned
    inner join groups on concerned.group_id = groups.group_id
    left join {{ ref('effective_enrollments') }} as enrolled
        on
            groups.section_id = enrolled.section_id
            and concerned.student_id = enrolled.student_id
            and (groups.valid_to is null or groups.valid_to > enrolled.valid_from)
            and (enrolled.valid_to is null or groups.valid_from < enrolled.valid_to)
    where groups.section_id is null or enrolled.section_id is not null
),

students as (
    {{ people('select student_id from concerned') }}
),

{{ overlaid(
    ['group_id', 'student_id'],
    ['group_id', 'student_id'],
    needed={'group_is_there': ['group_id', 'student_id'], 'students': ['student_id']},
    districts=['students', 'group_is_there'],
) }}

select
    district_id,
    group_id,
    student_id,
    managed_by,
    edit_id,
    valid_from,
    valid_to,
    {{ is_in_force('valid_from', 'valid_to') }} as is_current
from overlaid
