"""How a page is written: as a whole, where it was asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from uuid import uuid4

from dlt_sources.errors import ConfigurationError

#: How each page begins.
_FIRST = b"<!doctype html>"


def write_whole(file: Path, text: str, *, option: str, private: bool = False) -> None:
    """Write a page, never half of one; a `private` one only its owner may read.

    Only a page is ever replaced: what was asked for by mistake may be the log itself, or a device.
    Raises ConfigurationError when it cannot be written; `option` is what names another file.
    """
    if file.is_dir():
        raise ConfigurationError(f"{file} is a folder; name a file in it with {option}.")
    try:
        if os.path.lexists(file) and not _is_page(file):
            raise ConfigurationError(
                f"{file} is there, and is no page that may be replaced; name another one with "
                f"{option}."
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        _replace(file, text, mode=0o600 if private else 0o644)
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be written ({error.strerror}); name another one with {option}."
        ) from None


def _is_page(file: Path) -> bool:
    if not stat.S_ISREG(file.lstat().st_mode):
        return False
    with file.open("rb") as there:
        return there.read(len(_FIRST)).lower() in (_FIRST, b"")


def _replace(file: Path, text: str, mode: int) -> None:
    """It is never there with more rights than it ends with."""
    beside = file.with_name(f".{file.name}.{uuid4().hex[:8]}")
    try:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as page:
            page.write(text)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
