"""Whatever is wrong: one clear line, the documented code, nothing half written, nothing lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.lib.home import Home
from orchestration.lib.swap import swap_in
from tests.export.conftest import NORTH, Published, Run
from tests.faults.small_disk import SmallDisk, small_disk

#: An export of this relation has no end; DuckDB makes the rows while it reads them.
_ENDLESS = "select md5(cast(i as varchar)) as id, i as n from range(100000000000) as r(i)"
_HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"
_PATIENCE = 60


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["studens"], "studens is no table of the published file; did you mean roster.students?"),
        (["ops.students"], "did you mean roster.students?"),
        (["zzz"], "`from roster.guide` lists them all"),
        ([""], "An empty name is no table"),
        (["students_on"], "it is a macro, and --on DATE asks"),
        (["roster.class_list"], "it is a macro"),
        (["students", "--on", "2026-02-30"], "--on is '2026-02-30', which is no day"),
        (["students", "--on", "yesterday"], "write one such as 2026-10-01"),
        (["students", "--on", "20261001"], "is no day"),
        (["students", "--on", "2026-10-01 12:00"], "is no day"),
        (["students", "--on", ""], "--on is '', which is no day"),
        (["students", "student_history", "--on", "2026-10-01"], "not for roster.student_history,"),
        (["ops.syncs", "--on", "2026-10-01"], "--on is not for ops.syncs"),
        (["--district", "nope"], "No district with the ID nope was ever published"),
        (["--district", ""], "No district with the ID (an empty one)"),
        (["students", "roster.guide", "--district", NORTH], "roster.guide: the rows tell no dist"),
    ],
)
def test_a_wrong_wish_is_one_line_and_leaves_nothing(
    published: Published, tmp_path: Path, asked: list[str], told: str
) -> None:
    ended = published.export(*asked, "--format", "csv", "--to", tmp_path / "deep" / "to")

    assert ended.code == 2
    assert told in ended.line
    assert not (tmp_path / "deep").exists()


@pytest.mark.parametrize("missing", [["--to", "x"], ["--format", "csv"]])
def test_format_and_folder_must_be_said(
    published: Published, tmp_path: Path, missing: list[str]
) -> None:
    ended = published.export("students", *missing)

    assert ended.code == 2
    assert "Missing option" in ended.err


def test_another_format_is_wrong_usage(published: Published, tmp_path: Path) -> None:
    ended = published.export("students", "--format", "xls", "--to", tmp_path / "to")

    assert ended.code == 2
    assert "'parquet'" in ended.err and "'xlsx'" in ended.err
    assert not (tmp_path / "to").exists()


def test_nothing_published_says_what_to_do(tmp_path: Path) -> None:
    empty = Published(Home(tmp_path / "home"))

    ended = empty.export("students", "--format", "csv", "--to", tmp_path / "to")
    assert (ended.code, "run `rollbook sync` first" in ended.line) == (2, True)

    ended = empty.export("students", "--masked", "--format", "csv", "--to", tmp_path / "to")
    assert (ended.code, "`rollbook publish --masked` first" in ended.line) == (2, True)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("there", ["file", "full"])
def test_a_folder_that_holds_something_is_left_alone(
    published: Published, tmp_path: Path, there: str
) -> None:
    to = tmp_path / "to"
    if there == "file":
        to.write_text("mine")
    else:
        to.mkdir()
        (to / "roster.students.csv").write_text("mine")

    ended = published.export("students", "--format", "csv", "--to", to)

    assert ended.code == 2
    assert str(to) in ended.line
    mine = to if there == "file" else to / "roster.students.csv"
    assert mine.read_text() == "mine"
    assert there == "file" or len([*to.iterdir()]) == 1


def test_a_file_in_use_says_so(own: Published, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(own.home.published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        ended = own.export("students", "--format", "csv", "--to", tmp_path / "to")
        holder.communicate("\n")

    assert ended.code == 1
    assert "a program has it open for writing" in ended.line
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize("damage", ["cut", "other", "no guide"])
def test_a_damaged_file_says_so(own: Published, tmp_path: Path, damage: str) -> None:
    file = own.home.published
    if damage == "cut":
        os.truncate(file, file.stat().st_size // 2)
    elif damage == "other":
        file.write_text("no database")
    else:
        with duckdb.connect(str(file)) as connection:
            connection.execute("drop table roster.guide")

    ended = own.export("--format", "csv", "--to", tmp_path / "to")

    assert ended.code == 1
    assert "rollbook rebuild" in ended.line
    assert not (tmp_path / "to").exists()


def test_more_than_a_sheet_holds_is_refused_before_anything_is_written(
    own: Published, tmp_path: Path
) -> None:
    own.add("long", "select i from range(1048576) as r(i)")

    ended = own.export("students", "long", "--format", "xlsx", "--to", tmp_path / "to")
    assert ended.code == 2
    assert "roster.long has 1,048,576 rows" in ended.line
    assert not (tmp_path / "to").exists()

    ended = own.export("long", "--format", "csv", "--to", tmp_path / "to")
    assert ended.code == 0
    assert "roster.long.csv is longer than a sheet: Excel shows its beginning only." in ended.out


def test_a_text_no_cell_holds_is_refused_as_a_whole(own: Published, tmp_path: Path) -> None:
    own.add("wordy", "select repeat('x', 32768) as essay")

    ended = own.export("students", "wordy", "--format", "xlsx", "--to", tmp_path / "to")

    assert ended.code == 2
    assert "roster.wordy, column essay" in ended.line
    assert not (tmp_path / "to").exists()


def test_a_table_that_needs_too_much_memory_says_so(own: Published, tmp_path: Path) -> None:
    own.add("heavy", "select list(i) as all_of_them from range(200000000) as r(i)")

    ended = own.export("heavy", "--format", "parquet", "--to", tmp_path / "to")

    assert ended.code == 1
    assert "roster.heavy takes more memory than 1GB" in ended.line
    assert not (tmp_path / "to").exists()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 8) as mounted:
        yield mounted


@pytest.mark.parametrize("format_", ["parquet", "csv", "xlsx"])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    own: Published, disk: SmallDisk, format_: str
) -> None:
    own.add("large", "select md5(cast(i as varchar)) as id from range(700000) as r(i)")

    ended = own.export("students", "large", "--format", format_, "--to", disk.root / "new")

    assert ended.code == 1, ended
    assert "is full" in ended.line and "Nothing was exported" in ended.line
    assert [*disk.root.iterdir()] == []


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize("format_", ["parquet", "csv"])
def test_ctrl_c_leaves_nothing(
    own: Published, tmp_path: Path, format_: str, number: signal.Signals, code: int
) -> None:
    own.add("endless", _ENDLESS)
    (tmp_path / "said").mkdir()
    run = own.start(
        tmp_path / "said", "students", "endless", "--format", format_, "--to", tmp_path / "a" / "to"
    )
    _until(run, lambda: [*(tmp_path / "a").rglob(f"*/roster.endless.{format_}")])
    os.kill(run.pid, number)
    ended = run.end()

    assert ended.code == code
    assert ended.line == "rollbook: Stopped. Nothing was exported."
    assert not (tmp_path / "a").exists()


def test_ctrl_c_leaves_nothing_of_a_workbook(own: Published, tmp_path: Path) -> None:
    own.add("long", "select md5(cast(i as varchar)) as id from range(1000000) as r(i)")
    (tmp_path / "said").mkdir()
    (tmp_path / "to").mkdir()
    asked = ("students", "long", "--format", "xlsx", "--to", tmp_path / "to")
    run = own.start(tmp_path / "said", *asked)
    _until(run, lambda: [*(tmp_path / "to").glob("*/roster.students.xlsx")])
    os.kill(run.pid, signal.SIGINT)
    ended = run.end()

    assert (ended.code, ended.line) == (130, "rollbook: Stopped. Nothing was exported.")
    assert [*(tmp_path / "to").iterdir()] == []


def test_ctrl_c_is_heard_before_anything_is_written(own: Published, tmp_path: Path) -> None:
    """While rows are counted, to see whether a sheet holds them."""
    own.add("endless", _ENDLESS + " where md5(cast(i as varchar)) like 'x%'")
    (tmp_path / "said").mkdir()
    to = tmp_path / "to"
    run = own.start(tmp_path / "said", "endless", "--format", "xlsx", "--to", to)
    _until(run, lambda: [*_opened(run.pid, own.home.published)])
    os.kill(run.pid, signal.SIGTERM)
    ended = run.end()

    assert (ended.code, ended.line) == (143, "rollbook: stopped.")
    assert not to.exists()


def test_all_tables_are_of_one_version(own: Published, tmp_path: Path) -> None:
    """A sync publishes anew while the first table is being written."""
    own.add("slow", "select md5(cast(i as varchar)) as id from range(4000000) as r(i)")
    newer = Published(Home(tmp_path / "newer"))
    newer.home.root.mkdir()
    newer.home.published.write_bytes(own.home.published.read_bytes())
    with duckdb.connect(str(newer.home.published)) as connection:
        connection.execute("delete from roster.student_history")
    old = own.ask("select student_id from roster.students")
    os.utime(own.home.published, (1_700_000_000, 1_700_000_000))
    (tmp_path / "said").mkdir()

    asked = ("slow", "students", "--format", "csv", "--to", tmp_path / "to")
    run = own.start(tmp_path / "said", *asked)
    _until(run, lambda: [*tmp_path.glob(".unfinished-*/.work-*/roster.slow.csv")])
    swap_in(newer.home.published, own.home.published)
    assert run.wait(0) is None
    ended = run.end()

    assert ended.code == 0, ended
    assert own.ask("select student_id from roster.students") == []
    read = pd.read_csv(tmp_path / "to" / "roster.students.csv", dtype=str)
    assert read["student_id"].tolist() == [id_ for (id_,) in old]
    told = json.loads((tmp_path / "to" / "manifest.json").read_text())
    assert told["published_at"] == "2023-11-14T22:13:20Z"


def test_no_name_is_told_but_those_of_files(own: Published, tmp_path: Path) -> None:
    ended = own.export("--format", "csv", "--to", tmp_path / "to")

    said = re.sub(r"\S+\.csv: [\d,]+ rows?", "", ended.out)
    assert not re.search("Doe|HYPERLINK|Zoë|O'Brien", said + ended.err)


def _opened(pid: int, file: Path) -> Iterator[Path]:
    """The descriptors under which a process has a file open."""
    for number in Path(f"/proc/{pid}/fd").iterdir():
        if number.exists() and number.resolve() == file.resolve():
            yield number


def _until(run: Run, seen: Callable[[], list[Path]]) -> None:
    """Wait for a file to be there, while the command runs."""
    deadline = time.monotonic() + _PATIENCE
    while not seen():
        assert run.wait(0) is None, run.end()
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.01)
