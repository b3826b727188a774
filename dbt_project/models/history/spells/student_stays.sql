{{ config(unique_key='student_id') }}

-- depends_on: {{ ref('touched_records') }}
with stretches as (
    select *
    from (
        select
            history.student_id,
            history.district_id,
            history.school_id,
            history.valid_from,
            history.valid_to,
            {{ days_of('history') }}
        from {{ ref('student_history') }} as history
        {{ join_days_of('history') }}
        where
            history.record_status = 'active'
            and history.school_id is not null
            and {{ is_touched('history.student_id', 'student') }}
    ) as versions
    where last_day is null or last_day >= first_day
)

{{ stays('stretches', 'student_id') }}
{{ stored_by(['student_id', 'stay_number']) }}
