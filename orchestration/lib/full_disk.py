"""A full disk, told from other failures in whosever error it shows, and how deep.

Python, DuckDB, SQLite, dlt and dbt each say it in an exception of their own, often one that wraps
another; what a person must do is the same for all.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dlt_sources.errors import RollbookError

_CODES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: The operating system's own words, which most libraries repeat; SQLite's; and what DuckDB names
#: when it finds no room for what memory does not hold.
_WORDS = re.compile(
    "|".join(
        [
            *map(os.strerror, _CODES),
            *("database or disk is full", "disk I/O error"),
            "max_temp_directory_size",
        ]
    )
)


class FullDiskError(RollbookError):
    """The home's disk takes no more; `published` says in a sentence what became of the roster."""

    def __init__(self, home: Path, published: str = "Nothing was published.") -> None:
        super().__init__(
            f"The disk that holds {home} is full, or cannot be written. {published} Make room and "
            "run again: nothing is lost."
        )


def is_full_disk(error: BaseException) -> bool:
    """Whether an error, or one that led to it, says that a disk took no more."""
    return any(
        (isinstance(one, OSError) and one.errno in _CODES) or _WORDS.search(str(one))
        for one in _with_causes(error)
    )


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]
