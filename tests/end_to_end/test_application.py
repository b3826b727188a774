"""The application's database beside the roster, through the real command."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dlt_sources.application.sample import make_sample
from dlt_sources.application.settings import SAMPLE_MAPPING
from tests.end_to_end.conftest import Installation


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "application.sqlite"
    make_sample(file)
    return file


def _sync(
    installation: Installation, day: int, database: Path, mapping: str = ""
) -> tuple[int, str]:
    """A sync of a day; its code, and what it says on the error output."""
    installation.sandbox.set_day(day)
    ended = installation.run(
        "sync", "--observed-at", f"2026-08-{16 + day:02}T02:00:00", "--ahead-of-clock",
        SOURCES__APPLICATION__DATABASE_URL=f"sqlite:///{database}",
        SOURCES__APPLICATION__MAPPING=mapping,
    )  # fmt: skip
    return ended.returncode, ended.stderr


def test_a_vanished_application_fails_alone_and_the_roster_is_published(
    empty: Installation, database: Path
) -> None:
    away = database.rename(database.with_suffix(".away"))

    code, said = _sync(empty, 1, database)

    assert code == 3
    assert "does not exist" in said
    assert empty.query("select count(*) > 0 from roster.students") == [(True,)]
    assert empty.query("select count(*) from progress.student_progress") == [(0,)]

    away.rename(database)
    code, said = _sync(empty, 2, database)
    known = empty.query("select count(*) from progress.student_progress")
    assert (code, said) == (0, "")
    assert known[0][0] > 0

    database.rename(away)
    code, _ = _sync(empty, 3, database)
    assert code == 3
    assert empty.query("select count(*) from progress.student_progress") == known
    assert empty.query(
        "select distinct status from ops.application_loads where load_id = 3"
    ) == [("failed",)]  # fmt: skip
    said = empty.run("status").stderr
    assert "The application was last read at 2026-08-18 02:00 UTC" in said
    assert "does not exist" in said


def test_only_news_of_the_roster_or_the_application_is_built(
    after_day_1: Installation, database: Path
) -> None:
    _sync(after_day_1, 1, database)
    built = (after_day_1.home / "build.duckdb").read_bytes()

    assert _sync(after_day_1, 1, database) == (0, "")
    assert (after_day_1.home / "build.duckdb").read_bytes() == built, "nothing is new"

    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "insert into activity values (99, '66a0c000a157d00000000002', 'content', null, null, "
            "5, '2026-08-17 10:00:00.000000', null, '2026-08-27 10:00:00.000000')"
        )

    assert _sync(after_day_1, 1, database) == (0, "")
    assert (after_day_1.home / "build.duckdb").read_bytes() != built
    assert after_day_1.query(
        "select student_id from progress.student_progress where progress_id = '99'"
    ) == [("66a0c000a157d00000000002",)]  # fmt: skip


def test_values_that_do_not_fit_are_told_and_stop_nothing(
    empty: Installation, database: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(SAMPLE_MAPPING.read_text().replace('"points"', '"details"'))

    assert _sync(empty, 1, database, str(mapping)) == (0, "")

    assert empty.query(
        "select unreadable from ops.application_loads where table_name = 'progress'"
    ) == [(15,)]  # fmt: skip
    check = empty.last_check("application_raw", "loads", "application_values_are_readable")
    assert (check.passed, check.severity.name) == (False, "WARN")
    assert check.description == "progress: 15 values"


def test_without_a_url_there_is_no_application(empty: Installation) -> None:
    ended = empty.run(
        "sync", "--observed-at", "2026-08-17T02:00:00", SOURCES__APPLICATION__DATABASE_URL=""
    )

    assert ended.returncode == 0, ended.stderr
    assert empty.query("select count(*) from ops.application_loads") == [(0,)]
    assert empty.query("select count(*) from progress.unmatched_progress") == [(0,)]
    assert empty.query("select count(*) from roster.manual_edits") == [(0,)]


def test_a_row_of_the_future_is_pointed_out_and_a_reconcile_heals(
    empty: Installation, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("update activity set changed_at = '2036-01-01' where activity_id = 9")
        connection.execute("update people set changed_at = '2026-07-01' where person_id = 'p-2'")
    assert _sync(empty, 1, database) == (0, "")
    check = empty.last_check("application_raw", "loads", "application_cursors_are_plausible")
    assert (check.passed, check.severity.name) == (False, "WARN")
    assert "progress: " in str(check.description)

    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("update people set given_name = 'Ana' where person_id = 'p-1'")
    empty.sandbox.set_day(2)
    ended = empty.run(
        "sync", "--reconcile", "--observed-at", "2026-08-18T02:00:00",
        SOURCES__APPLICATION__DATABASE_URL=f"sqlite:///{database}",
    )  # fmt: skip

    assert ended.returncode == 0, ended.stderr
    assert empty.query(
        "select read_as, read_because, updated, healed from ops.application_loads "
        "where load_id = 2 and table_name = 'accounts'"
    ) == [("comparison", "it was asked for", 1, 0)]


def test_a_check_of_the_application_says_what_would_go_wrong(
    empty: Installation, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("update activity set points = 'n/a' where activity_id = 9")

    ended = empty.run(
        "application", "check", SOURCES__APPLICATION__DATABASE_URL=f"sqlite:///{database}"
    )

    assert ended.returncode == 3, ended.stderr
    assert "progress: activity: 15 rows" in ended.stdout
    assert "1 values of points are not a finite number: score would be NULL there" in ended.stdout
    assert "n/a" not in ended.stdout

    ended = empty.run("application", "check", SOURCES__APPLICATION__DATABASE_URL="")
    assert (ended.returncode, "There is no application" in ended.stderr) == (2, True)
