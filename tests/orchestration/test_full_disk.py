"""A full disk is known as such, whoever says so."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dlt_sources.errors import RollbookError
from orchestration.lib.full_disk import FullDiskError, is_full_disk

SAYING_SO = {
    "the operating system": OSError(errno.ENOSPC, "No space left on device"),
    "a quota": OSError(errno.EDQUOT, "Disk quota exceeded"),
    "a limit of the process": OSError(errno.EFBIG, "File too large"),
    "SQLite": sqlite3.OperationalError("database or disk is full"),
    "DuckDB": duckdb.IOException('Could not write file "x.duckdb": No space left on device'),
    "DuckDB, out of memory": duckdb.OutOfMemoryException(
        "failed to offload data block. This limit was set by the 'max_temp_directory_size' setting."
    ),
    "dbt": dg.Failure("3 of 9 models failed. users: IO Error '...': No space left on device"),
}


@pytest.mark.parametrize("error", SAYING_SO.values(), ids=SAYING_SO.keys())
def test_a_full_disk_is_known_however_deep(error: Exception) -> None:
    assert is_full_disk(error)
    assert is_full_disk(_wrapped(error, explicitly=True))
    assert is_full_disk(_wrapped(error, explicitly=False))


@pytest.mark.parametrize(
    "error",
    [OSError(errno.EACCES, "Permission denied"), ValueError("a full list"), RollbookError("held")],
)
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not is_full_disk(error)


def test_errors_that_name_each_other_come_to_an_end() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__context__ = other, one

    assert not is_full_disk(one)


def test_a_person_is_told_what_to_do() -> None:
    assert "/srv/home is full" in str(FullDiskError(Path("/srv/home")))
    assert "Make room and run again" in str(FullDiskError(Path("/srv/home")))


def _wrapped(error: Exception, *, explicitly: bool) -> Exception:
    try:
        try:
            raise error
        except Exception as cause:
            raise RollbookError("The load failed.") from (cause if explicitly else None)
    except RollbookError as outer:
        return outer
