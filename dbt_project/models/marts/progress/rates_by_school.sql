with versions as (
    {{ student_days('history.school_id is not null') }}
),

stays as (
    {{ stays('versions', 'school_id') }}
),

enrolled as (
    {{ stayed_days(['school_id']) }}
),

done as (
    {{ progress_done(['school_id'], condition='progress.school_id is not null') }}
),

{{ progress_rates(['school_id']) }}
