with versions as (
    {{ student_days('history.school_id is not null') }}
)

{{ stays('versions', 'school_id') }}
