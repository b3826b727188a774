with graded as (
    select *
    from (
        select
            coalesce(lineage.lineage_id, history.student_id) as reporting_student_id,
            history.district_id,
            history.school_id,
            history.grade,
            {{ grade_level('history.grade') }} as level,
            history.valid_from,
            history.valid_to,
            {{ days_of('history') }}
        from {{ ref('student_history') }} as history
        left join {{ ref('student_lineage') }} as lineage on history.student_id = lineage.student_id
        {{ join_days_of('history') }}
        where history.record_status = 'active' and history.school_id is not null
    ) as versions
    where level is not null and (last_day is null or last_day >= first_day)
),

-- The first and the last grade of each student in each school year, and where the last one was.
years as (
    select
        calendar.district_id,
        calendar.school_year,
        extract(year from calendar.first_day) as year_begun,
        graded.reporting_student_id,
        max_by(graded.school_id, graded.valid_from) as school_id,
        max_by(graded.grade, graded.valid_from) as last_grade,
        min_by(graded.grade, graded.valid_from) as first_grade
    from graded
    inner join {{ ref('school_calendar') }} as calendar
        on
            graded.district_id = calendar.district_id
            and {{ is_there('graded', 'calendar.mobility_from', 'calendar.mobility_until') }}
    group by calendar.district_id, calendar.school_year, calendar.first_day, graded.reporting_student_id
)

select
    this_year.district_id,
    this_year.school_year,
    this_year.school_id,
    this_year.last_grade as grade,
    count(*) as returned_students,
    count(case when next_year.first_grade = this_year.last_grade then 1 end) as retained_students,
    count(case when next_year.first_grade = this_year.last_grade then 1 end) / cast(count(*) as double)
        as retention_rate
from years as this_year
inner join years as next_year
    on
        this_year.district_id = next_year.district_id
        and this_year.reporting_student_id = next_year.reporting_student_id
        and this_year.year_begun + 1 = next_year.year_begun
group by this_year.district_id, this_year.school_year, this_year.school_id, this_year.last_grade
