"""The published file, opened to be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.lib.home import Home

_AGAIN = "run `rollbook sync`, or `rollbook rebuild` to derive it again without asking Clever."


def expect_published(home: Home) -> None:
    """Raises ConfigurationError if nothing has been published yet."""
    if not home.published.exists():
        raise ConfigurationError(
            f"Nothing has been published in {home.root} yet; run `rollbook sync` first."
        )


@contextmanager
def published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection; raises RollbookError if the file is damaged or another version wrote it."""
    try:
        with duckdb.connect(str(home.published), read_only=True) as connection:
            yield connection
    except (duckdb.CatalogException, duckdb.BinderException):
        raise RollbookError(
            f"{home.published} was published by another version of Rollbook; {_AGAIN}"
        ) from None
    except duckdb.Error as error:
        raise RollbookError(
            f"{home.published} cannot be read ({type(error).__name__}): it is damaged, or a "
            f"program has it open for writing. Close that, or {_AGAIN}"
        ) from None
