"""Whatever the history of the database does, the next load goes on."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

import pytest

from dlt_sources.application import reading
from tests.application.activity import A, B, C, delete, score, scores
from tests.application.conftest import NOON, Application


def test_the_newest_row_may_be_deleted(application: Application) -> None:
    application.add(A)
    application.run("update activity set changed_at = :at", at=NOON - timedelta(seconds=3601))
    application.add(B)
    application.load()
    delete(application, B)

    line = application.load()

    assert (line.status, line.withdrawn, line.read_because) == ("complete", 1, "its cursor fell")
    assert application.load().read_as == "changes"


def test_all_rows_may_go_and_others_come(application: Application) -> None:
    application.add(A)
    application.load()
    delete(application, A)
    empty = application.load()
    application.add(B, minute=-5000)
    filled = application.load()

    assert (empty.status, empty.withdrawn, empty.present) == ("complete", 1, 0)
    assert (filled.status, filled.created, filled.present) == ("complete", 1, 1)


def test_a_backup_may_be_restored(application: Application) -> None:
    application.add(A, points=1, minute=-600)
    application.add(B, points=1, minute=-500)
    application.run("create table backup as select * from activity")
    score(application, A, 5, NOON)
    application.add(C, minute=5)
    application.load()
    application.run("delete from activity")
    application.run("insert into activity select * from backup")
    application.run("drop table backup")

    line = application.load()

    assert (line.status, line.updated, line.withdrawn) == ("complete", 1, 1)
    assert scores(application)[A] == 1


def test_the_sample_first_and_a_real_database_after_it(
    sqlite: Application, postgres: Application
) -> None:
    sqlite.add(A)
    sqlite.add(B, minute=60 * 24 * 400)
    sqlite.load()
    postgres.add(A, points=5)
    postgres.add(C, minute=-5000)
    sqlite.url = postgres.url

    line = sqlite.load()

    assert (line.status, line.read_as) == ("complete", "whole")
    assert line.read_because == "another database is read"
    assert (line.created, line.updated, line.withdrawn, line.present) == (1, 1, 1, 2)


@pytest.mark.parametrize(
    "types",
    [
        ("timestamptz", "timestamp"),
        ("date", "timestamptz"),
        ("bigint using extract(epoch from changed_at)::bigint", None),
    ],
)
def test_the_type_of_the_cursor_may_change(
    postgres: Application, types: tuple[str, str | None]
) -> None:
    postgres.add(A)
    postgres.add(B)
    postgres.load()
    for number, kind in enumerate(types):
        if kind is None:
            kind = "timestamp using to_timestamp(changed_at)"
        postgres.run(f"alter table activity alter changed_at type {kind}")
        score(postgres, A, 10 + number)
        line = postgres.load()
        assert (line.status, line.read_as, line.updated) == ("complete", "whole", 1)
        assert postgres.load().read_as == "changes"


def test_a_column_that_is_added_to_the_mapping_is_read_of_old_rows(
    application: Application,
) -> None:
    application.mapping = application.mapping.replace('score = "points"\n', "")
    application.add(A, points=3, minute=-6000)
    application.add(B)
    application.load()
    application.mapping += 'score = "points"\n'

    line = application.load()

    assert (line.read_because, line.updated) == ("the mapping of its columns changed", 2)
    assert scores(application) == {A: 3, B: 1}


def test_two_units_never_mix_in_one_column(application: Application) -> None:
    application.add(A, minute=-6000)
    application.add(B)
    application.run("update activity set points = 1, seconds = 60")
    application.load()
    application.mapping = application.mapping.replace('score = "points"', 'score = "seconds"')

    application.load()

    assert scores(application) == {A: 60, B: 60}


def test_another_table_is_read_as_a_whole(application: Application) -> None:
    application.add(A)
    application.load()
    application.run("drop table if exists other")
    application.run("create table other as select * from activity")
    application.run("update other set points = 9, changed_at = :at", at=NOON - timedelta(days=9))
    application.mapping = application.mapping.replace('table = "activity"', 'table = "other"')

    line = application.load()
    application.run("drop table other")

    assert (line.read_because, line.updated) == ("another table is read", 1)


@pytest.mark.usefixtures("newest_is_one")
def test_a_table_that_is_made_anew_is_read_as_a_whole(application: Application) -> None:
    for id_ in (A, B):
        application.add(id_)
    application.load()
    assert application.load().read_as == "changes"
    if application.engine.dialect.name == "mysql":  # Its tables tell the second they were made in.
        made = "select create_time + interval 1 second < now() from information_schema.tables"
        while not application.value(f"{made} where table_name = 'activity'"):
            time.sleep(0.1)
    application.run("create table other as select * from activity")
    application.run("drop table activity")
    application.run("alter table other rename to activity")
    old = NOON - timedelta(days=9)
    application.run("update activity set points = 9, changed_at = :at", at=old)
    application.add(C, minute=60)

    line = application.load()

    assert (line.read_as, line.updated, line.created) == ("whole", 2, 1)
    # SQLite keeps no types in a table that is made of another.
    is_sqlite = application.engine.dialect.name == "sqlite"
    replaced = "the database or the table was replaced"
    assert line.read_because == ("the type of a column changed" if is_sqlite else replaced)
    assert application.load().read_as == "changes"


@pytest.mark.usefixtures("newest_is_one")
def test_another_file_under_the_same_name_is_read_as_a_whole(sqlite: Application) -> None:
    for id_ in (A, B):
        sqlite.add(id_)
    file = Path(str(sqlite.engine.url.database))
    other = file.with_name("other")
    shutil.copy(file, other)
    sqlite.load()
    other.replace(file)
    sqlite.run("update activity set points = 77, changed_at = :at", at=NOON - timedelta(days=9))
    sqlite.add(C, minute=60)

    line = sqlite.load()

    assert (line.read_because, line.updated) == ("the database or the table was replaced", 2)


@pytest.mark.usefixtures("newest_is_one")
def test_a_file_that_was_written_less_often_is_another_one(sqlite: Application) -> None:
    for id_ in (A, B):
        sqlite.add(id_)
    file = Path(str(sqlite.engine.url.database))
    kept = file.read_bytes()
    for points in range(9):
        score(sqlite, A, points)
    sqlite.load()
    file.write_bytes(kept)

    line = sqlite.load()

    assert (line.read_because, line.updated) == ("the database or the table was replaced", 1)


def test_that_the_cursor_is_taken_out_or_put_back_is_said(application: Application) -> None:
    application.add(A)
    application.load()
    application.more, kept = "", application.more
    assert application.load().read_because == "another cursor is used"
    application.more = kept
    assert application.load().read_because == "another cursor is used"


@pytest.mark.usefixtures("newest_is_one")
def test_another_column_as_cursor_is_read_as_a_whole(application: Application) -> None:
    """It may be far ahead of the one that was read: what changed since then is before it."""
    for id_ in (A, B):
        application.add(id_, minute=-600)
    application.run("update activity set done_at = :at where id = :id", at=NOON, id=B)
    application.load()
    assert application.load().read_as == "changes"
    score(application, A, 7, NOON)
    application.more = 'cursor = "done_at"'

    line = application.load()

    assert (line.read_because, line.updated) == ("another cursor is used", 1)


@pytest.mark.usefixtures("newest_is_one")
def test_values_that_other_rules_would_read_are_read_anew(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those of rows that do not change any more."""
    application.add(A, points=7, minute=-600)
    application.add(B)
    application.load()
    application.write_log("update application_raw.progress set score = null, hash = 0")
    assert application.load().updated == 1, "only what lies in the overlap is read"
    monkeypatch.setattr(reading, "RULES", "those of tomorrow")

    line = application.load()

    assert line.read_because == "this version of Rollbook reads values by other rules"
    assert scores(application) == {A: 7, B: 1}


