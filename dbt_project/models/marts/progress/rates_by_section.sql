with sections as (
    {{ section_days() }}
),

students as (
    {{ students_of_sections(['reporting_section_id', 'reporting_term_id']) }}
),

done as (
    {{ progress_done(
        ['reporting_section_id', 'reporting_term_id'], in_term=true, condition='progress.section_id is not null'
    ) }}
),

{{ progress_rates(['reporting_section_id', 'reporting_term_id'], is_of_one_district=true) }}
