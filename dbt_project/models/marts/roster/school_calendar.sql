-- How far each district is known.
with known as (
    select
        syncs.district_id,
        min({{ local_day('days', 'syncs.observed_at') }}) as known_from,
        max({{ local_day('days', 'syncs.observed_at') }}) as known_until
    from {{ ref('syncs') }} as syncs
    {{ join_local_days('days', 'syncs.observed_at', 'syncs.district_id') }}
    where syncs.status = 'complete'
    group by syncs.district_id
),

numbered as (
    select
        district_id,
        known_from,
        known_until,
        {{ explode(number_list(school_year_of('known_from'), school_year_of('known_until'))) }} as year_begun
    from known
),

years as (
    select
        district_id,
        {{ school_year_name('year_begun') }} as school_year,
        known_from,
        known_until,
        cast({{ school_year_begins('year_begun') }} as date) as first_day,
        cast({{ school_year_begins('(year_begun + 1)') }} - interval '1' day as date) as last_day,
        cast({{ school_year_begins('year_begun') }} + interval '3' month as date) as count_day
    from numbered
),

-- Of a term that was made anew under another Clever ID only the last one: its dates are the corrected ones.
lasting_terms as (
    select
        terms.district_id,
        terms.start_date,
        terms.end_date
    from {{ ref('terms') }} as terms
    left join {{ ref('term_lineage') }} as successors on terms.term_id = successors.predecessor_id
    where successors.term_id is null and terms.start_date <= terms.end_date
),

-- A term is of the school year in which most of its days are: one that nobody ever corrects is of none.
sessions as (
    select
        years.district_id,
        years.school_year,
        min(greatest(terms.start_date, years.first_day)) as session_first_day,
        max(least(terms.end_date, years.last_day)) as session_last_day
    from years
    inner join lasting_terms as terms
        on
            years.district_id = terms.district_id
            and 2 * {{ days_between(
                'greatest(terms.start_date, years.first_day)', 'least(terms.end_date, years.last_day)'
            ) }} > {{ days_between('terms.start_date', 'terms.end_date') }}
    group by years.district_id, years.school_year
),

in_session as (
    select
        years.*,
        sessions.session_first_day is not null as has_terms,
        coalesce(sessions.session_first_day, years.first_day) as session_first_day,
        coalesce(sessions.session_last_day, years.last_day) as session_last_day
    from years
    left join sessions on years.district_id = sessions.district_id and years.school_year = sessions.school_year
),

counted as (
    select
        *,
        greatest(session_first_day, known_from) as counted_from,
        greatest(session_first_day, known_from, count_day) as mobility_from,
        least(session_last_day, known_until) as counted_until
    from in_session
)

select
    counted.district_id,
    counted.school_year,
    counted.first_day,
    counted.last_day,
    counted.has_terms,
    counted.session_first_day,
    counted.session_last_day,
    counted.count_day,
    counted.count_day between counted.known_from and counted.known_until as is_count_day_known,
    case when counted.counted_from <= counted.counted_until then counted.counted_from end as counted_from,
    case when counted.counted_from <= counted.counted_until then counted.counted_until end as counted_until,
    cast({{ days_between('counted.counted_from', 'counted.counted_until') }} as {{ dbt.type_bigint() }}) as days,
    case when counted.counted_from <= counted.counted_until then begun.begins_at end as counted_from_at,
    case when counted.counted_from <= counted.counted_until then ended.ends_at end as counted_until_at,
    case when counted.mobility_from <= counted.counted_until then counted.mobility_from end as mobility_from,
    case when counted.mobility_from <= counted.counted_until then counted.counted_until end as mobility_until
from counted
{{ join_calendar_day('begun', 'counted.counted_from', 'counted.district_id') }}
{{ join_calendar_day('ended', 'counted.counted_until', 'counted.district_id') }}
