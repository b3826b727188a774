{#- A table of its own: at millions of records the join with them must not share its memory with this one. -#}
{{ config(materialized='table') }}

-- depends_on: {{ ref('touched_progress') }}
with named as (
    select distinct user_ref
    from {{ ref('stg_application__progress') }}
    where
        user_ref is not null
        {%- if not flags.FULL_REFRESH %}
        and progress_id in (select touched.progress_id from {{ ref('touched_progress') }} as touched)
        {%- endif %}
),

-- Whom they go by, and when: an account by the Clever ID it was linked to then. One that was linked to nobody may
-- still go by a Clever ID itself.
users as (
    select
        named.user_ref,
        coalesce(links.clever_id, named.user_ref) as clever_id,
        links.account_id is not null and links.clever_id is null as is_not_linked,
        coalesce(links.is_current, true) as is_current,
        coalesce(links.valid_from, {{ far_past() }}) as valid_from,
        links.valid_to
    from named
    left join {{ ref('account_links') }} as links on named.user_ref = links.account_id
),

students as (
    select
        users.user_ref,
        student_history.school_id,
        student_history.grade,
        student_history.record_status,
        greatest(student_history.valid_from, users.valid_from) as valid_from,
        least(student_history.valid_to, users.valid_to) as valid_to
    from users
    inner join {{ ref('student_history') }} as student_history
        on
            users.clever_id = student_history.student_id
            and (student_history.valid_to is null or users.valid_from < student_history.valid_to)
            and (users.valid_to is null or users.valid_to > student_history.valid_from)
),

enrollments as (
    select
        users.user_ref,
        enrollment_history.section_id,
        greatest(enrollment_history.valid_from, users.valid_from) as valid_from,
        least(enrollment_history.valid_to, users.valid_to) as valid_to
    from users
    inner join {{ ref('enrollment_history') }} as enrollment_history
        on
            users.clever_id = enrollment_history.student_id
            and (enrollment_history.valid_to is null or users.valid_from < enrollment_history.valid_to)
            and (users.valid_to is null or users.valid_to > enrollment_history.valid_from)
),

-- Whom they mean holds for as long as they are linked so, even before Clever showed that user.
meant as (
    select
        users.user_ref,
        students.student_id,
        students.district_id,
        case
            when students.student_id is not null then null
            when known.user_id is not null then 'the user is no student'
            when users.is_not_linked and users.is_current then 'the account has no Clever ID'
            when users.is_not_linked then 'the account had no Clever ID then'
            else 'no such user is known'
        end as unmatched_reason,
        users.valid_from,
        users.valid_to
    from users
    left join {{ ref('student_history') }} as students
        on users.clever_id = students.student_id and students.is_current
    left join {{ ref('user_history') }} as known on users.clever_id = known.user_id and known.is_current
),

{% set columns = [
    'student_id', 'district_id', 'unmatched_reason', 'school_id', 'grade', 'record_status', 'section_id'
] -%}
intervals as (
    {% for relation, known in [
        ('meant', columns[:3]), ('students', columns[3:6]), ('enrollments', columns[6:])
    ] -%}
    select
        user_ref,
        {%- for column in columns %}
        {{ column if column in known else 'cast(null as ' ~ dbt.type_string() ~ ') as ' ~ column }},
        {%- endfor %}
        valid_from,
        valid_to
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

{{ stretches('intervals', 'user_ref', {
    'student_id': 'max(student_id)',
    'district_id': 'max(district_id)',
    'unmatched_reason': 'max(unmatched_reason)',
    'school_id': 'max(school_id)',
    'grade': 'max(grade)',
    'roster_state': "case when max(student_id) is not null then coalesce(max(record_status), 'not yet seen') end",
    'section_id': 'case when count(section_id) = 1 then min(section_id) end',
    'sections': 'count(section_id)',
}) }}
