-- How far each district is known: what is in force still is in force until that day.
with last_complete as (
    select
        district_id,
        max(observed_at) as observed_at
    from {{ ref('syncs') }}
    where status = 'complete'
    group by district_id
),

known as (
    select
        last_complete.district_id,
        {{ local_day('days', 'last_complete.observed_at') }} as last_day
    from last_complete
    {{ join_local_days('days', 'last_complete.observed_at', 'last_complete.district_id') }}
),

intervals as (
    select
        student_id,
        district_id,
        valid_from,
        valid_to,
        true as is_activity,
        cast(null as {{ dbt.type_string() }}) as grade,
        cast(null as {{ dbt.type_string() }}) as school_id,
        cast(null as {{ dbt.type_string() }}) as section_id,
        cast(null as {{ dbt.type_string() }}) as term_id
    from ({{ active('student') }}) as active
    {% for student_id, grade, relation, condition in [
        ('student_id', 'grade', ref('student_history'), "record_status = 'active'"),
        ('user_id', 'null', ref('school_membership_history'), "role = 'student'"),
    ] -%}
    union all
    select
        {{ student_id }} as student_id,
        district_id,
        valid_from,
        valid_to,
        false as is_activity,
        {{ grade }} as grade,
        school_id,
        null as section_id,
        null as term_id
    from {{ relation }}
    where {{ condition }}
    {% endfor -%}
    union all
    -- A section is of the term it had then: its ID may be another course's later.
    select
        enrollment.student_id,
        enrollment.district_id,
        greatest(enrollment.valid_from, sections.valid_from) as valid_from,
        least(enrollment.valid_to, sections.valid_to) as valid_to,
        false as is_activity,
        null as grade,
        null as school_id,
        enrollment.section_id,
        sections.term_id
    from {{ ref('enrollment_history') }} as enrollment
    inner join {{ ref('section_history') }} as sections
        on
            enrollment.section_id = sections.section_id
            and (enrollment.valid_to is null or enrollment.valid_to > sections.valid_from)
            and (sections.valid_to is null or enrollment.valid_from < sections.valid_to)
),

-- The day on which something was seen gone is not one of its days, unless it came on it.
days as (
    select
        intervals.*,
        {{ local_day('begun', 'intervals.valid_from') }} as first_day,
        case
            when intervals.valid_to is null then known.last_day
            else greatest(
                {{ local_day('begun', 'intervals.valid_from') }},
                cast({{ local_day('ended', 'intervals.valid_to') }} - interval '1' day as date)
            )
        end as last_day
    from intervals
    inner join known on intervals.district_id = known.district_id
    {{ join_local_days('begun', 'intervals.valid_from', 'intervals.district_id') }}
    {{ join_local_days('ended', 'intervals.valid_to', 'intervals.district_id') }}
),

by_year as (
    select
        days.*,
        {{ explode(number_list(school_year_of('first_day'), school_year_of('last_day'))) }} as year_begun
    from days
),

parts as (
    select
        by_year.*,
        {{ school_year_name('by_year.year_begun') }} as school_year,
        greatest(by_year.first_day, cast({{ school_year_begins('by_year.year_begun') }} as date)) as first_day_in_year,
        least(
            by_year.last_day,
            cast({{ school_year_begins('(by_year.year_begun + 1)') }} - interval '1' day as date)
        ) as last_day_in_year,
        terms.start_date < cast({{ school_year_begins('(by_year.year_begun + 1)') }} as date)
        and terms.end_date >= cast({{ school_year_begins('by_year.year_begun') }} as date) as is_in_term
    from by_year
    left join {{ ref('terms') }} as terms on by_year.term_id = terms.term_id
),

-- Last year's sections, which Clever goes on showing in summer, are not of the new year: their term says so,
-- unless it is of none of the years in which the student was in the section.
counted as (
    select
        *,
        coalesce(is_in_term, false)
        or not max(coalesce(is_in_term, false)) over (partition by student_id, section_id, term_id) as is_of_year
    from parts
),

years as (
    select
        student_id,
        district_id,
        school_year,
        {{ sorted_list('distinct school_id', 'school_id is not null') }} as school_ids,
        max_by(grade, valid_from) filter (where grade is not null) as grade,
        {{ sorted_list('distinct section_id', 'section_id is not null and is_of_year') }} as section_ids,
        min(first_day_in_year) filter (where is_activity) as first_day_active,
        max(last_day_in_year) filter (where is_activity) as last_day_active,
        sum({{ dbt.datediff('first_day_in_year', 'last_day_in_year', 'day') }} + 1)
            filter (where is_activity) as days_active
    from counted
    group by student_id, district_id, school_year
),

progress as (
    select
        student_id,
        district_id,
        school_year,
        count(*) as records,
        {{ exact_sum('duration_seconds') }} as duration_seconds
    from {{ ref('student_progress') }}
    where record_status = 'active'
    group by student_id, district_id, school_year
)

select
    coalesce(years.student_id, progress.student_id) as student_id,
    coalesce(years.district_id, progress.district_id) as district_id,
    coalesce(years.school_year, progress.school_year) as school_year,
    years.school_ids,
    years.grade,
    years.section_ids,
    years.first_day_active,
    years.last_day_active,
    cast(coalesce(years.days_active, 0) as {{ dbt.type_bigint() }}) as days_active,
    coalesce(progress.records, 0) as progress_records,
    coalesce(progress.duration_seconds, 0) as progress_seconds
from years
full outer join progress
    on years.student_id = progress.student_id and years.school_year = progress.school_year
