"""Builds of hand-written days: incremental ones give what a full one gives, and touch no more."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib import dbt_runner
from orchestration.lib.dbt_runner import (
    DBT_PROJECT,
    EVERYTHING,
    TABLES_AND_TESTS,
    NodeResult,
    build,
    manifest,
)
from orchestration.lib.home import Home
from orchestration.lib.watermark import note_build, plan_build
from tests.dbt.building import built
from tests.dbt.dbt_warehouse import DISTRICT, Record, Warehouse


def _student(id_: str, *, grade: str = "7", school: str = "a", **more: Any) -> Record:
    student = {"grade": grade, "school": school, "schools": [school]}
    return {"id": id_, "district": DISTRICT, "roles": {"student": student}, **more}


def _teacher(id_: str, **roles: Any) -> Record:
    teacher = {"school": "a", "schools": ["a"]}
    return {"id": id_, "district": DISTRICT, "roles": {"teacher": teacher, **roles}}


def _section(id_: str, students: list[str], teachers: list[str], **more: Any) -> Record:
    about = {"id": id_, "district": DISTRICT, "school": "a", "students": students, **more}
    return about | ({"teachers": teachers, "teacher": teachers[0]} if teachers else {})


def _contact(id_: str, *students: str) -> Record:
    about = [{"student": student, "relationship": "Parent"} for student in students]
    return {"id": id_, "district": DISTRICT, "roles": {"contact": {"student_relationships": about}}}


_STILL = {
    "districts": [{"id": DISTRICT, "name": "Alder"}],
    "schools": [{"id": "a", "district": DISTRICT}, {"id": "b", "district": DISTRICT}],
    "terms": [{"id": "fall", "district": DISTRICT, "start_date": "2026-08-17"}],
}
_DAYS: list[Mapping[str, list[Record]]] = [
    {
        "users": [_student("ana"), _student("ben"), _teacher("kim"), _contact("mum", "ana")],
        "sections": [
            _section("math", ["ana", "ben", "dangling"], ["kim"]),
            _section("art", [], []),
        ],
    },
    {  # ana moves class, ben is archived while still listed, kim becomes staff too
        "users": [
            _student("ana"),
            _teacher("kim", staff={"schools": ["b"]}),
            _contact("mum", "ana"),
        ],
        "sections": [_section("math", ["ben"], ["kim"]), _section("art", ["ana"], ["kim"])],
    },
    {  # ben is back with another grade; the dangling student is shared; art is gone
        "users": [
            _student("ana", school="b"),
            _student("ben", grade="8"),
            _student("dangling"),
            _teacher("kim", staff={"schools": ["b"]}),
            _contact("mum", "ana", "ben"),
        ],
        "sections": [_section("math", ["ben", "dangling"], ["kim"])],
    },
    {  # art is back with its student; kim is no teacher any more
        "users": [
            _student("ana", school="b"),
            _student("ben", grade="8"),
            _student("dangling"),
            {"id": "kim", "district": DISTRICT, "roles": {"staff": {"schools": ["b"]}}},
            _contact("mum", "ben"),
        ],
        "sections": [_section("math", ["ben"], ["kim"]), _section("art", ["ana"], ["kim"])],
    },
]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home")
    home.prepare()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_HOME", str(home.root))
        yield home


def _built(home: Home, arguments: tuple[str, ...]) -> list[NodeResult]:
    results = build(home, arguments)
    assert [result.unique_id for result in results if not result.ok] == []
    judging_the_project = [name for name in results if name.unique_id.startswith("unit_test.")]
    assert judging_the_project == [], "a build of somebody's data must not run unit tests"
    return results


def _note(home: Home, sync_id: int) -> None:
    with duckdb.connect(str(home.build)) as connection:
        connection.execute("delete from ops.builds")
        connection.execute("insert into ops.builds values (?, 'test')", [sync_id])


def _tables(home: Home) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(home.build), read_only=True) as connection:
        names = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where schema_name in ('roster', 'intermediate') and "
            "table_name not in ('progress_users', 'progress_sections', 'touched_progress', "
            "'touched_records')"
        ).fetchall()
        return {
            name: connection.execute(f"from {name} order by all").fetchall() for (name,) in names
        }


def test_incremental_builds_give_the_rows_of_a_full_one(home: Home) -> None:
    warehouse = Warehouse(home.root)
    for number, day in enumerate(_DAYS):
        sync_id = warehouse.sync({**_STILL, **day})
        _built(home, TABLES_AND_TESTS if number else EVERYTHING)
        _note(home, sync_id)
    incremental = _tables(home)

    _built(home, EVERYTHING)

    assert _tables(home) == incremental
    assert len(incremental) >= 19
    assert len(incremental["roster.enrollment_history"]) == 6


@dataclass(frozen=True)
class GradeMoved:
    """A day built whole, and the next, on which Ana's grade is all that is new, built daily.

    `everything` are the names of what the whole build made, `unnoted` of what a daily build made
    before that was noted, `results` are those of the last build.
    """

    home: Home
    everything: set[str]
    unnoted: set[str]
    results: list[NodeResult]


@pytest.fixture(scope="module")
def grade_moved(tmp_path_factory: pytest.TempPathFactory) -> GradeMoved:
    """Before the last build every student is marked by hand."""
    home = Home(tmp_path_factory.mktemp("moved") / "home")
    home.prepare()
    warehouse = Warehouse(home.root)
    first = warehouse.sync({**_STILL, **_DAYS[0]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_HOME", str(home.root))
        everything = _built(home, EVERYTHING)
        unnoted = _built(home, TABLES_AND_TESTS)
        _note(home, first)
        with duckdb.connect(str(home.build)) as connection:
            connection.execute("update roster.student_history set district_username = 'mark'")
        changed = {**_DAYS[0], "users": [_student("ana", grade="8"), *_DAYS[0]["users"][1:]]}
        warehouse.sync({**_STILL, **changed})
        return GradeMoved(home, _names(everything), _names(unnoted), _built(home, TABLES_AND_TESTS))


def _names(results: list[NodeResult]) -> set[str]:
    return {result.name for result in results}


def test_an_incremental_build_leaves_untouched_rows_alone(grade_moved: GradeMoved) -> None:
    """A mark set by hand stays exactly on the rows that the day does not concern."""
    with duckdb.connect(str(grade_moved.home.build), read_only=True) as connection:
        marks = connection.execute(
            "select student_id, count(*), count(district_username) "
            "from roster.student_history group by 1 order by 1"
        ).fetchall()
    assert marks == [("ana", 2, 0), ("ben", 1, 1)]


def test_a_daily_build_leaves_out_what_cannot_have_changed(grade_moved: GradeMoved) -> None:
    """Of a user's news no course, no section and, without any progress, no progress is made."""
    built = _names(grade_moved.results)

    assert len(grade_moved.unnoted) > 50, "none was noted yet"
    assert {"student_history", "enrollment_history", "schema_drift", "touched_records"} <= built
    assert "enrollments_neither_overlap_nor_dangle" in built
    assert "syncs_have_one_line_per_district" in built
    left_out = {
        *("course_history", "courses_have_one_version_at_any_time", "section_student_spells"),
        *("account_links", "progress_records", "progress_is_neither_lost_nor_doubled"),
        "every_account_stands_somewhere_once",
    }
    assert left_out <= grade_moved.everything and not left_out & built


