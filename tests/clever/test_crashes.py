"""Crashes, lost caches and other runs: a district's sync is visible as a whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dlt_sources.application.changelog import open_log
from dlt_sources.clever import clever_pipeline, load_sync
from dlt_sources.clever import syncing as parts
from dlt_sources.clever.index import index_file
from dlt_sources.errors import RollbookError
from dlt_sources.warehouse import damage

from .world import ELM, OAK, Home, World, counts, line, section, student

#: Where a process can be killed, as (module, function of it that never returns).
MOMENTS = {
    "while the walk reads": ("dlt_sources.clever.compare", "Comparison.finish"),
    "before the load": ("dlt_sources.clever.syncing", "_load"),
    "with a package that is not loaded": ("dlt.load.load", "Load.run"),
    "with a package that is half loaded": (
        "dlt.destinations.impl.duckdb.duck",
        "DuckDbClient.complete_load",
    ),
    "between load and commit": ("dlt_sources.clever.syncing", "commit_sync"),
    "between commit and index": ("pathlib", "Path.replace"),
}

_KILLED = """
    import os, sys
    from datetime import datetime
    from importlib import import_module
    from pathlib import Path
    from dlt_sources.clever import CleverSettings, clever_pipeline, sync

    url, folder, moment, module, name = sys.argv[1:]
    import dlt_sources.clever.syncing, dlt.load.load, dlt.destinations.impl.duckdb.duck
    *owners, function = name.split(".")
    place = import_module(module)
    for owner in owners:
        place = getattr(place, owner)
    setattr(place, function, lambda *_, **__: os._exit(9))
    settings = CleverSettings(api_url=url, oauth_url=url, client_id="id", client_secret="secret")
    sync(clever_pipeline(Path(folder)), Path(folder), settings=settings,
         observed_at=datetime.fromisoformat(moment))
"""


def kill(home: Home, moment: str) -> None:
    """Let another process do the day's sync, and die without a word at a moment of it."""
    observed_at = home.walk(home.begin(), only=(OAK,)).observed_at.isoformat()
    arguments = (home.sandbox.url, str(home.folder), observed_at, *MOMENTS[moment])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(_KILLED), *arguments],
        env={**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false"},
        check=False,
    )
    assert done.returncode == 9


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_sync_is_done_by_the_next_one(world: World, home: Home, moment: str) -> None:
    world.day(2, {"users": [student(1, grade="4"), student(4)], "sections": [section(1, [1])]})
    home.sync()
    home.day = 2
    home.sandbox.set_day(2)
    kill(home, moment)
    committed = moment == "between commit and index"
    expected = ["created", "created", "created", "updated", "removed", "removed", "created"]
    assert [change for _, _, change in home.log()] == (expected if committed else expected[:3])

    home.sync()

    assert [change for _, _, change in home.log()] == expected
    ids = [row[0] for row in home.sql("select distinct sync_id from clever_raw.syncs order by 1")]
    assert len(ids) == (3 if committed else 2), "a sync that was not committed has no line"
    assert counts(home.sync()) == {"unchanged": 4}
    assert not list(home.folder.rglob("*.parquet"))


