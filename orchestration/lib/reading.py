"""The published file and its masked copy, opened to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import duckdb

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.lib.home import Home

_AGAIN = "run `rollbook sync`, or `rollbook rebuild` to derive it again without asking Clever."
_MASK_AGAIN = "run `rollbook publish --masked` again."
_Config = Mapping[str, str | bool | int | float | list[str]]


def expect_published(home: Home) -> None:
    """Raises ConfigurationError if nothing has been published yet."""
    if not home.published.exists():
        raise ConfigurationError(
            f"Nothing has been published in {home.root} yet; run `rollbook sync` first."
        )


def expect_masked(home: Home) -> None:
    """Raises ConfigurationError if there is no masked copy."""
    if not home.masked.exists():
        raise ConfigurationError(
            f"There is no masked copy in {home.root}; run `rollbook publish --masked` first."
        )


def published(
    home: Home, config: _Config | None = None
) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection; raises RollbookError if the file is damaged or another version wrote it."""
    return _opened(home.published, _AGAIN, config)


def masked(
    home: Home, config: _Config | None = None
) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """The same to the masked copy."""
    return _opened(home.masked, _MASK_AGAIN, config)


@contextmanager
def _opened(file: Path, again: str, config: _Config | None) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect(str(file), read_only=True, config={**(config or {})}) as connection:
            yield connection
    except (duckdb.CatalogException, duckdb.BinderException):
        raise RollbookError(
            f"{file} was published by another version of Rollbook; {again}"
        ) from None
    except duckdb.Error as error:
        raise RollbookError(
            f"{file} cannot be read ({type(error).__name__}): it is damaged, or a "
            f"program has it open for writing. Close that, or {again}"
        ) from None
