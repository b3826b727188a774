with
-- How each district stands by the clock of whoever asks: a file that nobody renews grows old by itself.
standing as (
    select
        district_id,
        status,
        since,
        retired_at,
        coalesce(clever_state = 'paused', false) as is_paused,
        coalesce(clever_last_sync, last_complete_at) as paused_at,
        last_complete_at,
        coalesce('of ' || substr(cast(last_complete_at as {{ dbt.type_string() }}), 1, 16) || ' UTC', 'empty: there is no complete sync') as roster,
        last_complete_at is null
        or {{ dbt.datediff('last_complete_at', utc_now(), 'second') }} > 3600 * (
            select max(cast(settings.value as double))
            from {{ ref('settings') }} as settings
            where settings.setting = 'ROLLBOOK_FRESH_HOURS'
        )
        -- As far as a clock may be wrong.
        or {{ dbt.datediff(utc_now(), 'last_complete_at', 'second') }} > 300 as is_old
    from {{ ref('district_status') }}
),

students as (
    select
        district_id,
        count(*) as students,
        count(case when student_id not in (select student_id from {{ ref('enrollments') }}) then 1 end) as without_section
    from {{ ref('students') }}
    where record_status = 'active'
    group by district_id
),

progress as (
    select
        district_id,
        count(*) as records,
        count(case when roster_state <> 'active' then 1 end) as without_roster,
        min(case when roster_state <> 'active' then occurred_at end) as since
    from {{ ref('progress_records') }}
    where record_status = 'active' and unmatched_reason is null
    group by district_id
),

unmatched as (
    select
        count(*) as records,
        min(occurred_at) as since
    from {{ ref('progress_records') }}
    where record_status = 'active' and unmatched_reason is not null
),

sections as (
    select
        sections.district_id,
        sections.school_id,
        max(schools.name) as school_name,
        count(*) as records,
        max(lineage.first_seen_at) as since
    from {{ ref('section_lineage') }} as lineage
    inner join {{ ref('sections') }} as sections on lineage.section_id = sections.section_id
    left join {{ ref('schools') }} as schools on sections.school_id = schools.school_id
    where sections.record_status = 'active' and sections.school_id is not null
    group by sections.district_id, sections.school_id
),

found as (
    {% for warning, condition, since, line in [
        ('district_held', "status = 'held'", 'since', "'the newest sync is held; the roster is '"),
        ('district_suspended', "status = 'suspended'", 'since', "'Clever does not show the district; the roster is '"),
        ('district_failed', "status not in ('complete', 'held', 'suspended')", 'since', "'the newest sync is ' || status || '; the roster is '"),
        ('district_stale', "is_old and not is_paused", 'last_complete_at', "'the roster is old: '"),
        ('district_paused', "is_paused", 'paused_at', "'Clever has paused the district; the roster is '"),
        ('counts_stop', "status <> 'complete' or is_old and not is_paused", 'last_complete_at', "'counts stop with the roster '"),
    ] -%}
    select
        '{{ warning }}' as warning,
        district_id,
        cast(null as {{ dbt.type_string() }}) as object,
        cast(null as {{ dbt.type_string() }}) as object_id,
        {{ since }} as since,
        cast(null as {{ dbt.type_bigint() }}) as records,
        {{ line }} || roster as line
    from standing
    where retired_at is null and ({{ condition }})

    union all

    {% endfor -%}
    {% for warning in ['district_retired', 'counts_stop'] -%}
    select
        '{{ warning }}' as warning,
        district_id,
        null as object,
        null as object_id,
        retired_at as since,
        null as records,
        'the district is retired; the roster is ' || roster as line
    from standing
    where retired_at is not null

    union all

    {% endfor -%}
    select
        'term_made_anew' as warning,
        terms.district_id,
        'terms' as object,
        terms.term_id as object_id,
        lineage.first_seen_at as since,
        null as records,
        'the term ' || coalesce(terms.name, terms.term_id) || ' was ' || lineage.predecessor_id || ' before' as line
    from {{ ref('term_lineage') }} as lineage
    inner join {{ ref('terms') }} as terms on lineage.term_id = terms.term_id
    where terms.record_status = 'active'

    union all

    select
        'sections_made_anew' as warning,
        district_id,
        'schools' as object,
        school_id as object_id,
        since,
        records,
        records || ' sections of ' || coalesce(school_name, school_id) || ' came back under new IDs' as line
    from sections
    where records >= 3

    union all

    select
        'progress_without_roster' as warning,
        district_id,
        null as object,
        null as object_id,
        since,
        without_roster as records,
        without_roster || ' of ' || records || ' records of progress happened while Clever did not show the student' as line
    from progress
    where without_roster > 0 and without_roster * 100 >= records

    union all

    select
        'progress_unmatched' as warning,
        null as district_id,
        null as object,
        null as object_id,
        since,
        records,
        records || ' records of progress belong to no known student' as line
    from unmatched
    where records > 0

    union all

    select
        'students_without_sections' as warning,
        students.district_id,
        null as object,
        null as object_id,
        standing.last_complete_at as since,
        students.without_section as records,
        students.without_section || ' of ' || students.students || ' active students are in no section' as line
    from students
    inner join standing on students.district_id = standing.district_id
    where students.without_section >= 10 and students.without_section * 10 > students.students
),

concerned as (
    {% for warning, kind in warning_kinds().items() -%}
    {% for table in kind.tables or tables_of_districts() or ['roster.students'] -%}
    select '{{ warning }}' as warning, '{{ table }}' as table_name
    union all
    {% endfor -%}
    {% endfor -%}
    select null as warning, null as table_name where false
)

select
    found.district_id,
    concerned.table_name,
    found.warning,
    found.object,
    found.object_id,
    found.since,
    cast(found.records as {{ dbt.type_bigint() }}) as records,
    found.line
from found
inner join concerned on found.warning = concerned.warning