def test_rows_without_a_commit_are_invisible_and_come_again(
    world: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.sync()
    world.day(2, {"users": [student(1), student(2), student(4)]})
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(parts, "commit_sync", interrupt)
        home.sync(day=2)
    assert home.sql("select count(*) from clever_raw.users where sync_id = 2") == [(2,)]
    assert len(home.log()) == 3

    home.sync()

    assert home.log()[3:] == [(3, "3", "removed"), (3, "4", "created")]


def test_a_load_that_fails_says_so_once_and_shows_nothing(
    world: World, home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

    with monkeypatch.context() as patch:
        patch.setattr(DuckDbCopyJob, "run", full_disk)
        with pytest.raises(RollbookError, match="nothing of this sync is visible"):
            home.sync()
    assert home.log() == []
    assert capfd.readouterr().err == "", "what dlt logs of it may quote data"

    assert counts(home.sync()) == {"created": 5}
    assert not list(home.folder.rglob("*.parquet")), "nor does a failed load keep its files"


def test_a_warehouse_that_is_in_use_is_one_clear_line(home: Home) -> None:
    home.sync()
    path = str(home.folder / "warehouse.duckdb")
    script = f"import duckdb; c = duckdb.connect({path!r}); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(
            RollbookError, match=r"warehouse\.duckdb cannot be opened .*another program has it open"
        ):
            home.begin()
        other.communicate(b"\n")

    assert counts(home.sync()) == {"unchanged": 5}


def test_a_damaged_warehouse_is_told_with_its_path_and_the_remedy(home: Home) -> None:
    home.sync()
    warehouse = home.folder / "warehouse.duckdb"
    whole = warehouse.read_bytes()
    assert damage(warehouse) is None

    for damaged in (b"", b"x" * 20_000, whole[:4096]):
        warehouse.write_bytes(damaged)

        assert "Restore it from the backup" in (damage(warehouse) or "")
        for opened in (home.begin, lambda: open_log(warehouse, home.folder)):
            with pytest.raises(RollbookError) as told:
                opened()
            assert str(warehouse) in str(told.value)
            assert "damaged" in str(told.value) and "backup" in str(told.value)


def test_a_full_disk_in_mid_walk_is_one_clear_line(
    world: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(RollbookError, match="No space left"):
        patch.setattr("dlt_sources.clever.district.write_index", full_disk)
        home.sync()

    assert counts(home.sync()) == {"created": 5}


def test_numbers_of_syncs_are_never_used_again(home: Home) -> None:
    first = home.begin().sync_id
    kill(home, "between load and commit")

    assert [first, home.begin().sync_id] == [1, 4]


@pytest.mark.parametrize("harm", ["lost", "damaged", "stale"])
def test_an_index_that_cannot_be_trusted_costs_time_only(
    world: World, home: Home, harm: str
) -> None:
    world.day(2, {"users": [student(1, grade="4"), student(3)]})
    world.day(3, {"users": [student(1, grade="4"), student(2), student(3)]})
    home.sync()
    path = index_file(home.folder, ELM)
    old = path.read_bytes()
    home.sync(day=2)
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(old if harm == "stale" else path.read_bytes()[:-9])

    result = home.sync(day=3)

    assert counts(result) == {"restored": 1, "unchanged": 4}
    assert home.log()[-1] == (3, "2", "restored")
    users = line(result).objects[-1].turnover["students"]
    assert (users.present, users.created, users.removed) == (2, 1, 0)
    assert counts(home.sync()) == {"unchanged": 5}


def test_hashes_of_other_rules_are_made_anew_from_what_was_stored(world: World, home: Home) -> None:
    """A new rule must not give every record a version: old payloads are read under it, too."""
    home.sync()
    with duckdb.connect(str(home.folder / "warehouse.duckdb")) as connection:
        connection.sql("update clever_raw.users set hash = 7, hash_version = 0")
    index_file(home.folder, ELM).unlink()

    assert counts(home.sync()) == {"unchanged": 5}


def test_rows_of_uncommitted_syncs_are_not_what_is_known(world: World, home: Home) -> None:
    home.sync()
    with duckdb.connect(str(home.folder / "warehouse.duckdb")) as connection:
        connection.sql(
            "insert into clever_raw.users select * replace (99 as sync_id, 'removed' as change) "
            "from clever_raw.users"
        )
    index_file(home.folder, ELM).unlink()

    assert counts(home.sync()) == {"unchanged": 5}


def test_a_district_that_another_run_committed_meanwhile_fails(world: World, home: Home) -> None:
    walked = home.walk(home.begin())
    assert line(home.sync()).status == "complete"

    result = load_sync(clever_pipeline(home.folder), walked)

    assert {item.status for item in result.districts} == {"failed"}
    assert home.status(1)[1] == (
        "Another run committed this district meanwhile; nothing was taken over, run again."
    )
    assert len(home.log()) == 3
    assert counts(home.sync()) == {"unchanged": 5}


def test_a_walk_that_begins_too_late_fails_too(world: World, home: Home) -> None:
    home.sync()
    start = home.begin()
    home.sync()

    walked = home.walk(start)

    assert {item.status for item in walked.districts} == {"failed"}
    assert line(home.load(walked)).error is not None


def test_a_commit_in_the_very_moment_of_the_load_is_noticed(
    world: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked = home.walk(home.begin())
    load = parts._load

    def load_late(*arguments: Any) -> None:
        load(*arguments)
        with duckdb.connect(str(home.folder / "warehouse.duckdb")) as connection:
            connection.sql(
                "insert into clever_raw.syncs (sync_id, run_id, district_id, status) "
                f"values (7, 'other', '{ELM}', 'complete')"
            )

    monkeypatch.setattr(parts, "_load", load_late)

    result = home.load(walked)

    assert (line(result).status, line(result, OAK).status) == ("failed", "complete")
    assert home.log() == []


def test_a_walk_whose_files_are_gone_loads_nothing(world: World, home: Home) -> None:
    walked = home.walk(home.begin())
    home.begin()

    assert {item.status for item in home.load(walked).districts} == {"failed"}
    assert counts(home.sync()) == {"created": 5}


def test_no_part_keeps_the_warehouse_open(home: Home) -> None:
    path = str(home.folder / "warehouse.duckdb")
    start = home.begin()
    opened_by_another_process(path)
    walked = home.walk(start)
    opened_by_another_process(path)
    home.load(walked)
    opened_by_another_process(path)


def opened_by_another_process(path: str) -> None:
    subprocess.run(
        [sys.executable, "-c", f"import duckdb; duckdb.connect({path!r}).close()"], check=True
    )


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def full_disk(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_only_a_home_grows(world: World, home: Home, tmp_path: Path) -> None:
    home.sync()

    assert sorted(path.name for path in home.folder.iterdir()) == [
        "dlt",
        "index",
        "runs",
        "warehouse.duckdb",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset", "home"]
