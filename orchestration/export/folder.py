"""A folder that is filled as a whole, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import duckdb

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.lib.full_disk import FullDiskError, is_full_disk
from orchestration.lib.swap import to_disk

#: The beginning of the name of a folder that is being filled; one that stays is a killed process's.
UNFINISHED = ".unfinished-export-"


@contextmanager
def whole_folder(to: Path, *, last: str) -> Iterator[Path]:
    """A folder for files, all of which are in `to` once the block has ended well, else none.

    `to` is an empty folder, or is not there. A new one appears with everything in it. One that was
    there stays what it is (somebody's current folder, a mounted disk) and gets file by file, the
    one that is called `last` at the end. Raises ConfigurationError where files are not to be put
    there or cannot be, FullDiskError for want of room, RollbookError for Ctrl-C in the block.
    """
    try:
        # Not resolved: a link to a folder is one.
        to = to.absolute()
        is_new = not os.path.lexists(to)
        if not is_new:
            _expect_empty(to)
        with _parents(to) if is_new else _nothing():
            beside = (to.parent if is_new else to) / f"{UNFINISHED}{uuid4().hex[:8]}"
            try:
                beside.mkdir()
                with _stopping():
                    yield beside
                _keep(beside, to, last, is_new=is_new)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    except (OSError, duckdb.Error) as error:
        if is_full_disk(error):
            raise FullDiskError(to, "Nothing was exported.") from None
        if isinstance(error, duckdb.Error):
            raise
        raise ConfigurationError(
            f"{to} cannot be written ({error.strerror or type(error).__name__}); name another "
            "folder with --to. Nothing was exported."
        ) from None


def _expect_empty(to: Path, *besides: Path) -> None:
    if not to.is_dir():
        raise ConfigurationError(f"{to} is no folder; name a new or an empty one with --to.")
    there = sorted(path.name for path in to.iterdir() if path not in besides)
    if not there:
        return
    if all(name.startswith(UNFINISHED) for name in there):
        raise ConfigurationError(
            f"{to} holds what an export that was killed has left, {there[0]}; if none is under way "
            "there, remove that, or name another folder with --to."
        )
    raise ConfigurationError(
        f"{to} is not empty ({there[0]}), and nothing in it is overwritten; name a new or an empty "
        "folder with --to."
    )


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _stopping() -> Iterator[None]:
    """Say what Ctrl-C has left, while that is certain."""
    try:
        yield
    except KeyboardInterrupt:
        raise RollbookError("Stopped. Nothing was exported.") from None


@contextmanager
def _parents(to: Path) -> Iterator[None]:
    """Make the folders above; they go again if the block fails."""
    missing = [folder for folder in to.parents if not folder.exists()]
    try:
        if missing:
            to.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        raise


def _keep(beside: Path, to: Path, last: str, *, is_new: bool) -> None:
    """Let the files appear where they are to be, after they are on the disk."""
    files = sorted(beside.iterdir(), key=lambda file: (file.name == last, file.name))
    for file in files:
        to_disk(file)
    if is_new:
        _expect_still_free(to)
        beside.rename(to)
    else:
        _expect_empty(to, beside)
        _move(files, to)


def _expect_still_free(to: Path) -> None:
    if os.path.lexists(to):
        _expect_empty(to)


def _move(files: list[Path], to: Path) -> None:
    moved: list[Path] = []
    try:
        for file in files:
            moved.append(file.rename(to / file.name))
    except BaseException:
        for file in moved:
            file.unlink()
        raise
