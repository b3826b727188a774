"""A walk's changes on their way to the log."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from dlt_sources.clever import spool
from dlt_sources.clever.limits import Limits, Rollover
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.clever.results import DistrictWalk, ObjectWalk, Walked
from dlt_sources.clever.spool import Changes, Spool, gather
from dlt_sources.time_zones import TimeZones

from .world import FIRST, Home

SCHOOLS = next(kind for kind in CLEVER_OBJECTS if kind.name == "schools")


def spooled(folder: Path, district: str, names: list[str]) -> Path:
    spool = Spool(folder / f"{district}.parquet", SCHOOLS, 1, district, datetime(2026, 8, 17))
    payloads = [name.encode() for name in names]
    size = len(names)
    hashes = np.full(size, 2**64 - 1, dtype=np.uint64)
    spool.write(Changes(names, ["created"] * size, hashes, payloads, [None] * size, [None] * size))
    spool.write(Changes(["gone"], ["removed"]))
    file = spool.close()
    assert file is not None
    return file


def test_a_file_has_the_columns_of_the_log(tmp_path: Path) -> None:
    [first, last] = pq.read_table(spooled(tmp_path, "d1", ["é"])).to_pylist()

    same = {
        "sync_id": 1,
        "district_id": "d1",
        "observed_at": datetime(2026, 8, 17),
        "hash_version": 1,
        "extra": None,
    }
    assert first == {**same, "id": "é", "change": "created", "hash": -1, "payload": "é"}
    assert last == {**same, "id": "gone", "change": "removed", "hash": None, "payload": None}


def test_without_changes_there_is_no_file(tmp_path: Path) -> None:
    assert Spool(tmp_path / "x", SCHOOLS, 1, "d1", datetime(2026, 8, 17)).close() is None
    assert not list(tmp_path.iterdir())


def test_small_files_are_joined_and_large_ones_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [spooled(tmp_path, f"d{number}", ["a"]) for number in range(5)]
    large = spooled(tmp_path, "large", [f"{number:09}" * 50 for number in range(500)])
    monkeypatch.setattr(spool, "_SMALL", large.stat().st_size)
    monkeypatch.setattr(spool, "_ROWS_AT_ONCE", 3)

    found = gather([*files, large], tmp_path / "all" / "schools.parquet")

    assert found == [tmp_path / "all" / "schools.parquet", large]
    districts = pq.read_table(found[0]).column("district_id").to_pylist()
    assert districts == [f"d{number}" for number in range(5) for _ in range(2)]
    assert gather(files[:1], tmp_path / "x") == files[:1]


def test_hundreds_of_districts_are_committed_at_once(home: Home) -> None:
    start = home.begin()
    lines = tuple(
        DistrictWalk(
            f"d{number}",
            "complete",
            FIRST,
            FIRST,
            objects=tuple(ObjectWalk(kind.name, seen=number) for kind in CLEVER_OBJECTS),
        )
        for number in range(601)
    )

    home.load(Walked(start, FIRST, lines, Limits(), Rollover(), TimeZones()))

    assert home.sql("select count(*) from clever_raw.syncs") == [(601,)]
    assert home.sql("select count(*), sum(seen) from clever_raw.sync_counts") == [
        (601 * 6, 6 * sum(range(601)))
    ]
