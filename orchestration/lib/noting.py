"""Failures are noted in the home, also those before a run has begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dlt_sources.errors import RollbookError
from orchestration.lib.home import Home, HomeInUseError
from orchestration.lib.outcome import note_failure


@contextmanager
def noting_failures(home: Home, job: str) -> Iterator[None]:
    """Note why what is inside failed, for `rollbook status`, which else shows the last roster."""
    try:
        yield
    except HomeInUseError:
        raise  # The run that holds the home notes how it ends.
    except RollbookError as error:
        note_failure(home, job, str(error))
        raise
