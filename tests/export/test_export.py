"""What an export holds: the rows of the tables, by day and district, and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils.escape import unescape

from orchestration.export import exporting
from orchestration.export.choosing import Asked
from orchestration.export.exporting import export
from orchestration.export.formats import Format
from orchestration.lib import reading
from orchestration.lib.home import Home
from tests.export.conftest import NORTH, ODD, SOUTH, Published
from tests.listening import listening

_RELATIONS = "select table_name from roster.guide where kind <> 'macro' and not is_intermediate"


def _manifest(to: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((to / "manifest.json").read_text())
    return told


def _read_csv(file: Path) -> list[tuple[Any, ...]]:
    """As programs do: the apostrophe is taken away, nothing is NULL."""
    read = pd.read_csv(file, dtype=str, keep_default_na=False)
    unmarked = read.apply(lambda column: column.str.removeprefix("'"))
    return [*unmarked.itertuples(index=False, name=None)]


def _read_xlsx(file: Path) -> list[tuple[Any, ...]]:
    [sheet] = openpyxl.load_workbook(file).worksheets
    rows = [*sheet.iter_rows(min_row=2, values_only=True)]
    return [tuple(unescape(v) if isinstance(v, str) else v for v in row) for row in rows]


def _read_parquet(file: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        columns = connection.execute(f"describe from '{file}'").fetchall()
        values = [
            f"{name}::timestamp::varchar" if "ZONE" in kind else f"{name}::varchar"
            for name, kind, *_ in columns
        ]
        return connection.execute(f"select {', '.join(values)} from '{file}'").fetchall()


def test_everything_is_what_analysts_ask(published: Published, tmp_path: Path) -> None:
    ended = published.export("--format", "parquet", "--to", tmp_path / "all")

    assert (ended.code, ended.err) == (0, "")
    tables = sorted(name for (name,) in published.ask(_RELATIONS))
    assert len(tables) > 60
    written = {path.name for path in (tmp_path / "all").iterdir()}
    assert written == {*(f"{name}.parquet" for name in tables), "manifest.json"}
    for table in tables:
        if table in ("ops.warnings", "ops.warning_kinds"):  # They tell how old, by the clock.
            continue
        stored = published.ask(f"select columns(*)::varchar from {table}")
        exported = _read_parquet(tmp_path / "all" / f"{table}.parquet")
        # What counts and sums up comes in no order.
        assert sorted(map(repr, exported)) == sorted(map(repr, stored)), table
    assert f"roster.students.parquet: {len(ODD) * 2} rows" in ended.out.splitlines()
    assert "Exported the roster published at " in ended.out.splitlines()[-1]


def test_everything_is_there_as_csv_and_for_excel(published: Published, tmp_path: Path) -> None:
    for format_ in ("csv", "xlsx"):
        ended = published.export("--format", format_, "--to", tmp_path / format_)
        assert (ended.code, ended.err) == (0, "")

    query = "select student_id, first_name, student_number from roster.students"
    stored = [tuple(row) for row in published.ask(query)]
    assert {name for _, name, _ in stored} == {name for name, _ in ODD.values()}
    file = tmp_path / "csv" / "roster.students.csv"
    header = [*pd.read_csv(file, nrows=0).columns]
    wanted = [header.index(name) for name in ("student_id", "first_name", "student_number")]
    assert [tuple(row[place] for place in wanted) for row in _read_csv(file)] == stored
    sheet = _read_xlsx(tmp_path / "xlsx" / "roster.students.xlsx")
    assert [tuple(row[place] for place in wanted) for row in sheet] == stored
    for table in _manifest(tmp_path / "csv")["tables"]:
        name = table["table"]
        assert len(_read_csv(tmp_path / "csv" / f"{name}.csv")) == table["rows"], name
        assert len(_read_xlsx(tmp_path / "xlsx" / f"{name}.xlsx")) == table["rows"], name


def test_a_table_is_named_as_in_the_file(published: Published, tmp_path: Path) -> None:
    names = ("students", "roster.students", "SECTIONS", "ops.syncs", "intermediate.local_days")
    ended = published.export(*names, "--format", "csv", "--to", tmp_path / "to")

    assert ended.code == 0
    assert [table["table"] for table in _manifest(tmp_path / "to")["tables"]] == [
        "roster.students",
        "roster.sections",
        "ops.syncs",
        "intermediate.local_days",
    ]


@pytest.mark.parametrize(("day", "students"), [("2026-08-16", 0), ("2026-08-17", 3),
                                               ("2026-08-18", 6), ("2039-01-01", 6)])  # fmt: skip
def test_on_a_day_the_roster_is_as_it_stood_at_its_end(
    published: Published, tmp_path: Path, day: str, students: int
) -> None:
    to = tmp_path / "to"
    asked = ("students", "enrollments", "--on", day, "--district", NORTH)
    ended = published.export(*asked, "--format", "csv", "--to", to)

    assert ended.code == 0, ended
    expected = published.ask(
        f"select student_id from roster.students_on('{day}') where district_id = '{NORTH}'"
    )
    read = pd.read_csv(to / "roster.students.csv", dtype=str)
    assert read["student_id"].tolist() == [id_ for (id_,) in expected]
    assert len(read) == students
    assert len(pd.read_csv(to / "roster.enrollments.csv")) == students
    assert _manifest(to)["on"] == day


def test_on_a_day_everything_is_what_is_kept_by_day(published: Published, tmp_path: Path) -> None:
    ended = published.export("--on", "2026-08-17", "--format", "parquet", "--to", tmp_path / "to")

    assert ended.code == 0
    tables = {table["table"] for table in _manifest(tmp_path / "to")["tables"]}
    macros = published.ask(
        "select table_name from roster.guide where ends_with(table_name, '_on(date)')"
    )
    assert tables == {name.removesuffix("_on(date)") for (name,) in macros}
    assert len(tables) == 19


def test_of_a_district_there_is_only_what_is_its_own(published: Published, tmp_path: Path) -> None:
    to = tmp_path / "to"
    ended = published.export("--district", SOUTH, "--format", "csv", "--to", to)

    assert ended.code == 0
    told = _manifest(to)
    for table in told["tables"]:
        [(rows,)] = published.ask(
            f"select count(*) from {table['table']} where district_id = '{SOUTH}'"
        )
        assert table["rows"] == rows, table
        assert set(pd.read_csv(to / table["file"], dtype=str)["district_id"]) <= {SOUTH}
    relations = {name for (name,) in published.ask(_RELATIONS)}
    assert {table["table"] for table in told["tables"]} | {*told["left_out"]} == relations
    assert "roster.guide" in told["left_out"]
    assert "Left out, as they tell no district: " in ended.out
    assert {warning["district_id"] for warning in told["warnings"]} == {SOUTH}
    others = {*ODD, NORTH}
    for file in to.iterdir():
        cells = {cell for row in file.read_text().splitlines() for cell in row.split(",")}
        assert not cells & others, file.name


def test_the_manifest_says_of_what_it_is(published: Published, tmp_path: Path) -> None:
    ended = published.export("students", "--format", "csv", "--to", tmp_path / "to")

    changed = datetime.fromtimestamp(published.home.published.stat().st_mtime, UTC)
    told = _manifest(tmp_path / "to")
    assert told["published_at"] == f"{changed:%Y-%m-%dT%H:%M:%SZ}"
    assert told["last_complete_sync_observed_at"] == "2026-08-18T02:00:00Z"
    assert told["tables"] == [
        {"table": "roster.students", "file": "roster.students.csv", "rows": 2 * len(ODD)}
    ]
    assert (told["on"], told["district_id"], told["masked"]) == (None, None, False)
    warned = {(line["district_id"], line["warning"]) for line in told["warnings"]}
    assert warned >= {(NORTH, "district_stale"), (SOUTH, "district_stale")}
    assert f"{len(told['warnings'])} warnings to know" in ended.out
    assert f"published at {changed:%Y-%m-%d %H:%M} UTC" in ended.out


def test_the_masked_copy_is_exported_with_its_pseudonyms(
    published: Published, tmp_path: Path
) -> None:
    asked = ("students", "--masked", "--format", "csv")
    ended = published.export(*asked, "--to", tmp_path / "to")

    assert ended.code == 0
    query = "select student_id, district_id from roster.students"
    masked = published.ask(query, published.home.masked)
    read = pd.read_csv(tmp_path / "to" / "roster.students.csv", dtype=str)
    ids = read[["student_id", "district_id"]].apply(lambda each: each.str.removeprefix("'"))
    assert [*ids.itertuples(index=False, name=None)] == masked
    assert _manifest(tmp_path / "to")["masked"] is True
    written = "".join(file.read_text() for file in (tmp_path / "to").iterdir())
    assert not [name for name, _ in ODD.values() if name.strip() in written]
    assert "Exported the masked copy" in ended.out

    district = masked[0][1]
    ended = published.export(*asked, "--district", district, "--to", tmp_path / "one")
    assert ended.code == 0
    assert _manifest(tmp_path / "one")["tables"][0]["rows"] == len(ODD)


def test_a_session_in_another_zone_exports_the_same(published: Published, tmp_path: Path) -> None:
    for zone in ("UTC", "Pacific/Auckland"):
        ended = published.export(
            "student_history", "--format", "csv", "--to", tmp_path / zone, TZ=zone
        )
        assert ended.code == 0

    files = [tmp_path / zone / "roster.student_history.csv" for zone in ("UTC", "Pacific/Auckland")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_rows_of_a_sheet_are_counted_once(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    @contextmanager
    def listened(home: Home, config: Any) -> Iterator[duckdb.DuckDBPyConnection]:
        with reading.published(home, config) as connection:
            yield listening(connection, said)

    monkeypatch.setattr(exporting, "published", listened)
    asked = Asked(("students", "sections"))
    export(published.home, asked, Format.XLSX, tmp_path / "to", lambda _: None)

    assert len([each for each in said if each.startswith("select count(*)")]) == 2


@pytest.mark.parametrize(("format_", "rows"), [("parquet", 4_000_000), ("csv", 4_000_000),
                                               ("xlsx", 20_000)])  # fmt: skip
def test_it_tells_how_far_it_is(own: Published, tmp_path: Path, format_: str, rows: int) -> None:
    own.add("slow", f"select md5(cast(i as varchar)) as id from range({rows}) as r(i)", "table")
    told: list[str] = []
    export(own.home, Asked(("slow", "students")), Format(format_), tmp_path / "to", told.append)

    assert told[0] == "roster.slow (1 of 2)"
    assert "roster.students (2 of 2)" in told
    shares = [int(line.split(": ")[1].rstrip("%")) for line in told if "(1 of 2): " in line]
    assert len(shares) > 1
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 100
