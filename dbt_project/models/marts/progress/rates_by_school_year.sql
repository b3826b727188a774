with students as (
    {{ students_of_stays(in_school=false) }}
),

done as (
    {{ progress_done([]) }}
),

{{ progress_rates([]) }}
