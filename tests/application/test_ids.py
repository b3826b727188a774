"""The same ID is the same ID, however its database keeps it, and whatever its type was before."""

from __future__ import annotations

import pytest

from tests.application.conftest import NOON, Application

_UUID = "0a1b2c3d-0000-4000-8000-00000000000f"


def _keep(application: Application, kind: str, value: str) -> None:
    """A table whose id and person are of this type, with one row."""
    application.run("drop table if exists activity")
    time = "datetime" if application.engine.dialect.name == "mysql" else "timestamp"
    application.run(
        f"create table activity (id {kind}, person {kind}, what varchar(9), class {kind}, "
        f"points int, seconds int, done_at {time}, details varchar(9), changed_at {time})"
    )
    application.run(
        f"insert into activity values ({value}, {value}, 'x', {value}, 1, 1, :at, '{{}}', :at)",
        at=NOON,
    )


def _read(application: Application) -> tuple[str | None, ...]:
    application.load()
    [row] = application.log("id, user_id, section_id")
    return row[1:]


_TYPES = [
    ("bigint", "42", "42"),
    ("double precision", "42", "42"),
    ("numeric(20, 9)", "42", "42"),
    ("varchar(20)", "'42.0'", "42"),
    ("varchar(20)", "'42'", "42"),
    ("varchar(20)", "'0417'", "0417"),
    ("varchar(20)", "'1e5'", "1e5"),
    ("bigint", "417", "417"),
    ("double precision", "4503599627370497", "4503599627370497"),
    ("varchar(40)", f"'{_UUID.upper()}'", _UUID),
]


@pytest.mark.parametrize(("kind", "value", "spelt"), _TYPES)
def test_an_id_is_spelt_in_one_way(
    application: Application, kind: str, value: str, spelt: str
) -> None:
    _keep(application, kind, value)

    assert _read(application) == (spelt,) * 3


@pytest.mark.parametrize(
    ("kind", "value", "spelt"),
    [
        ("char(40)", f"'{_UUID.upper()}'", _UUID),
        ("char(9)", "'42'", "42"),
        ("double precision", "1e17", "100000000000000000"),
        ("uuid", f"'{_UUID.upper()}'", _UUID),
        ("numeric", "42.000000000000000000000000000000", "42"),
        ("numeric(65, 30)", "42", "42"),
        ("bytea", "'\\x0aff'", "\\x0aff"),
    ],
)
def test_an_id_of_postgresql(postgres: Application, kind: str, value: str, spelt: str) -> None:
    _keep(postgres, kind, value)

    assert _read(postgres) == (spelt,) * 3


@pytest.mark.parametrize("kind", ["int(10) zerofill", "bigint zerofill", "float", "float zerofill"])
def test_an_id_of_mariadb(mariadb: Application, kind: str) -> None:
    _keep(mariadb, kind, "42")

    assert _read(mariadb) == ("42",) * 3


@pytest.mark.parametrize(
    "kinds",
    [
        ("bigint", "numeric(20, 9)", "double precision", "text", "bigint using id::bigint"),
        ("numeric", "text", "numeric using id::numeric"),
    ],
)
def test_a_key_whose_type_changes_creates_nothing(
    postgres: Application, kinds: tuple[str, ...]
) -> None:
    _keep(postgres, kinds[0], "42")
    postgres.load()
    for kind in kinds[1:]:
        postgres.run(f"alter table activity alter id type {kind}")
        line = postgres.load()
        assert (line.status, line.changes, line.present) == ("complete", 0, 1)
        assert line.read_because == "the type of a column changed"
        assert postgres.load().read_as == "changes"


@pytest.mark.parametrize(("old", "kind", "value"), [
    ("42.0", "bigint", "42"), ("42.000000000", "numeric(20, 9)", "42"),
    (_UUID.upper(), "varchar(40)", f"'{_UUID.upper()}'"),
])  # fmt: skip
def test_a_log_of_an_older_version_goes_on(
    application: Application, old: str, kind: str, value: str
) -> None:
    """It spelt IDs as the drivers did; its rows stay as they are, and are known under the new."""
    _keep(application, kind, value)
    application.load()
    application.write_log(f"update application_raw.progress set id = '{old}'")
    application.write_log(
        "update application_raw.loads set fingerprint = null, read_as = null, cursor = null"
    )
    application.write_log("delete from application_index.progress")

    again = application.load()
    assert (again.changes, again.present, again.read_as) == (0, 1, "whole")

    application.run("update activity set points = 2")
    assert application.load().updated == 1
    application.run("delete from activity")
    assert application.load().withdrawn == 1
    spelt = value.strip("'").lower()
    assert application.log() == [
        (1, old, "created"),
        (3, spelt, "updated"),
        (4, spelt, "withdrawn"),
    ]


def test_rows_whose_id_is_blank_have_none(application: Application) -> None:
    _keep(application, "varchar(20)", "'  '")

    line = application.load()

    assert line.status == "failed"
    assert "holds 1 rows without id" in str(line.error)


def test_padding_that_a_server_gives_is_none(mariadb: Application) -> None:
    _keep(mariadb, "char(20)", "'42'")
    mariadb.run("set global sql_mode = concat(@@global.sql_mode, ',PAD_CHAR_TO_FULL_LENGTH')")
    try:
        assert _read(mariadb) == ("42", "42", "42")
    finally:
        mariadb.run(
            "set global sql_mode = replace(@@global.sql_mode, 'PAD_CHAR_TO_FULL_LENGTH', '')"
        )
    assert mariadb.load().changes == 0


def test_a_blank_id_in_another_column_says_nothing(application: Application) -> None:
    _keep(application, "varchar(20)", "'42'")
    application.run("update activity set person = '  ', class = ''")

    assert _read(application) == ("42", None, None)
    assert application.lines[-1].unreadable == 0
