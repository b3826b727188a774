"""What a person is told of an error that ended a run."""

from __future__ import annotations

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError
from sqlalchemy.exc import DBAPIError

from dlt_sources.errors import RollbookError, clause
from orchestration.lib.full_disk import FullDiskError, is_full_disk
from orchestration.lib.home import Home
from orchestration.lib.outcome import has_published


class RunFailedError(RollbookError):
    """The job ended early."""


def told(home: Home, error: BaseException) -> RollbookError:
    """The error in words a person can act on; says that nothing was published only if that is so.

    The RollbookError a step raised is told as it is.
    """
    published = publication(home)
    if is_full_disk(error):
        return FullDiskError(home.root, published)
    if isinstance(error, RollbookError):
        return error
    if isinstance(error, DBAPIError):
        # The application's errors are its load's; what is left is Dagster's own storage.
        return RunFailedError(
            f"Dagster's files in {home.dagster} cannot be used ({type(error).__name__}): move that "
            f"folder away and run again; only the record of past runs is lost with it. {published}"
        )
    return RunFailedError(f"{_reason(error)} {published}")


def publication(home: Home) -> str:
    """Whether the run that has the home has published, as a sentence."""
    if has_published(home):
        return "The new roster had been published before that."
    return "Nothing was published: the published roster stays as it was."


def _reason(error: BaseException) -> str:
    """Only messages that cannot quote a record are repeated."""
    if isinstance(error, dg.Failure) and error.description:
        return f"{clause(error.description)}."
    if isinstance(error, DagsterAssetCheckFailedError):
        checks = " ".join(str(error).split())
        return f"{clause(checks)}; the run's page in the Dagster UI (make dev) shows the rows."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}; run again once that is mended."
    return (
        f"The run failed ({type(error).__module__}.{type(error).__name__}); the run's page in the "
        "Dagster UI (make dev) says where."
    )
