"""The warehouse's file: what is said when it cannot be opened, and a look without opening it."""

from __future__ import annotations

from pathlib import Path

from dlt_sources.errors import ConfigurationError, RollbookError

#: A DuckDB file begins with three headers of 4 KB; the first one's checksum precedes its name.
_NAME, _OFFSET, _HEADERS = b"DUCK", 8, 3 * 4096


def cannot_be_opened(warehouse: Path, error: BaseException) -> RollbookError:
    """The error to raise for one that DuckDB, or dlt with it, raised on opening the warehouse."""
    return RollbookError(_told(warehouse, f" ({type(error).__name__})"))


def cannot_be_read(warehouse: Path, error: BaseException) -> ConfigurationError:
    """The same where nothing has been started."""
    return ConfigurationError(_told(warehouse, f" ({type(error).__name__})"))


def damage(warehouse: Path) -> str | None:
    """What is to be said of a file that is no database; None where nothing shows, or none is.

    It is looked at without DuckDB, whose lock would stop a run that opens it meanwhile.
    """
    if not warehouse.exists():
        return None
    try:
        with warehouse.open("rb") as file:
            headers = file.read(_HEADERS)
    except OSError as error:
        return _told(warehouse, f" ({error.strerror})")
    if len(headers) == _HEADERS and headers[_OFFSET:].startswith(_NAME):
        return None
    return (
        f"{warehouse} is damaged: it is no DuckDB database. Restore it from the backup "
        "(docs/operations.md)."
    )


def _told(warehouse: Path, why: str) -> str:
    return (
        f"{warehouse} cannot be opened{why}: another program has it open, or it is damaged. Close "
        "that and run again, or restore it from the backup (docs/operations.md)."
    )
