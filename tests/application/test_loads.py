"""Loads of an application's database: what changed is appended, and nothing is ever lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb

from tests.application.conftest import NOON, Application

A, B, C = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3))


def test_new_rows_are_appended_and_known_ones_are_not(application: Application) -> None:
    application.add(A)
    first = application.load()
    application.add(B, minute=1)
    second = application.load()

    assert (first.created, second.created, second.present) == (1, 1, 2)
    assert application.log() == [(1, A, "created"), (2, B, "created")]


def test_values_arrive_as_ours(application: Application) -> None:
    application.add(A, points=0.75)
    application.load()

    [row] = application.log(
        "user_id, kind, section_id, score, duration_seconds, occurred_at, payload"
    )
    assert row[1:7] == ("ana", "assessment", None, 0.75, None, NOON)
    assert str(row[7]).replace(" ", "") == '{"unit":1}'


def test_a_load_without_news_appends_nothing(application: Application) -> None:
    application.add(A)
    application.load()

    quiet = application.load()

    assert (quiet.status, quiet.changes, quiet.present) == ("complete", 0, 1)
    assert quiet.read_as == "changes"


def test_a_changed_row_is_appended_again(application: Application) -> None:
    application.add(A)
    application.load()
    application.run(
        "update activity set points = 2, changed_at = :at", at=NOON + timedelta(minutes=5)
    )
    assert application.load().updated == 1

    application.run("update activity set changed_at = :at", at=NOON + timedelta(minutes=6))
    assert application.load().changes == 0, "a cursor that moves alone is no change"


def test_a_transaction_that_was_committed_late_is_read_by_the_next_load(
    application: Application,
) -> None:
    application.add(A, minute=10)
    application.load()
    application.add(B, minute=5)

    assert application.load().created == 1


def test_a_deleted_row_is_withdrawn_with_what_was_known_and_may_come_back(
    application: Application,
) -> None:
    application.add(A, points=3)
    application.add(B, minute=1)
    application.load()
    application.run("delete from activity where points = 3")
    gone = application.load()
    application.add(A, points=3, minute=2)
    back = application.load()

    assert (gone.withdrawn, gone.present, back.restored, back.present) == (1, 1, 1, 2)
    assert application.log("id, change, score") == [
        (1, A, "created", 3.0),
        (1, B, "created", 1.0),
        (2, A, "withdrawn", 3.0),
        (3, A, "restored", 3.0),
    ]


def test_a_deletion_is_seen_beside_as_many_new_rows(application: Application) -> None:
    application.add(A)
    application.load()
    application.run("delete from activity")
    application.add(B, minute=1)

    line = application.load()

    assert (line.created, line.withdrawn, line.present) == (1, 1, 1)


def test_a_row_marked_as_deleted_is_withdrawn(application: Application) -> None:
    application.more += '\ndeleted_at = "deleted_at"'
    application.add(A)
    application.add(B)
    application.load()
    application.mark_as_deleted(A, minute=9)

    line = application.load()

    assert (line.withdrawn, line.present) == (1, 1)
    assert application.load().changes == 0


def test_a_table_without_a_cursor_is_read_as_a_whole(sqlite: Application) -> None:
    sqlite.add(A)
    sqlite.load()
    sqlite.add(B, minute=-90)
    sqlite.run("update activity set points = 7 where id = :id", id=A)

    sqlite.more = ""

    line = sqlite.load()

    assert (line.created, line.updated) == (1, 1)


def test_a_database_that_vanished_fails_the_load_and_keeps_what_was_known(
    sqlite: Application,
) -> None:
    sqlite.add(A)
    sqlite.load()
    (sqlite.home.parent / "application.sqlite").unlink()

    line = sqlite.load()

    assert line.status == "failed"
    assert "does not exist" in str(line.error)
    assert sqlite.log() == [(1, A, "created")]
    assert not (sqlite.home.parent / "application.sqlite").exists(), "none may be made instead"


def test_a_server_that_does_not_answer_fails_the_load_without_its_password(
    postgres: Application,
) -> None:
    postgres.url = postgres.url.replace("/postgres", "/no_such_database")

    line = postgres.load()

    assert line.status == "failed"
    assert "OperationalError" in str(line.error)
    assert "secret-of-the-test" not in str(line.error)


def test_a_mapping_that_does_not_fit_says_which_column(sqlite: Application) -> None:
    sqlite.run("alter table activity rename column points to marks")

    line = sqlite.load()

    assert line.status == "failed"
    assert "has no column points" in str(line.error)


def test_values_that_do_not_fit_are_counted(postgres: Application) -> None:
    postgres.run("alter table activity alter points type text")
    postgres.add(A, points=0.5)
    for id_, points in ((B, "n/a"), (C, "")):
        postgres.run(
            "insert into activity (id, what, points, done_at, changed_at) "
            "values (:id, 'x', :points, :at, :at)",
            id=id_, points=points, at=NOON,
        )  # fmt: skip

    line = postgres.load()

    assert (line.status, line.unreadable) == ("complete", 2)
    assert postgres.log("id, score") == [(1, A, 0.5), (1, B, None), (1, C, None)]
    assert postgres.load().unreadable == 0, "it read nothing"


def test_raw_tables_of_an_older_version_get_the_columns_they_lack(sqlite: Application) -> None:
    sqlite.add(A)
    sqlite.load()
    with duckdb.connect(str(sqlite.home / "warehouse.duckdb")) as connection:
        connection.execute("alter table application_raw.loads drop column unreadable")
        connection.execute("alter table application_raw.progress drop column payload")
    sqlite.add(B, minute=1)

    line = sqlite.load()

    assert (line.status, line.updated, line.created) == ("complete", 0, 1)
    assert sqlite.log("id, payload") == [(1, A, None), (2, B, '{"unit": 1}')]


def test_a_day_may_be_the_cursor(postgres: Application) -> None:
    postgres.run("alter table activity alter changed_at type date")
    postgres.add(A)
    postgres.load()
    postgres.add(B, minute=60)
    assert postgres.load().created == 1

    postgres.add(C, minute=24 * 60)
    line = postgres.load()

    assert (line.status, line.created, line.present) == ("complete", 1, 3)


def test_a_failed_load_is_made_good_by_the_next(sqlite: Application) -> None:
    sqlite.add(A)
    sqlite.run("alter table activity rename column points to marks")
    assert sqlite.load().status == "failed"
    sqlite.run("alter table activity rename column marks to points")

    assert sqlite.load().created == 1


def test_nothing_of_a_load_stays_on_disk(application: Application) -> None:
    application.add(A)
    application.load()

    assert [path.name for path in application.home.iterdir()] == ["warehouse.duckdb"]


def test_times_with_a_zone_become_utc(postgres: Application) -> None:
    postgres.run(
        "alter table activity alter done_at type timestamptz using done_at at time zone 'UTC'"
    )
    postgres.run(
        "insert into activity (id, person, what, done_at, changed_at) "
        "values (:id, 'ana', 'x', '2026-08-17 14:00:00+02', :at)",
        id=C, at=NOON,
    )  # fmt: skip
    postgres.load()

    assert postgres.log("occurred_at") == [(1, datetime(2026, 8, 17, 12))]


def test_a_row_that_has_nothing_of_a_column_that_came_later_is_the_same_row(
    sqlite: Application,
) -> None:
    """An upgrade must not tell every account again: the older version's hash is of its columns."""
    sqlite.run("create table people (id text, mail text, born text)")
    sqlite.run("insert into people values ('p', 'p@x.example', '2012-04-03')")
    sqlite.mapping = """
        [accounts]
        table = "people"
        [accounts.columns]
        id = "id"
        email = "mail"
    """
    sqlite.more = ""
    sqlite.load_all()
    columns = "clever_id, district_id, role, email, first_name, last_name, username, sis_id"
    columns += ", created_at, payload"
    older = f"md5_number_lower(cast(to_json(row({columns})) as varchar))"
    with duckdb.connect(str(sqlite.home / "warehouse.duckdb")) as connection:
        rows = connection.execute(f"select hash = {older} from application_raw.accounts").fetchall()
    assert rows == [(True,)]

    sqlite.mapping += 'dob = "born"'
    line = sqlite.load_all()["accounts"]
    assert (line.updated, line.created) == (1, 0)
