with edits as (
    select
        section_id || ' ' || user_id as pair,
        section_id,
        user_id as student_id,
        case kind when 'add_student' then 'add' else 'remove' end as source,
        edit_id,
        valid_from,
        valid_to
    from ({{ edits_of(['add_student', 'remove_student'], ['kind', 'section_id', 'user_id']) }}) as edits
),

concerned as (
    select distinct
        edits.pair,
        sections.district_id,
        edits.section_id,
        edits.student_id
    from edits
    inner join {{ ref('sections') }} as sections on edits.section_id = sections.section_id
),

clever as (
    select
        section_id || ' ' || student_id as pair,
        valid_from,
        valid_to
    from {{ ref('enrollment_history') }}
    where section_id in (select concerned.section_id from concerned)
),

sections as (
    {{ active('section', 'select section_id from concerned') }}
),

students as (
    {{ people('select student_id from concerned') }}
),

{{ overlaid(
    'pair',
    ['district_id', 'section_id', 'student_id'],
    needed={'sections': 'section_id', 'students': 'student_id'},
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
    is_current
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
where concerned.pair is null
