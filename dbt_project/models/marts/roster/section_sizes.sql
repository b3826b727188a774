with sections as (
    {{ section_days() }}
),

met as (
    select
        district_id,
        reporting_section_id,
        reporting_term_id,
        school_year,
        min(first_day) as first_day,
        max(last_day) as last_day,
        sum({{ days_between('first_day', 'last_day') }}) as days,
        max(school_id) as school_id
    from sections
    group by district_id, reporting_section_id, reporting_term_id, school_year
),

students as (
    {{ students_of_sections(['reporting_section_id', 'reporting_term_id']) }}
)

select
    met.district_id,
    met.reporting_section_id,
    met.reporting_term_id,
    met.school_year,
    met.school_id,
    met.first_day,
    met.last_day,
    cast(met.days as {{ dbt.type_bigint() }}) as days,
    coalesce(students.students, 0) as students,
    cast(coalesce(students.enrolled_days, 0) as {{ dbt.type_bigint() }}) as enrolled_days,
    cast(coalesce(students.enrolled_days, 0) as double) / nullif(met.days, 0) as average_size
from met
left join students
    on
        met.reporting_section_id = students.reporting_section_id
        and met.reporting_term_id is not distinct from students.reporting_term_id
        and met.school_year = students.school_year