def test_taking_the_cursor_out_for_one_load_heals(application: Application) -> None:
    application.add(A, minute=-600)
    application.add(B)
    application.load()
    score(application, A, 7)
    application.more, kept = "", application.more

    assert application.load().updated == 1
    application.more = kept
    assert application.load().status == "complete"


def test_the_cursor_of_a_home_of_an_older_version_is_no_harm(application: Application) -> None:
    application.add(A, minute=-600)
    application.load()
    application.write_log(
        "update application_raw.loads set fingerprint = null, read_as = null, "
        """cursor = '{"time": "2036-08-17T12:00:00"}'"""
    )
    application.write_log("delete from application_index.progress")
    score(application, A, 7)

    line = application.load()

    assert (line.read_as, line.updated, line.present) == ("whole", 1, 1)


def test_a_lost_index_is_made_again(application: Application) -> None:
    application.add(A)
    application.add(B)
    application.load()
    application.write_log("delete from application_index.progress")
    delete(application, A)

    line = application.load()

    assert (line.read_because, line.withdrawn, line.present) == ("its index was lost", 1, 1)


def test_a_cursor_of_the_first_year_is_no_harm(application: Application) -> None:
    application.add(A)
    application.run("update activity set changed_at = '0001-01-01 00:00:00'")
    assert application.load().status == "complete"
    score(application, A, 7)

    assert application.load().updated == 1
