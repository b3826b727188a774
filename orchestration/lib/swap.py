"""A DuckDB file takes another one's place, and nothing of the old one's life comes along.

DuckDB replays whatever `<file>.wal` lies beside a file it opens, without asking whose it is: what
somebody wrote into yesterday's published file and did not finish would appear in today's.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from dlt_sources.errors import RollbookError

#: What DuckDB 1.5 keeps beside a file that is being written.
_LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")
_READ_BITS = 0o444

#: To write a few rows into a file that a build has just written, and none of its rows again.
WITHOUT_VACUUM: dict[str, str | bool | int | float | list[str]] = {"max_vacuum_tasks": 0}


class OpenForWritingError(RollbookError):
    """Another process may write into the file that is to be replaced; it was not."""


class UnwrittenLogError(RollbookError):
    """A file's log could not be written into it; it is not whole without."""


def drop_logs(file: Path) -> list[Path]:
    """Remove what writers left beside a file; what was removed."""
    found = [log for log in _logs(file) if os.path.lexists(log)]
    for log in found:
        log.unlink(missing_ok=True)
    return found


def remove(file: Path) -> None:
    """Remove a file, and what writers left beside it."""
    file.unlink(missing_ok=True)
    drop_logs(file)


def write_logs(file: Path) -> None:
    """Write what a crash left in a file's log into the file, so that a copy of it is whole.

    Raises UnwrittenLogError when that cannot be done.
    """
    if any(log.exists() for log in _logs(file)):
        with duckdb.connect(str(file)) as connection:
            connection.execute("force checkpoint")
        expect_no_logs(file)


def expect_no_logs(file: Path) -> None:
    """Raises UnwrittenLogError if a part of what was written into a file lies beside it."""
    if left := [log.name for log in _logs(file) if log.exists()]:
        raise UnwrittenLogError(
            f"DuckDB could not write {', '.join(left)} into {file}; is the disk full? "
            "Nothing was published; run again once mended."
        )


def swap_in(new: Path, published: Path) -> list[Path]:
    """Put the closed file `new`, without write permission, in the place of `published`.

    Whenever the machine stops, the old file is there or the new one, each as it was published:
    the old one's logs go first. Nobody can begin to write in between. Returns the logs removed.
    Raises OpenForWritingError while somebody has the old one open for writing: what that process
    writes next would land beside the new one.
    """
    expect_no_logs(new)
    new.chmod(new.stat().st_mode & _READ_BITS)
    to_disk(new)
    with _kept_from_writers(published):
        removed = drop_logs(published)
        new.replace(published)
    with suppress(OSError):  # It is published: what a file system cannot promise is no failure.
        to_disk(published.parent)
    return removed


def _logs(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in _LOGS]


@contextmanager
def _kept_from_writers(file: Path) -> Iterator[None]:
    """Hold a reader's lock on a file, the kind that DuckDB's writers respect; readers pass."""
    if not file.exists():
        yield
        return
    with file.open("rb") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise OpenForWritingError(
                f"A process has {file} open for writing (`fuser {file}` names it), and what it "
                "writes would end up in the new one. Close it, open the file read-only, and run "
                "again. Nothing was published."
            ) from None
        yield


def to_disk(path: Path) -> None:
    """A crash of the machine must leave neither half a file nor half a rename behind."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
