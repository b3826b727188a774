"""Rows that are there and that the database does not show: they never count as deleted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dlt_sources.application.reading import TableReader
from tests.application.activity import A, B, C
from tests.application.conftest import Application

pytestmark = pytest.mark.usefixtures("newest_is_one")


@pytest.fixture
def short_answers(mariadb: Application) -> Iterator[Application]:
    """A server on which somebody limits how many rows a query gives."""
    for id_ in (A, B, C):
        mariadb.add(id_)
    mariadb.load()
    mariadb.run("set global sql_select_limit = 1")
    yield mariadb
    mariadb.run("set global sql_select_limit = default")


def test_a_limit_of_the_server_cuts_nothing_off(short_answers: Application) -> None:
    short_answers.run("update activity set points = 9")

    line = short_answers.load()

    assert (line.status, line.updated, line.withdrawn) == ("complete", 3, 0)
    assert short_answers.load(reconcile=True).changes == 0


@pytest.mark.parametrize("name", ["postgres", "mariadb"])
def test_fewer_rows_than_there_are_are_not_taken_over(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whoever stands between us and the database: what was known stays."""
    application: Application = request.getfixturevalue(name)
    application.add(A)
    application.load()
    application.add(B)
    monkeypatch.setattr(TableReader, "rows", lambda *_: iter(()))
    application.write_log("delete from application_index.progress")

    line = application.load()

    assert line.status == "failed"
    assert "Of 2 rows of the application's table activity the database gave 0" in str(line.error)
    assert application.present() == [A]


def test_row_level_security_hides_nothing_without_a_word(postgres: Application) -> None:
    postgres.add(A)
    postgres.load()
    postgres.run("drop role if exists reader")
    postgres.run("create role reader login")
    postgres.run("grant select on activity to reader")
    postgres.run("alter table activity enable row level security")
    owner, postgres.url = (
        postgres.url,
        postgres.url.replace("rollbook:secret-of-the-test", "reader"),
    )

    line = postgres.load()

    assert line.status == "failed"
    assert "Row-level security of the application's table activity" in str(line.error)
    assert "BYPASSRLS" in str(line.error)
    assert postgres.present() == [A]

    postgres.run("alter role reader bypassrls")
    line = postgres.load()
    assert (line.status, line.changes) == ("complete", 0)
    postgres.url = owner
    postgres.run("drop owned by reader")
    postgres.run("drop role reader")


def test_a_client_without_an_encoding_reads_texts(
    postgres: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.add(A)
    postgres.run("update activity set what = 'caf\u00e9'")
    monkeypatch.setenv("PGCLIENTENCODING", "SQL_ASCII")

    assert postgres.load().status == "complete"
    assert postgres.log("kind") == [(1, "caf\u00e9")]


def test_an_encoding_that_the_url_names_garbles_no_texts(postgres: Application) -> None:
    postgres.add(A)
    postgres.run("update activity set what = 'caf\u00e9 \u0107'")
    postgres.url += "?client_encoding=LATIN1"

    assert postgres.load().status == "complete"
    assert postgres.log("kind") == [(1, "caf\u00e9 \u0107")]
