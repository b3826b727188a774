with students as (
    {{ students_of_stays(in_school=true) }}
),

done as (
    {{ progress_done(['school_id'], condition='progress.school_id is not null') }}
),

{{ progress_rates(['school_id'], is_of_one_district=true) }}
