"""A home whose published file looks back on ten school years, written as tables.

Nobody plays ten years of syncs of a million students. One real sync of a few users makes the home;
then the tables that its build has made are filled by SQL, each in the order in which its model
stores it, dbt makes of them what it makes of such tables, and the file is published as ever.

Students climb a grade each year, leave after the twelfth, and as many begin kindergarten. They are
in five sections of about twenty-five students, of the schools of an area: one for kindergarten to
grade 5, one to grade 8, one to grade 12. Of ten students one moves to the next area in the sixth
year, in January.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb

from dlt_sources.sql import literal
from orchestration.lib.dbt_runner import build, models
from orchestration.lib.home import Home
from tests.bench.decade_tables import (
    FIRST_YEAR,
    GRADES,
    GROUPS,
    MOVES_ONE_IN,
    MOVING_YEAR,
    SUBJECTS,
    TABLES,
    TEACHERS_STAY,
    YEARS,
)

#: When the home was last synced, in the autumn of the last school year.
NOW = datetime(2026, 11, 20, 2)
_KINDS = ("user", "section", "school", "course", "term", "teacher", "contact")
_MEMORY = "4GB"


@dataclass(frozen=True)
class Decade:
    """How many students are there at a time, and how many records of progress there are in all."""

    students: int
    progress: int

    @property
    def areas(self) -> int:
        """How many areas there are, of three schools each."""
        return max(2, self.students // 1500)

    @property
    def beginners(self) -> int:
        """How many begin kindergarten each year."""
        return max(1, self.students // GRADES)

    @property
    def student(self) -> str:
        """The ID of one who has been there all ten years, and moved."""
        turn = MOVES_ONE_IN * GRADES
        return clever_id("user", self.students // 2 // turn * turn)


def clever_id(kind: str, number: int) -> str:
    """The ID of the n-th record of a kind: ascending, as if made over the years."""
    return f"6{_KINDS.index(kind):x}{number:08x}{number * 2654435761 % 2**56:014x}"


def write_decade(decade: Decade, home: Home) -> None:
    """Fill the build of a home that has had one sync of the benchmark's district at `NOW`."""
    with duckdb.connect(str(home.build)) as connection:
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        connection.execute(f"set temp_directory = {literal(home.root / 'spilled')}")
        for statement in _helpers(decade):
            connection.execute(statement)
        for name, table in TABLES.items():
            order = f"order by {', '.join(stored_by(name))}" if table.to_sort else ""
            connection.execute(f"delete from {name}")
            connection.execute(f"insert into {name} by name {table.query} {order}")
            connection.execute("checkpoint")
    results = build(home, ("--full-refresh", "--select", "path:models/marts,resource_type:model"))
    if failed := [result.name for result in results if not result.ok]:
        raise RuntimeError(f"dbt could not make {', '.join(failed)}")


def stored_by(table: str) -> list[str]:
    """By what the model of a table stores its rows; nothing if it does not say."""
    [code] = [node["raw_code"] for node in models() if f"{node['schema']}.{node['alias']}" == table]
    stored = re.search(r"stored_by\(\[(.*?)\]", code)
    told = stored[1].replace("'", "").replace("placed.", "") if stored else ""
    return [part for part in told.split(", ") if part]


def _helpers(decade: Decade) -> Iterator[str]:
    """Macros and tables that the queries of TABLES read."""
    for place, kind in enumerate(_KINDS):
        yield (
            f"create temp macro {kind}_id(n) as printf('6{place:x}%08x%014x', cast(n as bigint), "
            "cast(cast(n as hugeint) * 2654435761 % 72057594037927936 as bigint))"
        )
    for name, body in _macros(decade).items():
        yield f"create temp macro {name} as {body}"
    yield f"create temp table given as select {decade.progress} as progress"
    yield _stays(decade)
    yield _classes(decade)
    yield """
        create temp table staff as
        select teacher as n, min(y) as first_year, max(y) as last_year, any_value(area) as area,
            any_value(g) as g
        from classes group by teacher order by n
    """
    yield """
        create temp table students as
        select n, min(y) as first_year, max(y) as y, max(g) as g from stays group by n order by n
    """


def _macros(decade: Decade) -> dict[str, str]:
    return {
        "begins(y)": f"make_timestamp({FIRST_YEAR} + y, 8, 12, 2, 0, 0)",
        "ends(y)": f"make_timestamp({FIRST_YEAR} + 1 + y, 7, 5, 2, 0, 0)",
        "moves()": f"make_timestamp({FIRST_YEAR} + 1 + {MOVING_YEAR}, 1, 15, 2, 0, 0)",
        "today()": f"timestamp '{NOW}'",
        "is_last(y)": f"y = {YEARS - 1}",
        "grade_name(g)": "case g when 0 then 'Kindergarten' else cast(g as varchar) end",
        "school_of(area, g)": "area * 3 + case when g <= 5 then 0 when g <= 8 then 1 else 2 end",
        "section_of(y, area, g, team, subject)": (
            f"(((y * {decade.areas} + area) * {GRADES} + g) * {GROUPS} + team) * {SUBJECTS} "
            "+ subject"
        ),
        "teacher_of(y, area, g, subject)": (
            f"((area * {GRADES} + g) * {SUBJECTS} + subject) * {YEARS // TEACHERS_STAY + 2} "
            f"+ (y + g + subject) // {TEACHERS_STAY}"
        ),
        # As the project's own macro has it.
        "school_year_of(t)": "year(t - interval 6 month)",
        "first_name(n)": "(['Ada', 'Núria', 'Bo', 'Chidi', 'Émile', 'Grace', 'Hào'])[1 + n % 7]",
        "last_name(n)": "(['O''Dell', 'Smith', 'Nguyễn', 'García', 'Kim'])[1 + n // 7 % 5]",
    }


def _stays(decade: Decade) -> str:
    """A row for each student and school year; two (`part`) for the year of a move."""
    return f"""
        create temp table stays as
        with students as (
            select n, 0 as entered, n % {GRADES} as grade from range({decade.students}) as range(n)
            union all
            select {decade.students} + (y - 1) * {decade.beginners} + seat, y, 0
            from range(1, {YEARS}) as years(y), range({decade.beginners}) as seats(seat)
        ),
        student_years as (
            select n, cast(y as integer) as y, cast(grade + y - entered as integer) as g, entered,
                n % {MOVES_ONE_IN} = 0 as is_mover
            from students, range({YEARS}) as years(y)
            where y >= entered and grade + y - entered < {GRADES}
        )
        select n, y, g, entered, 0 as part,
            cast((n + (is_mover and y > {MOVING_YEAR})::int) % {decade.areas} as integer) as area,
            begins(y) as valid_from,
            case when is_mover and y = {MOVING_YEAR} then moves() end as moved_at
        from student_years
        union all
        select n, y, g, entered, 1, (n + 1) % {decade.areas}, moves(), null
        from student_years where is_mover and y = {MOVING_YEAR}
        order by n, y, part
    """


def _classes(decade: Decade) -> str:
    """A row for each section, with its teacher, and the second one that some have."""
    return f"""
        create temp table classes as
        select section_of(y, area, g, team, subject) as n, y, area, g, team, subject,
            teacher_of(y, area, g, subject) as teacher,
            case when team = 0 then teacher_of(y, area, g, (subject + 1) % {SUBJECTS}) end as aide
        from range({YEARS}) as ys(y), range({decade.areas}) as areas(area),
            range({GRADES}) as gs(g), range({GROUPS}) as teams(team),
            range({SUBJECTS}) as subjects(subject)
        order by n
    """
