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

accounts as (
    {{ accounts() }}
),

-- An account that is not linked may still go by a Clever ID.
users as (
    select
        named.user_ref,
        coalesce(accounts.clever_id, named.user_ref) as clever_id,
        accounts.account_id is not null and accounts.clever_id is null as is_not_linked
    from named
    left join accounts on named.user_ref = accounts.account_id
),

students as (
    select
        users.user_ref,
        student_history.student_id,
        student_history.district_id,
        student_history.school_id,
        student_history.grade,
        student_history.valid_from,
        student_history.valid_to
    from users
    inner join {{ ref('student_history') }} as student_history
        on users.clever_id = student_history.student_id
),

enrollments as (
    select
        users.user_ref,
        enrollment_history.section_id,
        enrollment_history.valid_from,
        enrollment_history.valid_to
    from users
    inner join {{ ref('enrollment_history') }} as enrollment_history
        on users.clever_id = enrollment_history.student_id
),

-- Whom they mean holds for all time, even before Clever showed them.
meant as (
    select
        users.user_ref,
        students.student_id,
        students.district_id,
        case
            when students.student_id is not null then null
            when known.user_id is not null then 'the user is no student'
            when users.is_not_linked then 'the account has no Clever ID'
            else 'no such user is known'
        end as unmatched_reason
    from users
    left join students on users.user_ref = students.user_ref and students.valid_to is null
    left join {{ ref('user_history') }} as known on users.clever_id = known.user_id and known.is_current
),

intervals as (
    select
        user_ref,
        student_id,
        district_id,
        unmatched_reason,
        cast(null as {{ dbt.type_string() }}) as school_id,
        cast(null as {{ dbt.type_string() }}) as grade,
        cast(null as {{ dbt.type_string() }}) as section_id,
        {{ far_past() }} as valid_from,
        cast(null as timestamp) as valid_to
    from meant
    union all
    select
        user_ref,
        null as student_id,
        null as district_id,
        null as unmatched_reason,
        school_id,
        grade,
        null as section_id,
        valid_from,
        valid_to
    from students
    union all
    select
        user_ref,
        null as student_id,
        null as district_id,
        null as unmatched_reason,
        null as school_id,
        null as grade,
        section_id,
        valid_from,
        valid_to
    from enrollments
)

{{ stretches('intervals', 'user_ref', {
    'student_id': 'max(student_id)',
    'district_id': 'max(district_id)',
    'unmatched_reason': 'max(unmatched_reason)',
    'school_id': 'max(school_id)',
    'grade': 'max(grade)',
    'section_id': 'case when count(section_id) = 1 then min(section_id) end',
    'sections': 'count(section_id)',
}) }}
