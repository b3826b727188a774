"""The queries that fill the tables of a build with ten school years (see `decade`).

They read `stays`, `classes`, `staff` and `students`, and say `to_sort` where their rows do not come
in the order in which the table stores them.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.bench.generator import DISTRICT_ID

FIRST_YEAR, YEARS = 2017, 10
GRADES, SUBJECTS, GROUPS, TEACHERS_STAY = 13, 5, 5, 3
#: Of so many students one moves, in the middle of this year.
MOVES_ONE_IN, MOVING_YEAR = 10, 5

_DISTRICT = f"'{DISTRICT_ID}' as district_id"
_PERSON = (
    "first_name(n) as first_name, last_name(n) as last_name, "
    "'user.' || n || '@students.example.org' as email"
)
_STAYS_ON = (
    "'active' as record_status, 'created' as change_type, begins(0) as valid_from, "
    "true as is_current, begins(0) as first_seen_at, 0 as times_archived"
)
_STUDENT_GONE = f"(g = {GRADES - 1} and not is_last(y))"
_STUDENT_LIVES = ("students", "begins(first_year)", "ends(y)", _STUDENT_GONE)
_STAFF_LIVES = ("staff", "begins(first_year)", "ends(last_year)", "(not is_last(last_year))")


class Filled(NamedTuple):
    """What a table is filled with."""

    query: str
    to_sort: bool = False


def _record(columns: str, source: str, begins: str, ends: str, gone: str) -> str:
    """A version for each row of `source`, and an archived one where it is `gone`."""
    return f"""
        select {_DISTRICT}, {columns},
            case when over then 'archived' else 'active' end as record_status,
            case when over then 'archived' else 'created' end as change_type,
            case when over then {ends} else {begins} end as valid_from,
            case when {gone} and not over then {ends} end as valid_to,
            over or not {gone} as is_current, {begins} as first_seen_at,
            case when over then {ends} end as archived_at, over::int as times_archived,
            case when over then 'removed' end as archive_reason
        from (select *, unnest(case when {gone} then [false, true] else [false] end) as over
              from {source}) as lives
    """


_PLACES = {
    "roster.district_history": Filled(
        f"select {_DISTRICT}, '#DEMO Benchmark' as name, {_STAYS_ON}"
    ),
    "roster.school_history": Filled(f"""
        select {_DISTRICT}, school_id(n) as school_id, 'School ' || n as name,
            printf('%05d', n) as sis_id, {_STAYS_ON}
        from (select unnest(range(max(school_of(area, 12)) + 1)) as n from classes)
    """),
    "roster.course_history": Filled(f"""
        select {_DISTRICT}, course_id(n) as course_id, 'Course ' || n as name,
            cast(100 + n as varchar) as number, {_STAYS_ON}
        from range({GRADES * SUBJECTS}) as range(n)
    """),
    "roster.term_history": Filled(
        _record(
            f"term_id(y) as term_id, 'Year ' || ({FIRST_YEAR} + y) as name, "
            f"make_date({FIRST_YEAR} + y, 8, 15) as start_date, "
            f"make_date({FIRST_YEAR} + 1 + y, 6, 20) as end_date",
            f"(select cast(range as integer) as y from range({YEARS}))",
            "begins(y)", "ends(y)", "(not is_last(y))",
        )
    ),
}  # fmt: skip

_PEOPLE = {
    "roster.teacher_history": Filled(
        _record(
            f"teacher_id(n) as teacher_id, {_PERSON}, cast(n as varchar) as sis_id, "
            "'T' || n as teacher_number, school_id(school_of(area, g)) as school_id, "
            "'Teacher' as title",
            *_STAFF_LIVES,
        )
    ),
    "roster.contact_history": Filled(
        _record(
            "contact_id(n) as contact_id, 'Parent' as first_name, last_name(n) as last_name, "
            "'555-' || (n % 10000) as phone, 'Cell' as phone_type",
            *_STUDENT_LIVES,
        )
    ),
    # By the kinds of their IDs.
    "roster.user_history": Filled(
        " union all by name ".join(
            _record(f"{kind}_id(n) as user_id, {_PERSON}, ['{role}'] as roles", *lives)
            for kind, role, lives in (
                ("user", "student", _STUDENT_LIVES),
                ("teacher", "teacher", _STAFF_LIVES),
                ("contact", "contact", _STUDENT_LIVES),
            )
        )
    ),
    "roster.student_history": Filled(f"""
        with steps as (
            select *,
                case when moved_at is not null then moved_at
                    when {_STUDENT_GONE} then ends(y)
                    when not is_last(y) then begins(y + 1) end as ended_at,
                unnest(case when {_STUDENT_GONE} and moved_at is null then [false, true]
                    else [false] end) as over
            from stays
        )
        select {_DISTRICT}, user_id(n) as student_id, {_PERSON},
            cast(100000000 + n as varchar) as sis_id, school_id(school_of(area, g)) as school_id,
            'S' || n as student_number, printf('TX%09d', n) as state_id, grade_name(g) as grade,
            (['M', 'F', 'X'])[1 + n % 3] as gender,
            make_date({FIRST_YEAR} - 5 + y - g, 3, 1) as dob,
            'Unknown' as race, 'N' as hispanic_ethnicity, 'N' as ell_status,
            (n % 9999) || ' Main Street' as location_address, 'Springfield' as location_city,
            'TX' as location_state, cast(70000 + n % 9999 as varchar) as location_zip,
            'user' || n as district_username,
            case when over then 'archived' else 'active' end as record_status,
            case when over then 'archived' when y = entered and part = 0 then 'created'
                else 'updated' end as change_type,
            case when over then ended_at else valid_from end as valid_from,
            case when not over then ended_at end as valid_to,
            over or ended_at is null as is_current, begins(entered) as first_seen_at,
            case when over then ended_at end as archived_at, over::int as times_archived,
            case when over then 'removed' end as archive_reason
        from steps
    """),
}

_CLASSES = {
    "roster.section_history": Filled(f"""
        with steps as (
            select *, unnest(
                case when n % 10 = 0 and is_last(y) then [0, 1] when n % 10 = 0 then [0, 1, 2]
                    when is_last(y) then [0] else [0, 2] end
            ) as step
            from classes
        ),
        timed as (
            select *, begins(y) + interval 80 days as renamed_at,
                case when not is_last(y) then ends(y) end as gone_at
            from steps
        )
        select {_DISTRICT}, section_id(n) as section_id,
            'Subject ' || subject || ' - ' || last_name(teacher) || ' - ' || team
                || case when step > 0 and n % 10 = 0 then ' b' else '' end as name,
            printf('%07d', n) as sis_id, school_id(school_of(area, g)) as school_id,
            course_id(g * {SUBJECTS} + subject) as course_id, term_id(y) as term_id,
            teacher_id(teacher) as primary_teacher_id, 'math' as subject, grade_name(g) as grade,
            cast(team as varchar) as period,
            case step when 2 then 'archived' else 'active' end as record_status,
            (['created', 'updated', 'archived'])[1 + step] as change_type,
            case step when 0 then begins(y) when 1 then renamed_at else gone_at end as valid_from,
            case when step = 0 and n % 10 = 0 then renamed_at when step < 2 then gone_at end
                as valid_to,
            step = 2 or is_last(y) and (step = 1 or n % 10 <> 0) as is_current,
            begins(y) as first_seen_at, case step when 2 then gone_at end as archived_at,
            (step = 2)::int as times_archived,
            case step when 2 then 'rollover' end as archive_reason
        from timed
    """),
    "roster.teaching_history": Filled(
        f"""
        select {_DISTRICT}, section_id(n) as section_id, teacher_id(who) as teacher_id,
            who = teacher as is_primary, begins(y) as valid_from,
            case when not is_last(y) then ends(y) end as valid_to, is_last(y) as is_current
        from (select *, unnest([teacher, aide]) as who from classes)
        where who is not null
        """,
        to_sort=True,
    ),
    "intermediate.section_teacher_spells": Filled(
        """
        select district_id, section_id, teacher_id, is_primary, valid_from, valid_to
        from roster.teaching_history
        """
    ),
}

_LISTED = f"""
    select {_DISTRICT}, section_id(section) as section_id, user_id(n) as student_id, valid_from,
        case when moved_at is not null then moved_at when not is_last(y) then ends(y) end
            as valid_to
    from (
        select *, section_of(y, area, g, n // {GRADES} % {GROUPS}, unnest(range({SUBJECTS})))
            as section
        from stays order by {{order}}
    )
"""
_STUDENTS = {
    "intermediate.section_student_spells": Filled(_LISTED.format(order="section, n, part")),
    "roster.enrollment_history": Filled(f"""
        select *, valid_to is null as is_current
        from ({_LISTED.format(order="y, n, section, part")})
    """),
    "roster.school_membership_history": Filled(
        f"""
        select {_DISTRICT}, user_id(n) as user_id, 'student' as role,
            school_id(school) as school_id, true as is_primary, min(valid_from) as valid_from,
            case when bool_and(is_over) then max(ended_at) end as valid_to,
            not bool_and(is_over) as is_current
        from (
            select n, school_of(area, g) as school, valid_from,
                case when moved_at is not null then moved_at when g = {GRADES - 1} then ends(y)
                    else begins(y + 1) end as ended_at,
                moved_at is not null or not is_last(y) as is_over
            from stays
        )
        group by n, school
        union all
        select district_id, teacher_id, 'teacher', school_id, true, first_seen_at, archived_at,
            archived_at is null
        from roster.teacher_history where is_current
        """,
        to_sort=True,
    ),
    "roster.contact_relationship_history": Filled(f"""
        select {_DISTRICT}, contact_id(n) as contact_id, user_id(n) as student_id,
            'Parent' as relationship, begins(first_year) as valid_from,
            case when {_STUDENT_GONE} then ends(y) end as valid_to,
            not {_STUDENT_GONE} as is_current
        from students
    """),
}

_PROGRESS = {
    "intermediate.progress_records": Filled(f"""
        with numbered as (
            select *, row_number() over (order by n, y, part) - 1 as place,
                (select progress from given) as progress, (select count(*) from stays) as places,
                epoch(coalesce(moved_at, least(ends(y), today()))) - epoch(valid_from) as lasts
            from stays
        ),
        records as (
            select * exclude (turns), unnest(range(turns)) as turn, turns
            from (select *, progress // places + (place < progress % places)::int as turns
                  from numbered)
        ),
        placed as (
            select *, n * 31 + y * 7 + turn as luck,
                valid_from + to_seconds(
                    cast((turn + (n * 7919 % 997) / 997) / turns * lasts as bigint)
                ) as occurred_at
            from records
        )
        select cast(place * 1000 + turn as varchar) as progress_id, user_id(n) as user_ref,
            user_id(n) as student_id, {_DISTRICT},
            (['lesson_completion', 'assessment', 'attendance', 'content'])[1 + luck % 4] as kind,
            occurred_at,
            ({FIRST_YEAR} + y) || '-' || ({FIRST_YEAR} + y + 1) as school_year,
            school_id(school_of(area, g)) as school_id, grade_name(g) as grade,
            'active' as roster_state,
            section_id(section_of(y, area, g, n // {GRADES} % {GROUPS}, luck % {SUBJECTS}))
                as section_id,
            'given' as section_source,
            course_id(g * {SUBJECTS} + luck % {SUBJECTS}) as course_id, term_id(y) as term_id,
            teacher_id(teacher_of(y, area, g, luck % {SUBJECTS})) as primary_teacher_id,
            case when luck % 4 = 1 then luck % 101 / 100.0 end as score,
            60.0 + luck % 3600 as duration_seconds,
            '{{"unit": ' || (luck % 500) || '}}' as payload, 'active' as record_status
        from placed
    """)
}

TABLES = {**_PLACES, **_PEOPLE, **_CLASSES, **_STUDENTS, **_PROGRESS}
