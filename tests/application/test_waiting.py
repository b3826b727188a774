"""A load never waits for ever: for a server that says nothing, or for a lock of somebody else's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dlt_sources.application import connecting
from dlt_sources.application.connecting import engine_of
from dlt_sources.application.failing import not_reached
from dlt_sources.application.settings import ApplicationSettings
from dlt_sources.errors import ConfigurationError
from tests.application.conftest import Application

A = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that lets everybody in and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def _said(url: str) -> str:
    with pytest.raises(Exception) as raised:
        ApplicationSettings(url, Path("none")).reach()
    return not_reached(raised.value)


@pytest.mark.parametrize("driver", ["mysql+pymysql", "mariadb+pymysql", "postgresql+psycopg"])
def test_a_server_that_says_nothing_is_not_waited_for(
    silent: int, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # libpq waits two seconds at least.
    monkeypatch.setattr(connecting, "ANSWER", 2)
    monkeypatch.setattr("dlt_sources.application.settings.ANSWER", 2)

    said = _said(f"{driver}://reader:secret@127.0.0.1:{silent}/app")

    assert "Nothing came from the server" in said and "host and port" in said
    assert "secret" not in said


def _waits(application: Application) -> Any:
    """How long a session of a load waits for a lock."""
    query = {
        "postgresql": "select current_setting('lock_timeout')",
        "mysql": "select @@session.lock_wait_timeout",
    }[application.engine.dialect.name]
    with engine_of(application.url).connect() as connection:
        return connection.execute(text(query)).scalar_one()


def test_what_the_url_says_of_waiting_stays(postgres: Application, mariadb: Application) -> None:
    assert (_waits(postgres), _waits(mariadb)) == ("1min", 60)

    postgres.url += "?options=-c%20lock_timeout%3D0"
    mariadb.url += "&init_command=set%20session%20lock_wait_timeout%3D700"

    assert (_waits(postgres), _waits(mariadb)) == ("0", 700)


def test_a_locked_table_fails_alone_and_is_named(
    postgres: Application, mariadb: Application
) -> None:
    postgres.url += "?options=-c%20lock_timeout%3D500"
    mariadb.url += "&init_command=set%20session%20lock_wait_timeout%3D1"
    for application, lock in (
        (postgres, "lock table activity in access exclusive mode"),
        (mariadb, "lock tables activity write"),
    ):
        application.add(A)
        with application.engine.connect() as holder:
            holder.exec_driver_sql(lock)
            line = application.load()
            holder.rollback()

        assert line.status == "failed"
        assert "The application's table activity, which the mapping names" in str(line.error)
        assert "Somebody holds a lock on it" in str(line.error)


def test_a_locked_sqlite_file_says_so(sqlite: Application) -> None:
    sqlite.add(A)
    sqlite.url += "?timeout=0.1"
    with sqlite.engine.connect() as holder:
        holder.exec_driver_sql("begin exclusive")
        line = sqlite.load()

    assert "Somebody holds a lock on it" in str(line.error)


@pytest.mark.parametrize(
    "url",
    [
        "mysql+pymysql://reader:secret@host/app?read_timeout=s3cr",
        "postgresql+psycopg://reader:pass@s3cr:t@host:port/app",
        "mysql+pymysql://reader:s3cr@host:33o6/app",
        "nothing+s3cr://host/app",
        "s3cr",
        "postgresql+psycopg://reader@host/app?plugin=s3cr",
        "sqlite:///" + "s3cr" * 1000,
        "sqlite:///s3cr\0",
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_a_word_of_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        engine_of(url)

    said = str(raised.value)
    assert "SOURCES__APPLICATION__DATABASE_URL" in said
    assert "\n" not in said and "s3cr" not in said
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://reader:secret@127.0.0.1:9/app?pasword=s3cr",
        "postgresql+psycopg://reader:secret@127.0.0.1:9/app?connect_timeout=s3cr",
        "mysql+pymysql://reader:secret@127.0.0.1:9/app?pasword=s3cr",
        "mysql+pymysql://reader:secret@127.0.0.1:9/app?charset=s3cr",
        "mysql+pymysql://reader:secret@127.0.0.1:9/app?read_timeout=-1",
    ],
)
def test_an_option_that_its_driver_does_not_know_is_no_fault_of_the_server(url: str) -> None:
    said = _said(url)

    assert "correct the options behind its ?" in said and "is up" not in said
    assert "s3cr" not in said


def test_a_server_that_is_down_is_no_fault_of_the_url() -> None:
    for driver in ("postgresql+psycopg", "mysql+pymysql"):
        assert "is up and lets this machine in" in _said(f"{driver}://reader@127.0.0.1:9/app")
