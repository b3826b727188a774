with sections as (
    {{ section_days(with_teachers=true) }}
),

students as (
    {{ students_of_sections(['reporting_teacher_id']) }}
),

done as (
    {{ progress_done(['reporting_teacher_id'], in_term=true, condition='progress.primary_teacher_id is not null') }}
),

{{ progress_rates(['reporting_teacher_id'], is_of_one_district=true) }}
