with edits as (
    select
        section_id,
        user_id as student_id,
        cast(null as {{ dbt.type_string() }}) as district_id,
        case kind when 'add_student' then 'add' else 'remove' end as source,
        edit_id,
        valid_from,
        valid_to
    from ({{ edits_of(['add_student', 'remove_student'], ['kind', 'section_id', 'user_id']) }}) as edits
),

concerned as (
    select distinct
        sections.district_id,
        edits.section_id,
        edits.student_id
    from edits
    inner join {{ ref('sections') }} as sections on edits.section_id = sections.section_id
),

clever as (
    select
        section_id,
        student_id,
        valid_from,
        valid_to
    from {{ ref('enrollment_history') }}
    where section_id in (select concerned.section_id from concerned)
),

sections as (
    {{ active('section', 'select section_id from concerned') }}
),

people as (
    {{ people('select student_id from concerned') }}
),

-- Who was added by hand in another district is not there for this one.
students as (
    select
        concerned.section_id,
        concerned.student_id,
        people.district_id,
        people.valid_from,
        people.valid_to
    from concerned
    inner join people
        on
            concerned.student_id = people.student_id
            and (people.district_id is null or concerned.district_id = people.district_id)
),

{{ overlaid(
    ['section_id', 'student_id'],
    ['section_id', 'student_id'],
    needed={'sections': ['section_id'], 'students': ['section_id', 'student_id']},
    districts=['sections'],
    clever='clever',
) }}

select
    district_id,
    section_id,
    student_id,
    managed_by,
    edit_id,
    valid_from,
    valid_to,
    {{ is_in_force('valid_from', 'valid_to') }} as is_current
from overlaid

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
left join concerned
    on enrollment.section_id = concerned.section_id and enrollment.student_id = concerned.student_id
where concerned.section_id is null
