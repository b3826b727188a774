"""Marts: how the records stand now, what leads nowhere, and what a day changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.dbt_runner import EVERYTHING
from tests.dbt.building import built, opened, rows
from tests.dbt.dbt_warehouse import Record, Warehouse

MON, TUE, WED, THU = (datetime(2026, 8, day, 2) for day in (17, 18, 19, 20))


def _user(id_: str, **roles: Record) -> Record:
    return {"id": id_, "roles": roles}


def _student(id_: str, **fields: object) -> Record:
    return _user(id_, student={"school": "elm", "schools": ["elm"], **fields})


_SCHOOLS = [{"id": "elm"}, {"id": "oak"}]
_KIM = _user("kim", teacher={"schools": ["elm"]})
_LEE = _user("lee", teacher={"schools": ["elm", "oak"]})
_MATH: Record = {
    "id": "math",
    "name": "Math",
    "school": "elm",
    "course": "m1",
    "term_id": "fall",
    "teacher": "kim",
    "teachers": ["kim", "lee"],
    "students": ["ana", "ben", "zoe"],
}
_ART = {"id": "art", "teacher": "kim", "teachers": ["kim"], "students": ["ana"]}
_DAYS: dict[datetime, dict[str, list[Record]]] = {
    MON: {
        "schools": _SCHOOLS,
        "terms": [{"id": "fall"}],
        "courses": [{"id": "m1"}],
        "sections": [_MATH, _ART],
        "users": [_student("ana", grade="7"), _student("ben"), _KIM, _LEE],
    },
    # ben goes and stays listed, lee is primary now, the course goes
    TUE: {
        "schools": _SCHOOLS,
        "terms": [{"id": "fall"}],
        "sections": [_MATH | {"teacher": "lee"}, _ART],
        "users": [_student("ana", grade="8"), _KIM, _LEE],
    },
    # the school goes, a new term is named that nobody shares, mum lists two
    WED: {
        "schools": [{"id": "oak"}],
        "terms": [{"id": "fall"}],
        "sections": [_MATH | {"teacher": "lee", "term_id": "spring"}, _ART],
        "users": [
            _student("ana", grade="8"),
            _KIM,
            _LEE,
            _user(
                "mum",
                contact={
                    "student_relationships": [
                        {"student": "ana", "relationship": "Parent"},
                        {"student": "ben", "relationship": "Parent"},
                    ]
                },
            ),
        ],
    },
    # ben is back; art goes with all it referred to
    THU: {
        "schools": [{"id": "oak"}],
        "terms": [{"id": "fall"}],
        "sections": [_MATH | {"teacher": "lee", "term_id": "spring"}],
        "users": [_student("ana", grade="8"), _student("ben"), _KIM, _LEE],
    },
}


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home: Path = tmp_path_factory.mktemp("marts") / "home"
    warehouse = Warehouse(home)
    for at, records in _DAYS.items():
        warehouse.sync(records, at=at)
    warehouse.sync({}, at=datetime(2026, 8, 21, 2), status="failed")
    assert [result.name for result in built(warehouse, *EVERYTHING) if not result.ok] == []
    with opened(home) as connection:
        yield connection


def test_a_current_record_tells_its_life(marts: duckdb.DuckDBPyConnection) -> None:
    life = "record_status, first_seen_at, last_changed_at, archived_at, restored_at, times_archived"

    assert marts.execute(
        f"select student_id, {life} from build.roster.students order by 1"
    ).fetchall() == [
        ("ana", "active", MON, TUE, None, None, 0),
        ("ben", "active", MON, THU, None, THU, 1),
    ]
    assert marts.execute(
        f"select course_id, {life} from build.roster.courses order by 1"
    ).fetchall() == [("m1", "archived", MON, TUE, TUE, None, 1)]


def test_current_associations_are_those_in_force(marts: duckdb.DuckDBPyConnection) -> None:
    enrolled = (
        "select section_id, student_id, valid_from from build.roster.enrollments order by all"
    )
    taught = "select section_id, teacher_id, is_primary, valid_from from build.roster.teaching"
    belong = "select user_id, role, school_id, is_primary from build.roster.school_memberships"

    assert marts.execute(enrolled).fetchall() == [("math", "ana", MON), ("math", "ben", THU)]
    assert marts.execute(f"{taught} order by all").fetchall() == [
        ("math", "kim", False, TUE),
        ("math", "lee", True, TUE),
    ]
    assert marts.execute(belong).fetchall() == [("lee", "teacher", "oak", False)]


def test_students_have_every_teacher_of_every_section(marts: duckdb.DuckDBPyConnection) -> None:
    pairs = "select student_id, teacher_id, section_ids from build.roster.student_teachers"

    assert marts.execute(f"{pairs} order by all").fetchall() == [
        ("ana", "kim", ["math"]),
        ("ana", "lee", ["math"]),
        ("ben", "kim", ["math"]),
        ("ben", "lee", ["math"]),
    ]


def test_references_that_lead_nowhere_are_kept_with_their_date(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    """Ben, the contact and art have resolved themselves; all that names elm has not."""
    unresolved = (
        "select object, id, field, referenced_object, referenced_id, since "
        "from build.ops.unresolved_references order by all"
    )

    assert marts.execute(unresolved).fetchall() == [
        ("sections", "math", "course", "courses", "m1", TUE),
        ("sections", "math", "school", "schools", "elm", WED),
        ("sections", "math", "students", "students", "zoe", MON),
        ("sections", "math", "term_id", "terms", "spring", WED),
        ("students", "ana", "school", "schools", "elm", WED),
        ("students", "ana", "schools", "schools", "elm", WED),
        ("students", "ben", "school", "schools", "elm", THU),
        ("students", "ben", "schools", "schools", "elm", THU),
        ("teachers", "kim", "schools", "schools", "elm", WED),
        ("teachers", "lee", "schools", "schools", "elm", WED),
    ]


def test_a_day_can_be_read_line_by_line(marts: duckdb.DuckDBPyConnection) -> None:
    lines = f"select line from build.ops.roster_changes where changed_at = timestamp '{TUE}'"

    assert sorted(line for (line,) in marts.execute(lines).fetchall()) == [
        "course m1 archived",
        "primary teacher kim ended in section Math",
        "primary teacher lee began in section Math",
        "section Math updated: primary_teacher_id",
        "student ana updated: grade",
        "student ben archived",
        "student ben left primary school elm",
        "student ben left section Math",
        "teacher kim began in section Math",
        "teacher lee ended in section Math",
        "user ben archived",
    ]


def test_every_change_names_its_table_and_record(marts: duckdb.DuckDBPyConnection) -> None:
    back = rows(
        marts,
        "select object, id, change_type, related_object, related_id, changed_fields "
        f"from build.ops.roster_changes where id = 'ben' and changed_at = timestamp '{THU}' "
        "order by all",
    )

    assert [tuple(change.values()) for change in back] == [
        ("students", "ben", "began", "sections", "math", None),
        ("students", "ben", "restored", None, None, None),
        ("users", "ben", "restored", None, None, None),
    ]


def test_changes_are_told_by_the_names_of_their_time(tmp_path: Path) -> None:
    """On Tuesday Ana Reyes, who leaves it, and the class, its teacher and its school are renamed."""

    def shown(suffix: str, students: list[str]) -> dict[str, list[Record]]:
        def user(id_: str, role: str, first: str) -> Record:
            about = {"id": id_, "name": {"first": first, "last": f"Reyes{suffix}"}}
            return {**about, "roles": {role: {"school": "elm", "schools": ["elm"]}}}

        class_ = {"id": "x", "name": f"Math{suffix}", "school": "elm"}
        contact = {"student_relationships": [{"student": id_} for id_ in students]}
        mum = {"id": "mum", "name": {"first": "Mia", "last": f"Reyes{suffix}"}}
        return {
            "schools": [{"id": "elm", "name": f"Elm{suffix}"}],
            "sections": [class_ | {"teachers": ["joy"], "students": students}],
            "users": [
                user("ana", "student", "Ana"),
                user("joy", "teacher", "Joy"),
                {**mum, "roles": {"contact": contact}},
            ],
        }

    warehouse = Warehouse(tmp_path / "home")
    warehouse.sync(shown("", ["ana"]), at=MON)
    warehouse.sync(shown(" II", []), at=TUE)
    warehouse.sync(shown(" II", ["ana"]), at=WED)
    built(warehouse, *EVERYTHING)

    with opened(warehouse.home) as connection:
        told = connection.execute(
            "select changed_at, id, name, related_id, related_name, line "
            "from build.ops.roster_changes "
            "where related_object in ('sections', 'students') and id <> 'joy' order by 1, 6"
        ).fetchall()
        members = connection.execute(
            "select line from build.ops.roster_changes where related_object = 'schools' order by 1"
        ).fetchall()
        renamed = connection.execute(
            "select line from build.ops.roster_changes "
            f"where changed_at = timestamp '{TUE}' and object in ('schools', 'teachers')"
        ).fetchall()
    now, then = ("Ana Reyes II", "Math II"), ("Ana Reyes", "Math")
    assert told == [
        (MON, "mum", "Mia Reyes", "ana", then[0], "contact Mia Reyes became contact of student Ana Reyes"),
        (MON, "ana", then[0], "x", then[1], "student Ana Reyes entered section Math"),
        (TUE, "mum", "Mia Reyes", "ana", then[0], "contact Mia Reyes is no longer contact of student Ana Reyes"),
        (TUE, "ana", then[0], "x", then[1], "student Ana Reyes left section Math"),
        (WED, "mum", "Mia Reyes II", "ana", now[0], "contact Mia Reyes II became contact of student Ana Reyes II"),
        (WED, "ana", now[0], "x", now[1], "student Ana Reyes II entered section Math II"),
    ]  # fmt: skip
    assert members == [
        ("student Ana Reyes joined primary school Elm",),
        ("teacher Joy Reyes joined primary school Elm",),
    ]
    assert sorted(renamed) == [
        ("school Elm II updated: name",),
        ("teacher Joy Reyes II updated: last_name",),
    ]


def test_every_sync_has_its_line_whatever_became_of_it(marts: duckdb.DuckDBPyConnection) -> None:
    lines = "select sync_id, status from warehouse.ops.syncs order by 1"

    assert marts.execute(lines).fetchall() == [
        *((sync_id, "complete") for sync_id in (1, 2, 3, 4)),
        (5, "failed"),
    ]
