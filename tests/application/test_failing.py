"""A table that cannot be read fails alone, and one sentence tells what to do."""

from __future__ import annotations

import pytest

from tests.application.conftest import Application

A, B = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2))
_ACCOUNTS = """
[accounts]
table = "{table}"
[accounts.columns]
id = "id"
clever_id = "person"
"""


def test_if_one_table_fails_the_others_load(application: Application) -> None:
    application.add(A)
    application.mapping += _ACCOUNTS.format(table="no_such_table")

    lines = application.load_all()

    assert (lines["progress"].status, lines["progress"].created) == ("complete", 1)
    assert lines["accounts"].status == "failed"
    said = str(lines["accounts"].error)
    assert "no table no_such_table" in said and "for accounts" in said
    assert "correct `table` or `schema` in [accounts]" in said


@pytest.mark.parametrize(
    "wrong",
    ["overlap_seconds = -1", 'overlap_seconds = "x"', 'reconcile = "hourly"', 'curser = ""'],
)
def test_a_wrong_entry_of_one_table_stops_no_other(sqlite: Application, wrong: str) -> None:
    sqlite.add(A)
    accounts = _ACCOUNTS.format(table="activity")
    sqlite.mapping += accounts.replace("[accounts.columns]", f"{wrong}\n[accounts.columns]")

    lines = sqlite.load_all()

    assert (lines["progress"].status, lines["progress"].created) == ("complete", 1)
    assert lines["accounts"].status == "failed"
    assert wrong.split()[0] in str(lines["accounts"].error)


def test_double_ids_fail_their_table_alone(application: Application) -> None:
    application.add(A)
    application.add(B)
    application.mapping += _ACCOUNTS.format(table="activity").replace('"id"', '"what"')

    lines = application.load_all()

    assert lines["progress"].created == 2
    said = str(lines["accounts"].error)
    assert "2 rows of the application's table activity have the same what as another" in said
    assert "[accounts.columns]" in said


def test_a_missing_right_names_the_table(postgres: Application) -> None:
    postgres.add(A)
    postgres.run("drop role if exists reader")
    postgres.run("create role reader login")
    postgres.url = postgres.url.replace("rollbook:secret-of-the-test", "reader")

    line = postgres.load()

    assert line.status == "failed"
    assert "The application's table activity, which the mapping names for progress" in str(
        line.error
    )
    assert "GRANT SELECT ON activity" in str(line.error)
    postgres.run("drop role reader")


def test_a_missing_right_names_the_column(postgres: Application) -> None:
    postgres.add(A)
    postgres.run("drop role if exists reader")
    postgres.run("create role reader login")
    names = "id, person, what, class, seconds, done_at, details, changed_at, deleted_at"
    postgres.run(f"grant select ({names}) on activity to reader")
    postgres.url = postgres.url.replace("rollbook:secret-of-the-test", "reader")

    line = postgres.load()

    assert "column points of the application's table activity" in str(line.error)
    postgres.run("drop owned by reader")
    postgres.run("drop role reader")


def test_a_missing_right_names_the_table_in_mariadb(mariadb: Application) -> None:
    mariadb.add(A)
    mariadb.run("create table if not exists other (id int)")
    mariadb.run("create or replace user reader@'127.0.0.1'")
    mariadb.run("grant select on application.other to reader@'127.0.0.1'")
    mariadb.url = mariadb.url.replace("root@", "reader@")

    line = mariadb.load()

    assert line.status == "failed"
    assert "activity" in str(line.error) and "GRANT SELECT ON activity" in str(line.error)


def test_a_wrong_password_says_so(mariadb: Application) -> None:
    mariadb.url = mariadb.url.replace("root@", "root:wrong-secret@")

    said = str(mariadb.load().error)

    assert "Correct the user or the password in SOURCES__APPLICATION__DATABASE_URL" in said
    assert "wrong-secret" not in said


def test_what_the_database_says_of_its_data_is_not_told(postgres: Application) -> None:
    """A view that fails on a value: the database's own message quotes it."""
    postgres.add(A, person="Katherine")
    postgres.run("create view odd as select *, person::integer as number from activity")
    postgres.mapping = postgres.mapping.replace('"activity"', '"odd"').replace(
        '"points"', '"number"'
    )

    line = postgres.load()
    postgres.run("drop view odd")

    assert "column number of the application's table odd" in str(line.error)
    assert "InvalidTextRepresentation, 22P02" in str(line.error)
    assert "Katherine" not in str(line.error)


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ('reconcile = "hourly"', "progress.reconcile must be daily, weekly, never"),
        ("overlap_seconds = -1", "progress.overlap_seconds must be a number from 0 on"),
        ('overlap = "1"', "progress.overlap must be a number from 0 on"),
        ("cursor = 5", "progress.cursor must be a name"),
        ('cursur = "changed_at"', "has cursur in progress which Rollbook does not know"),
        ('cursor = "nothing"', "has no column nothing"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(sqlite: Application, more: str, rule: str) -> None:
    sqlite.more = more

    line = sqlite.load()

    assert (line.status, rule in str(line.error)) == ("failed", True), line.error