def test_rows_of_a_sync_without_its_line_are_seen_by_nobody(home: Home) -> None:
    warehouse = Warehouse(home.root)
    warehouse.sync({**_STILL, **_DAYS[0]})
    warehouse.sync({**_STILL, **_DAYS[1]}, status="failed")

    _built(home, EVERYTHING)

    with duckdb.connect(str(home.build), read_only=True) as connection:
        rows = connection.execute("select distinct change_type from roster.student_history")
        assert rows.fetchall() == [("created",)]


def test_every_lifecycle_case_of_the_unit_tests_holds(grade_moved: GradeMoved) -> None:
    home = grade_moved.home
    tested = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--no-version-check", "--no-use-colors"),
            *("test", "--select", "test_type:unit", "--target-path", str(home.dbt)),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--log-path", str(home.dbt)),
        ],
        env={**os.environ, "ROLLBOOK_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert tested.returncode == 0, tested.stdout
    unit_tests = len(manifest()["unit_tests"])
    assert f"{unit_tests} of {unit_tests} PASS" in tested.stdout
    assert unit_tests >= 24


def _row_groups(home: Home, table: str) -> list[int]:
    """The rows of each row group in the file, deleted ones too."""
    with duckdb.connect(str(home.build), read_only=True) as connection:
        rows = connection.execute(
            "select sum(count) from pragma_storage_info(?) "
            "where column_id = 0 and segment_type <> 'VALIDITY' "
            "group by row_group_id order by row_group_id",
            [table],
        ).fetchall()
    return [int(count) for (count,) in rows]


def test_a_daily_build_and_its_note_leave_old_rows_where_they_are_on_disk(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(dbt_runner._ROW_GROUP, "daily", 2_048)
    warehouse = Warehouse(home.root)
    users = [_student(f"s{number}") for number in range(2_100)]
    first = warehouse.sync({**_STILL, "users": users})
    _built(home, EVERYTHING)
    note_build(home, first)
    assert _row_groups(home, "roster.student_history") == [2_100]

    changed = [_student(f"s{number}", grade="8") for number in range(1_000)]
    second = warehouse.sync({**_STILL, "users": [*changed, *users[1_000:]]})
    _built(home, TABLES_AND_TESTS)
    note_build(home, second)

    # With the 2,000 new versions the 1,100 rows that stand would fit into one of DuckDB's size.
    assert _row_groups(home, "roster.student_history")[0] == 2_100


def test_a_build_that_runs_out_of_memory_is_done_again_with_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.sync({**_DAYS[0], **_STILL})
    monkeypatch.setattr(dbt_runner, "_LEAST_MEMORY_MB", 8)

    monkeypatch.setenv("ROLLBOOK_HOME", str(warehouse.home))
    home = Home(warehouse.home)
    home.prepare()
    warnings: list[str] = []

    results = build(home, EVERYTHING, warnings.append)

    assert [result.name for result in results if not result.ok] == []
    assert "16 MB" in warnings[0]
    assert int(os.environ["ROLLBOOK_BUILD_MEMORY"].removesuffix("MB")) > 8


def test_a_memory_that_somebody_has_chosen_is_not_exceeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.sync({**_DAYS[0], **_STILL})
    # Less than a person may choose: so little data would fit into that.
    monkeypatch.setattr("orchestration.lib.dbt_runner.dbt_memory", lambda: "8MB")

    results = built(warehouse, *EVERYTHING)

    assert any("Out of Memory" in (result.message or "") for result in results)


def test_everything_is_built_again_when_most_of_many_accounts_are_new(tmp_path: Path) -> None:
    warehouse, home = Warehouse(tmp_path), Home(tmp_path)
    home.prepare()
    with duckdb.connect(str(home.build)) as build:
        build.execute("create schema ops")
        build.execute("create table ops.builds (sync_id bigint, fingerprint varchar)")
        build.execute("create table ops.application_builds (load_id bigint)")
    note_build(home, 1, 1)

    def told(accounts: int, load_id: int) -> bool:
        with warehouse.connect() as connection:
            connection.execute(
                "insert into application_raw.accounts by name "
                "select 'a' || number as id, ? as load_id from range(?) as numbers (number)",
                [load_id, accounts],
            )
        return plan_build(home).full

    assert not told(10_000, load_id=2), "few are judged as fast one by one"
    assert told(1, load_id=2)
    assert not told(10_001, load_id=1), "half of them were there before"
