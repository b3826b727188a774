"""The connection to the application's database, which never waits for ever, and never for nothing.

How long it waits is generous where a database works, and short where it only waits for somebody: an
answer to the first word, a lock. What the URL or the database's own settings say stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlt_sources.application.texts import utf8
from dlt_sources.errors import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

#: Seconds: until a server lets us in, for a lock that somebody else holds, and without a word
#: while it reads, as sums over many millions of rows take minutes.
ANSWER, LOCK, READING = 30, 60, 3600


@dataclass(frozen=True)
class _Waiting:
    """How a driver is told how long to wait for an answer, and for the next word.

    `always` are options of the connection. `locks` is the statement that limits the wait for locks,
    unless somebody has said otherwise.
    """

    answer: str | None = None
    word: str | None = None
    always: Mapping[str, Any] | None = None
    locks: str | None = None


_POSTGRESQL_LOCKS = (
    f"select set_config('lock_timeout', '{LOCK}s', false) from pg_settings "
    "where name = 'lock_timeout' and source = 'default'"
)
#: It is a day where nobody has said otherwise; of what differs from the server's somebody has.
_MYSQL_LOCKS = (
    "set session lock_wait_timeout = if(@@session.lock_wait_timeout = @@global.lock_wait_timeout, "
    f"least(@@session.lock_wait_timeout, {LOCK}), @@session.lock_wait_timeout)"
)
#: A server that has gone without a word is noticed within minutes.
_ALIVE = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 6}
#: Without an encoding (SQL_ASCII, of the database or in PGCLIENTENCODING) the driver gives bytes.
_UTF8 = {"client_encoding": "utf8"}
_POSTGRESQL = _Waiting("connect_timeout", always={**_ALIVE, **_UTF8}, locks=_POSTGRESQL_LOCKS)
_MYSQL = _Waiting("connect_timeout", "read_timeout", locks=_MYSQL_LOCKS)
#: By dialect and driver; of one without an entry no option is known.
_WAITING: Mapping[tuple[str, str], _Waiting] = {
    ("postgresql", "psycopg"): _POSTGRESQL,
    ("postgresql", "psycopg2"): _POSTGRESQL,
    ("mysql", "pymysql"): _MYSQL,
    ("mysql", "mysqldb"): _MYSQL,
    ("mariadb", "pymysql"): _MYSQL,
    ("mariadb", "mysqldb"): _MYSQL,
    ("sqlite", "pysqlite"): _Waiting(always={"timeout": LOCK}),
}


def engine_of(database_url: str, silence: int | None = None) -> Engine:
    """An engine for a database by its SQLAlchemy URL; nothing is opened.

    `silence` is how many seconds a server may say nothing where its driver can tell, READING by
    default. Raises ConfigurationError, which tells nothing of the URL.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import make_url
    from sqlalchemy.pool import NullPool

    try:
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            _require_file(url.database)
        waiting = _WAITING.get((url.get_backend_name(), url.get_driver_name()), _Waiting())
        options = _options(url, waiting, silence or READING)
        engine = create_engine(url, poolclass=NullPool, connect_args=options)
    except ConfigurationError:
        raise
    except Exception as error:  # Whatever it is: its own words may hold a part of the password.
        raise ConfigurationError(
            "SOURCES__APPLICATION__DATABASE_URL is no SQLAlchemy URL that works here "
            f"({type(error).__name__}); it looks like postgresql+psycopg://user:password@host/"
            "database, its driver must be installed, and of a password each of @ : / ? # % is "
            "written as %40 %3A %2F %3F %23 %25."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _read_any_text)
    if waiting.locks:
        event.listen(engine, "connect", _statement(waiting.locks))
    return engine


def _options(url: URL, waiting: _Waiting, silence: int) -> dict[str, Any]:
    """Options of the connection that the URL does not give."""
    limits = ((waiting.answer, ANSWER), (waiting.word, silence), *(waiting.always or {}).items())
    return {name: value for name, value in limits if name and name not in url.query}


def _statement(sql: str) -> Any:
    """What runs a statement on each new connection of a driver."""

    def run(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(sql)
        cursor.close()
        connection.commit()

    return run


def _read_any_text(connection: Any, _: Any) -> None:
    """SQLite keeps any bytes as text; Python's module would end a query at the first odd ones."""
    connection.text_factory = utf8


def _require_file(database: str | None) -> None:
    """SQLite would make an empty database where there is none."""
    if database and not Path(database.removeprefix("file:").split("?")[0]).exists():
        raise ConfigurationError(
            "The file that SOURCES__APPLICATION__DATABASE_URL names does not exist."
        )
