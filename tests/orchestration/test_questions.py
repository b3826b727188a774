"""The macros for the common questions, on a story of three weeks in Chicago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from tests.dbt.dbt_warehouse import Record
from tests.dbt.story import begun
from tests.end_to_end.test_days import MACROS

#: 02:00 UTC is nine in the evening of the day before in Chicago.
SUN, MON, NEXT, AGAIN = (
    datetime(2026, 8, 17, 2), datetime(2026, 8, 18, 2),
    datetime(2026, 8, 24, 2), datetime(2026, 8, 31, 2),
)  # fmt: skip
SYNCS = (SUN, MON, NEXT, AGAIN)


def _person(id_: str, name: str, role: str, **about: Any) -> Record:
    first, last = name.split()
    return {"id": id_, "name": {"first": first, "last": last}, "roles": {role: about}}


def _student(id_: str, name: str, grade: str = "7", school: str = "elm") -> Record:
    return _person(id_, name, "student", grade=grade, school=school)


def _section(id_: str, name: str, *students: str, teachers: tuple[str, ...]) -> Record:
    return {
        "id": id_, "name": name, "school": "elm", "term_id": "fall", "course": "m1",
        "students": [*students], "teachers": [*teachers], "teacher": teachers[0],
    }  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Ana joins Math on Sunday evening, Ben on Monday; Ana leaves a week later and comes back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_TIME_ZONE", "America/Chicago")
        story = begun(tmp_path_factory.mktemp("questions"))
        ana, ben = _student("ana", "Ana Reyes"), _student("ben", "Ben Abt")
        pat, rob = (_person(id_, name, "teacher", school="elm")
                    for id_, name in (("pat", "Pat Olsen"), ("rob", "Rob Park")))  # fmt: skip
        mum = {**_person("mum", "Mia Reyes", "contact"), "id": "mum"}
        mum["roles"]["contact"]["student_relationships"] = [
            {"student": "ana", "relationship": "Mother", "type": "Guardian"}
        ]
        schools = [{"id": "elm", "name": "Elm"}, {"id": "oak", "name": "Oak"}]
        math = [
            _section("x", "Math", "ana", teachers=("pat",)),
            _section("x", "Math", "ana", "ben", teachers=("pat", "rob")),
            _section("x", "Maths", "ben", teachers=("rob",)),
            _section("x", "Maths", "ana", "ben", teachers=("rob",)),
        ]
        grown = _student("ana", "Ana Reyes", grade="8", school="oak")
        users = [[ana], [ana, ben], [ben], [grown, ben]]
        for at, there, section in zip(SYNCS, users, math, strict=True):
            story.day(at, [*there, pat, rob, mum], [section], schools=schools, build=at == AGAIN)
        home = Home(story.warehouse.home)
        publish(home)
    with duckdb.connect(str(home.published), read_only=True) as connection:
        yield connection


def _ask(file: duckdb.DuckDBPyConnection, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return file.execute(query, [*parameters]).fetchall()


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2026-08-15", []),
        ("2026-08-16", ["Reyes"]),
        ("2026-08-17", ["Abt", "Reyes"]),
        ("2026-08-22", ["Abt", "Reyes"]),
        ("2026-08-23", ["Abt"]),
        ("2026-08-30", ["Abt", "Reyes"]),
        ("2030-01-01", ["Abt", "Reyes"]),
    ],
)
def test_a_class_list_is_by_name_and_of_a_day(
    file: duckdb.DuckDBPyConnection, day: str, names: list[str]
) -> None:
    found = _ask(file, "select last_name from roster.class_list('x', ?)", day)

    assert [name for (name,) in found] == names


def test_a_class_list_tells_the_grade_of_that_day_and_since_when(
    file: duckdb.DuckDBPyConnection,
) -> None:
    query = "select student_id, grade, first_day from roster.class_list('x', ?)"

    assert _ask(file, query, "2026-08-17") == [
        ("ben", "7", date(2026, 8, 17)), ("ana", "7", date(2026, 8, 16)),
    ]  # fmt: skip
    assert _ask(file, query, date(2026, 8, 30)) == [
        ("ben", "7", date(2026, 8, 17)), ("ana", "8", date(2026, 8, 30)),
    ]  # fmt: skip


def test_the_teachers_of_a_student_are_those_of_that_day(file: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select teacher_id, last_name, is_primary, section_id, section_name "
        "from roster.teachers_of(?, ?)"
    )

    assert _ask(file, query, "ana", "2026-08-16") == [("pat", "Olsen", True, "x", "Math")]
    assert _ask(file, query, "ana", "2026-08-17") == [
        ("pat", "Olsen", True, "x", "Math"), ("rob", "Park", False, "x", "Math"),
    ]  # fmt: skip
    assert _ask(file, query, "ana", "2026-08-23") == []
    assert _ask(file, query, "ben", "2026-08-23") == [("rob", "Park", True, "x", "Maths")]


def test_a_students_history_has_every_stretch_with_its_days(
    file: duckdb.DuckDBPyConnection,
) -> None:
    found = _ask(
        file,
        "select kind, id, name, section_id, detail, first_day, last_day "
        "from roster.student_history_of('ana')",
    )

    first, second, left, gone, last, back = (date(2026, 8, n) for n in (16, 17, 22, 23, 29, 30))
    assert found == [
        ("contact", "mum", "Mia Reyes", None, "Mother, Guardian", first, left),
        ("school", "elm", "Elm", None, "primary school", first, left),
        ("section", "x", "Math", "x", None, first, left),
        ("student", "ana", "Ana Reyes", None, "grade 7", first, left),
        ("teacher", "pat", "Pat Olsen", "x", "primary teacher", first, left),
        ("teacher", "rob", "Rob Park", "x", "teacher", second, left),
        ("student", "ana", "Ana Reyes", None, "archived: removed", gone, last),
        ("contact", "mum", "Mia Reyes", None, "Mother, Guardian", back, None),
        ("school", "oak", "Oak", None, "primary school", back, None),
        ("section", "x", "Maths", "x", None, back, None),
        ("student", "ana", "Ana Reyes", None, "grade 8", back, None),
        ("teacher", "rob", "Rob Park", "x", "primary teacher", back, None),
    ]  # fmt: skip


def test_changes_between_two_times_are_told_field_by_field(
    file: duckdb.DuckDBPyConnection,
) -> None:
    found = _ask(
        file,
        "select object, id, related_id, change, field, before, after "
        "from roster.changes_between(?, ?) where object <> 'users'",
        "2026-08-18T12:00Z",
        "2026-08-31 12:00:00+00",
    )

    assert found == [
        ("sections", "x", None, "changed", "name", "Math", "Maths"),
        ("sections", "x", None, "changed", "primary_teacher_id", "pat", "rob"),
        ("students", "ana", None, "changed", "grade", "7", "8"),
        ("students", "ana", None, "changed", "school_id", "elm", "oak"),
        ("teachers", "pat", "x", "went", None, None, None),
        ("teachers", "rob", "x", "changed", "is_primary", "false", "true"),
    ]


def test_what_came_and_went_says_as_what(file: duckdb.DuckDBPyConnection) -> None:
    gone = _ask(
        file,
        "select object, id, related_id, change, before, after from roster.changes_between(?, ?)",
        MON,
        NEXT,
    )

    assert ("contacts", "mum", "ana", "went", "Mother, Guardian", None) in gone
    assert ("users", "ana", "elm", "went", "student", None) in gone
    assert ("students", "ana", None, "went", None, None) in gone
    assert ("students", "ana", "x", "went", None, None) in gone


_RECORDS = {
    "schools": "school_id", "terms": "term_id", "courses": "course_id",
    "sections": "section_id", "students": "student_id",
    "teachers": "teacher_id", "contacts": "contact_id", "users": "user_id",
}  # fmt: skip


@pytest.mark.parametrize(
    ("t1", "t2"), [*combinations((datetime(2026, 8, 1), *SYNCS), 2), (MON, MON)]
)
def test_changes_are_the_difference_of_the_two_rosters(
    file: duckdb.DuckDBPyConnection, t1: datetime, t2: datetime
) -> None:
    """Every field of every record, compared in Python."""
    expected: set[tuple[str | None, ...]] = set()
    for plural, key in _RECORDS.items():
        before, after = (_roster(file, plural, key, t) for t in (t1, t2))
        for id_ in before.keys() | after.keys():
            if id_ not in before or id_ not in after:
                change = "came" if id_ in after else "went"
                expected.add((plural, id_, change, None, None, None))
                continue
            for field, value in before[id_].items():
                if value != after[id_][field]:
                    expected.add((plural, id_, "changed", field, value, after[id_][field]))

    found = _ask(
        file,
        "select object, id, change, field, before, after from roster.changes_between(?, ?) "
        "where related_id is null",
        t1, t2,
    )  # fmt: skip

    assert len(found) == len(set(found))
    assert set(found) == expected


def _roster(
    file: duckdb.DuckDBPyConnection, plural: str, key: str, t: datetime
) -> dict[str, dict[str, str | None]]:
    """The attributes of the active records at a time, as text."""
    found = file.execute(f"from roster.{plural}_as_of(?)", [t])
    names = [name for name, *_ in found.description or ()]
    last = names.index("record_status")
    texts = ", ".join(f'cast("{name}" as varchar)' for name in names[:last])
    rows = file.execute(f"select {texts} from roster.{plural}_as_of(?)", [t]).fetchall()
    records = [dict(zip(names[:last], row, strict=True)) for row in rows]
    for record in records:
        record.pop("district_id")
    return {record.pop(key): record for record in records}


UNKNOWN = [
    ("class_list('y', '2026-08-17')", "No section has ever had the Clever ID y"),
    ("class_list('ana', '2026-08-17')", "No section has ever had the Clever ID ana"),
    ("teachers_of('x', '2026-08-17')", "No student has ever had the Clever ID x"),
    ("student_history_of('eve')", "No student has ever had the Clever ID eve"),
    ("class_list('x', 'Monday')", "Monday is no day; write one such as 2026-10-01"),
    ("teachers_of('ana', '2026-02-30')", "2026-02-30 is no day"),
    ("class_list(1, '2026-08-17')", "No section has ever had the Clever ID 1;"),
    ("teachers_of(1, '2026-08-17')", "No student has ever had the Clever ID 1;"),
    ("student_history_of(1)", "No student has ever had the Clever ID 1;"),
    ("class_list('x', 20260817)", "20260817 is no day"),
    ("changes_between('Monday', '2026-08-17')", "Monday is no time; write one in UTC, such as"),
    ("changes_between('2026-08-17', '2026-02-30')", "2026-02-30 is no time"),
    ("changes_between('2026-08-17', '2026-08-18 10:00 Mars/Phobos')", "Phobos is no time"),
    ("changes_between(1, 2)", "1 is no time"),
    ("students_as_of('Monday')", "Monday is no time"),
    ("enrollments_as_of('2026-08-18 25:00 America/Chicago')", "Chicago is no time"),
    ("students_on('Monday')", "Monday is no day"),
    ("changes_between('2026-08-18', '2026-08-17')", "the earlier one first"),
    ("changes_between('2026-08-18', null)", "must be two times"),
    ("class_list(null, '2026-08-18')", "Which section is meant is not told"),
    ("teachers_of(null, '2026-08-18')", "Which student is meant is not told"),
    ("student_history_of(null)", "Which student is meant is not told"),
]


@pytest.mark.parametrize(("call", "told"), UNKNOWN)
@pytest.mark.parametrize("select", ["select *", "select count(*)"])
def test_what_cannot_be_answered_is_an_error_that_says_why(
    file: duckdb.DuckDBPyConnection, call: str, told: str, select: str
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=told):
        file.execute(f"{select} from roster.{call}").fetchall()


def test_across_the_hour_that_is_there_twice_a_time_with_a_zone_is_that_instant(
    file: duckdb.DuckDBPyConnection,
) -> None:
    """Nothing of the roster changes then; the same text in two offsets is two instants."""
    query = "select count(*) from roster.changes_between(?, ?)"

    assert _ask(file, query, "2026-11-01T01:30-05:00", "2026-11-01T01:30-06:00") == [(0,)]
    with pytest.raises(duckdb.InvalidInputException, match="the earlier one first"):
        _ask(file, query, "2026-11-01T01:30-06:00", "2026-11-01T01:30-05:00")


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
def test_the_answers_are_the_same_in_every_session(
    file: duckdb.DuckDBPyConnection, zone: str
) -> None:
    queries = (
        "from roster.class_list('x', '2026-08-23')",
        "from roster.teachers_of('ben', date '2026-08-23')",
        "from roster.student_history_of('ana')",
        "from roster.changes_between('2026-08-18T12:00', timestamptz '2026-08-31 12:00:00+00')",
        *(f"from roster.{name}_on('2026-08-23') order by all" for name in sorted(MACROS)),
    )
    expected = [_ask(file, query) for query in queries]
    file.execute(f"set timezone = '{zone}'")
    try:
        assert [_ask(file, query) for query in queries] == expected
    finally:
        file.execute("reset timezone")


@pytest.mark.parametrize("name", ["rollbook", "copy_of_it"])
def test_they_answer_from_an_attached_file_that_is_in_use(
    file: duckdb.DuckDBPyConnection, name: str
) -> None:
    [(path,)] = _ask(file, "select path from duckdb_databases() where database_name = 'rollbook'")
    assert Path(path).exists()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as {name} (read_only)")
        with pytest.raises(duckdb.CatalogException, match="use the database of this macro first"):
            connection.execute(f"from {name}.roster.class_list('x', '2026-08-23')")
        connection.execute(f"use {name}")
        for call in ("class_list('x', '2026-08-23')", "teachers_of('ben', '2026-08-23')"):
            found = connection.execute(f"from {name}.roster.{call}").fetchall()
            assert found == _ask(file, f"from roster.{call}")
            assert found
