"""`roster.guide`: everything in the published file says what it is, and its sample query runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib.guide import TYPES
from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from tests.guide import doubled_keys, failing_samples

_RELATIONS = """
    select schema_name || '.' || table_name as name, 'table' as kind, comment
    from duckdb_tables() where not internal
    union all
    select schema_name || '.' || view_name, 'view', comment
    from duckdb_views() where not internal
"""
#: Those that read times and the like for other macros stand in `intermediate`.
_MACROS = """
    select schema_name || '.' || function_name || '(' || array_to_string(parameters, ', ') || ')',
        'macro', comment
    from duckdb_functions()
    where not internal and schema_name <> 'intermediate'
"""
_GUIDE = "select table_name, kind from roster.guide"


@pytest.fixture(scope="module")
def file(
    built_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(shutil.copytree(built_home, tmp_path_factory.mktemp("guide") / "home"))
    publish(home)
    with duckdb.connect(str(home.published), read_only=True) as connection:
        yield connection


def _rows(file: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = file.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_everything_in_the_file_has_its_entry(file: duckdb.DuckDBPyConnection) -> None:
    there = file.execute(f"select name, kind from ({_RELATIONS})").fetchall()
    macros = file.execute(_MACROS).fetchall()

    expected = sorted([*there, *((name, kind) for name, kind, _ in macros)])
    assert sorted(file.execute(_GUIDE).fetchall()) == expected
    assert len(macros) >= 19


def test_every_sample_runs(file: duckdb.DuckDBPyConnection) -> None:
    assert failing_samples(file) == {}


def test_every_sample_asks_what_it_is_the_sample_of(file: duckdb.DuckDBPyConnection) -> None:
    entries = file.execute("select table_name, sample from roster.guide").fetchall()

    astray = [name for name, sample in entries if name.split("(")[0] not in sample]
    assert astray == []


def test_every_entry_says_what_a_row_is(file: duckdb.DuckDBPyConnection) -> None:
    vague = [
        entry["table_name"]
        for entry in _rows(file, "from roster.guide")
        if entry["type"] not in TYPES
        or not entry["grain"]
        or not entry["description"]
        or entry["is_intermediate"] != entry["table_name"].startswith("intermediate.")
    ]

    assert vague == []


def test_no_two_rows_have_one_key(file: duckdb.DuckDBPyConnection) -> None:
    assert doubled_keys(file) == []


def test_every_comment_begins_with_the_type_and_the_key(file: duckdb.DuckDBPyConnection) -> None:
    guide = {entry["table_name"]: entry for entry in _rows(file, "from roster.guide")}
    commented = file.execute(f"{_RELATIONS} union all {_MACROS}").fetchall()

    for name, _, comment in commented:
        entry = guide[name]
        others = " for other relations" if entry["is_intermediate"] else ""
        assert comment.startswith(f"{entry['type'].capitalize()}{others}, one row per "), name
        assert f"key: {', '.join(entry['key'])}. " in comment or "; no key. " in comment, name


def test_what_only_builds_need_is_not_in_the_file(file: duckdb.DuckDBPyConnection) -> None:
    """Whatever of `intermediate` is there is read by a view of the file, or says by whom."""
    names = {name for (name,) in file.execute("select table_name from roster.guide").fetchall()}

    for gone in ("touched_records", "progress_users", "open_users", "succeeded_users"):
        assert f"intermediate.{gone}" not in names
    assert {"intermediate.progress_records", "intermediate.matchable_users"} <= names


def test_the_guide_is_filled_anew_by_each_publishing(built_home: Path, tmp_path: Path) -> None:
    home = Home(shutil.copytree(built_home, tmp_path / "home"))
    publish(home)
    publish(home)

    with duckdb.connect(str(home.published), read_only=True) as connection:
        [(rows, names)] = connection.execute(
            "select count(*), count(distinct table_name) from roster.guide"
        ).fetchall()
    assert rows == names > 80


def test_the_settings_are_those_of_the_publishing(
    built_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting that changed asks for no build: the next publishing tells it."""
    home = Home(shutil.copytree(built_home, tmp_path / "home"))
    monkeypatch.setenv("ROLLBOOK_FRESH_HOURS", "52.5")
    publish(home)

    with duckdb.connect(str(home.published), read_only=True) as connection:
        told = connection.execute("from ops.settings").fetchall()
    assert told == [
        ("ROLLBOOK_FRESH_HOURS", None, "52.5"),
        ("ROLLBOOK_REPORT_SMALLEST_COUNT", None, "10"),
        ("ROLLBOOK_SCHOOL_YEAR_START", None, "07-01"),
        ("ROLLBOOK_TIME_ZONE", None, "UTC"),
    ]
