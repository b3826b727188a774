with edits as (
    select
        section_id || ' ' || user_id as pair,
        section_id,
        user_id as student_id,
        case kind when 'add_student' then 'add' else 'remove' end as source,
        edit_id,
        valid_from as made_at,
        valid_from,
        valid_to
    from {{ ref('manual_edits') }}
    where
        kind in ('add_student', 'remove_student')
        and section_id is not null
        and user_id is not null
        and (valid_to is null or valid_from < valid_to)
),

pairs as (
    select
        edited.pair,
        edited.section_id,
        edited.student_id,
        sections.district_id
    from (
        select distinct
            edits.pair,
            edits.section_id,
            edits.student_id
        from edits
    ) as edited
    inner join {{ ref('sections') }} as sections on edited.section_id = sections.section_id
    inner join {{ ref('students') }} as students
        on edited.student_id = students.student_id and sections.district_id = students.district_id
),

active_sections as (
    {{ active('section') }}
),

active_students as (
    {{ active('student') }}
),

evidence as (
    select
        section_id || ' ' || student_id as pair,
        'clever' as source,
        cast(null as {{ dbt.type_string() }}) as edit_id,
        cast(null as timestamp) as made_at,
        valid_from,
        valid_to
    from {{ ref('enrollment_history') }}
    union all
    select
        pair,
        source,
        edit_id,
        made_at,
        valid_from,
        valid_to
    from edits
    union all
    select
        pairs.pair,
        'needed_1' as source,
        null as edit_id,
        null as made_at,
        active_sections.valid_from,
        active_sections.valid_to
    from pairs
    inner join active_sections on pairs.section_id = active_sections.section_id
    union all
    select
        pairs.pair,
        'needed_2' as source,
        null as edit_id,
        null as made_at,
        active_students.valid_from,
        active_students.valid_to
    from pairs
    inner join active_students on pairs.student_id = active_students.student_id
),

intervals as (
    select
        pairs.pair,
        pairs.district_id,
        pairs.section_id,
        pairs.student_id,
        evidence.source,
        evidence.edit_id,
        evidence.made_at,
        evidence.valid_from,
        evidence.valid_to
    from evidence
    inner join pairs on evidence.pair = pairs.pair
),

edited as (
    {{ overlay('intervals', 'pair', ['district_id', 'section_id', 'student_id'], needed=2) }}
)

select
    district_id,
    section_id,
    student_id,
    managed_by,
    edit_id,
    valid_from,
    valid_to,
    is_current
from edited

union all

-- All that no edit concerns is as Clever says.
select
    enrollment.district_id,
    enrollment.section_id,
    enrollment.student_id,
    'clever' as managed_by,
    cast(null as {{ dbt.type_string() }}) as edit_id,
    enrollment.valid_from,
    enrollment.valid_to,
    enrollment.is_current
from {{ ref('enrollment_history') }} as enrollment
left join pairs
    on enrollment.section_id = pairs.section_id and enrollment.student_id = pairs.student_id
where pairs.pair is null
