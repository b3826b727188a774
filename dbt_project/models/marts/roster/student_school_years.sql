-- How far each district is known: what is in force still is in force until that day.
with known as (
    select
        district_id,
        cast(max(observed_at) as date) as last_day
    from {{ ref('syncs') }}
    where status = 'complete'
    group by district_id
),

-- Between two archived stretches a student is active without a break.
active as (
    select
        student_id,
        district_id,
        min(valid_from) as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from {{ ref('student_history') }}
    where record_status = 'active'
    group by student_id, district_id, times_archived
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
        cast(null as {{ dbt.type_string() }}) as section_id
    from active
    union all
    select
        student_id,
        district_id,
        valid_from,
        valid_to,
        false as is_activity,
        grade,
        school_id,
        null as section_id
    from {{ ref('student_history') }}
    where record_status = 'active'
    union all
    select
        user_id as student_id,
        district_id,
        valid_from,
        valid_to,
        false as is_activity,
        null as grade,
        school_id,
        null as section_id
    from {{ ref('school_membership_history') }}
    where role = 'student'
    union all
    select
        student_id,
        district_id,
        valid_from,
        valid_to,
        false as is_activity,
        null as grade,
        null as school_id,
        section_id
    from {{ ref('enrollment_history') }}
),

-- The day on which something was seen gone is not one of its days, unless it came on it.
days as (
    select
        intervals.*,
        cast(intervals.valid_from as date) as first_day,
        case
            when intervals.valid_to is null then known.last_day
            else greatest(
                cast(intervals.valid_from as date),
                cast(intervals.valid_to - interval '1' day as date)
            )
        end as last_day
    from intervals
    inner join known on intervals.district_id = known.district_id
),

by_year as (
    select
        days.*,
        {{ explode(number_list(school_year_of('first_day'), school_year_of('last_day'))) }} as year_begun
    from days
),

parts as (
    select
        student_id,
        district_id,
        valid_from,
        is_activity,
        grade,
        school_id,
        section_id,
        {{ school_year_name('year_begun') }} as school_year,
        greatest(first_day, cast({{ school_year_begins('year_begun') }} as date)) as first_day,
        least(
            last_day,
            cast({{ school_year_begins('(year_begun + 1)') }} - interval '1' day as date)
        ) as last_day
    from by_year
),

years as (
    select
        student_id,
        district_id,
        school_year,
        {{ sorted_list('distinct school_id', 'school_id is not null') }} as school_ids,
        max_by(grade, valid_from) filter (where grade is not null) as grade,
        {{ sorted_list('distinct section_id', 'section_id is not null') }} as section_ids,
        min(first_day) filter (where is_activity) as first_day_active,
        max(last_day) filter (where is_activity) as last_day_active,
        sum({{ dbt.datediff('first_day', 'last_day', 'day') }} + 1) filter (where is_activity) as days_active
    from parts
    group by student_id, district_id, school_year
),

progress as (
    select
        student_id,
        district_id,
        school_year,
        count(*) as records,
        sum(duration_seconds) as duration_seconds
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
