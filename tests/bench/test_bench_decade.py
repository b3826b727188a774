"""The home that is written for `make bench-queries`, its snapshots, and its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from tests.bench.asking import Taken, answers
from tests.bench.decade import Decade, stored_by, write_decade
from tests.bench.decade_questions import asked_about
from tests.bench.decade_tables import TABLES
from tests.bench.generator import DISTRICT_ID, District
from tests.bench.queries import Asked, Measured, page
from tests.bench.questions import questions
from tests.bench.snapshots import write_snapshots
from tests.dbt.story import MON, begun
from tests.shared import once

DECADE = Decade(students=1_000, progress=5_000)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    def make(folder: Path) -> None:
        story = begun(folder)
        story.day(MON)
        home = Home(story.warehouse.home)
        with duckdb.connect(str(home.warehouse)) as warehouse:
            warehouse.execute("update clever_raw.syncs set district_id = ?", [DISTRICT_ID])
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ROLLBOOK_HOME", str(home.root))
            home.prepare()
            write_decade(DECADE, home)
            publish(home)
        write_snapshots(home.published, home.root / "snapshots.duckdb")

    return Home(once(tmp_path_factory, "decade", make) / "home")


@pytest.fixture(scope="module")
def file(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("table", TABLES)
def test_rows_lie_as_the_model_stores_them(file: duckdb.DuckDBPyConnection, table: str) -> None:
    key = ", ".join(stored_by(table))
    file.execute("create or replace temp macro school_year_of(t) as year(t - interval 6 month)")

    assert key or table == "roster.district_history"
    found = file.execute(
        f"select count(*), count(*) filter (where this < previous) from (select row({key or 1}) as "
        f"this, lag(row({key or 1})) over (order by rowid) as previous from {table})"
    ).fetchall()
    assert found[0][0] > 0 and found[0][1] == 0


@pytest.mark.parametrize("name", ["student", "section", "teacher", "term", "contact", "user"])
def test_versions_leave_no_gap(file: duckdb.DuckDBPyConnection, name: str) -> None:
    assert file.execute(
        f"select count(*) from (select valid_to, lead(valid_from) over (partition by {name}_id "
        f"order by valid_from) as next, is_current from roster.{name}_history) "
        "where valid_to is distinct from next or is_current <> (valid_to is null)"
    ).fetchall() == [(0,)]


def test_as_many_students_as_asked_are_there_each_year(file: duckdb.DuckDBPyConnection) -> None:
    for year in (2017, 2021, 2026):
        [(students,)] = file.execute(
            f"select count(*) from roster.students_on('{year}-10-01')"
        ).fetchall()
        assert abs(students - DECADE.students) < 30
        [(seats,)] = file.execute(
            f"select count(*) from roster.enrollments_on('{year}-10-01')"
        ).fetchall()
        assert seats == 5 * students
    assert file.execute("select count(*) from progress.student_progress").fetchall() == [(5_000,)]


def test_every_question_is_answered_alike_by_both_files(home: Home) -> None:
    snapshots = home.root / "snapshots.duckdb"
    for question in asked_about(DECADE, home.published):
        mine = answers(home.published, question.of_rollbook)
        assert mine["rows"], question.what
        if question.of_snapshots:
            assert answers(snapshots, question.of_snapshots)["rows"] == mine["rows"], question.what


@pytest.mark.parametrize("what", questions(District(users=40)))
def test_the_questions_of_the_other_benchmark_can_be_asked(
    file: duckdb.DuckDBPyConnection, what: str
) -> None:
    assert file.execute(questions(District(users=40))[what]).fetchall() is not None


def test_the_page_has_a_line_for_each_question(home: Home) -> None:
    taken = Taken(ms=12.0, cpu_ms=10.0, opening_ms=40.0, peak_mb=80.0, rows=3)
    asked = [
        Asked(each, taken, taken if each.of_snapshots else None)
        for each in asked_about(DECADE, home.published)
    ]

    told = "\n".join(page([Measured(DECADE, asked, {"published": 1.0, "snapshots": 2.0})]))

    assert all(f"| {each.question.what} | 3 | 12 | 10 | 40 | 80 |" in told for each in asked)
    assert "| 12 | 10 | 1.0 |" in told
