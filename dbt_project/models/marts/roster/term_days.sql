with placed as (
    select
        terms.term_id,
        calendar.district_id,
        calendar.school_year,
        greatest(terms.start_date, calendar.counted_from) as first_day,
        least(terms.end_date, calendar.counted_until) as last_day
    from {{ ref('terms') }} as terms
    inner join {{ ref('school_calendar') }} as calendar
        on
            terms.district_id = calendar.district_id
            and terms.start_date <= calendar.counted_until
            and terms.end_date >= calendar.counted_from
)

select
    placed.term_id,
    placed.district_id,
    placed.school_year,
    placed.first_day,
    placed.last_day,
    begun.begins_at,
    ended.ends_at
from placed
{{ join_calendar_day('begun', 'placed.first_day', 'placed.district_id') }}
{{ join_calendar_day('ended', 'placed.last_day', 'placed.district_id') }}
