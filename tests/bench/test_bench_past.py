"""The past that is written for measuring is one that daily syncs could have left."""

from __future__ import annotations

import duckdb
import pytest

from dlt_sources.clever.columns import raw_tables
from orchestration.lib.home import Home
from tests.bench.past import FIRST_SYNC, write_log

DAYS = 60
USERS, SECTIONS = 30, 5

_CREATED = """
    insert into clever_raw.{name} by name
    select 1 as sync_id, 'd' as district_id, '{name}-' || range as id, 'created' as change,
        timestamp '{at}' as observed_at, 1000 + range as hash, 1 as hash_version,
        '{payload}' as payload
    from range({size})
"""
_COUNTED = """
    insert into clever_raw.sync_counts by name
    select 1 as sync_id, 'd' as district_id, '{name}' as object, {size} as seen,
        {size} as created, 0 as updated, 0 as archived, 0 as restored, 0 as unchanged
"""
_LINE = """
    insert into clever_raw.syncs by name
    select 1 as sync_id, 'first' as run_id, 'd' as district_id, 'complete' as status,
        timestamp '{at}' as observed_at
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    home = Home(tmp_path_factory.mktemp("home"))
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema clever_raw; create sequence clever_raw.sync_ids")
        for name, columns in raw_tables().items():
            listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"create table clever_raw.{name} ({listed})")
        for name, size, payload in (
            ("users", USERS, '{"email": "as.ever@example.org"}'),
            ("sections", SECTIONS, '{"students": ["users-1", "users-2"]}'),
        ):
            at = FIRST_SYNC.isoformat()
            connection.execute(_CREATED.format(name=name, at=at, size=size, payload=payload))
            connection.execute(_COUNTED.format(name=name, size=size))
        connection.execute(_LINE.format(at=FIRST_SYNC.isoformat()))
    write_log(home, DAYS)
    return duckdb.connect(str(home.warehouse), read_only=True)


@pytest.mark.parametrize("name", ["users", "sections"])
def test_in_the_end_every_record_is_as_the_first_sync_saw_it(
    log: duckdb.DuckDBPyConnection, name: str
) -> None:
    as_it_was = f"select id, hash, payload from clever_raw.{name} where sync_id = 1"
    as_it_is = (
        f"select id, hash, payload from clever_raw.{name} "
        "qualify row_number() over (partition by id order by sync_id desc) = 1"
    )

    assert log.execute(f"from ({as_it_was}) except from ({as_it_is})").fetchall() == []
    assert log.execute(f"from ({as_it_is}) except from ({as_it_was})").fetchall() == []


def test_ten_records_change_a_day(log: duckdb.DuckDBPyConnection) -> None:
    lines = log.execute(
        "select sync_id, observed_at, updated + archived + restored from clever_raw.syncs "
        "where sync_id > 1 order by sync_id"
    ).fetchall()

    assert [line[0] for line in lines] == list(range(2, DAYS + 2))
    assert [(line[1] - FIRST_SYNC).days for line in lines] == list(range(1, DAYS + 1))
    assert [line[2] for line in lines] == [5, *[10] * (DAYS - 2), 5]


def test_a_record_goes_and_comes_back_by_turns(log: duckdb.DuckDBPyConnection) -> None:
    gone = "select sync_id, id from clever_raw.users where change = 'removed'"
    back = "select sync_id, id from clever_raw.users where change = 'restored'"

    assert log.execute(f"select count(*) from ({gone})").fetchall() == [(DAYS - 1,)]
    assert log.execute(
        f"select count(*) from ({gone}) as gone join ({back}) as back "
        "on back.id = gone.id and back.sync_id = gone.sync_id + 1"
    ).fetchall() == [(DAYS - 1,)]


def test_every_line_counts_the_rows_of_its_sync(log: duckdb.DuckDBPyConnection) -> None:
    rows = " union all ".join(
        f"select sync_id, '{name}' as object, change from clever_raw.{name}"
        for name in ("users", "sections")
    )
    wrong = log.execute(
        "select sync_id, object from clever_raw.sync_counts as counts "
        f"left join ({rows}) as log using (sync_id, object) "
        "where sync_id > 1 group by sync_id, object, seen, updated, archived, restored, unchanged "
        "having updated <> count(change) filter (where change = 'updated') "
        "or archived <> count(change) filter (where change = 'removed') "
        "or restored <> count(change) filter (where change = 'restored') "
        "or seen <> updated + restored + unchanged"
    ).fetchall()

    assert wrong == []
