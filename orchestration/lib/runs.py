"""Dagster's jobs run in this process, for the command line; no daemon, no web server."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, suppress
from io import StringIO
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.lib.full_disk import FullDiskError, is_full_disk
from orchestration.lib.home import Home, HomeInUseError, home_lock
from orchestration.lib.phases import forget_failure, forget_phases, note_failure
from orchestration.lib.resources import Progress

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class RunFailedError(RollbookError):
    """The job ended early; nothing was published."""


def run_job(home: Home, name: str, ops: Mapping[str, Any], progress: Progress | None = None) -> str:
    """Run the job `name` in the home to its end; the run's id.

    Raises HomeInUseError when another run holds the home, FullDiskError when its disk is full, the
    RollbookError a step raised, or RunFailedError with the reason of any other failure.
    """
    home.prepare()
    home.set_environment()
    said = StringIO()
    try:
        with home_lock(home), redirect_stderr(said):
            forget_phases(home)
            run_id = _execute(name, {"ops": dict(ops), **_QUIET}, progress)
            forget_failure(home)
            return run_id
    except (ConfigurationError, HomeInUseError):
        raise
    except Exception as error:
        failure = _failure(home, error)
        if isinstance(failure, FullDiskError):
            # Every library on the way has told of it in its own words; one line is enough.
            said.truncate(0)
        with suppress(OSError):  # The disk may be what failed.
            note_failure(home, str(failure))
        raise failure from (None if failure is error else error)
    finally:
        sys.stderr.write(said.getvalue())


def _failure(home: Home, error: Exception) -> RollbookError:
    """What a person is told of an error."""
    if is_full_disk(error):
        return FullDiskError(home.root)
    return error if isinstance(error, RollbookError) else RunFailedError(_reason(error))


def _execute(name: str, config: Mapping[str, Any], progress: Progress | None) -> str:
    from orchestration.definitions import defs

    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def(name).execute_in_process(
            run_config=config,
            instance=instance,
            resources={"progress": progress} if progress else None,
        )
        return result.run_id


def _reason(error: Exception) -> str:
    """What a person can act on; only messages that cannot quote a record are repeated."""
    if isinstance(error, dg.Failure) and error.description:
        return error.description
    if isinstance(error, DagsterAssetCheckFailedError):
        checks = " ".join(str(error).split())
        return f"{checks}. The published roster stays as it was; `rollbook status` shows it."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}. Nothing was published; run again once mended."
    return (
        f"The run failed ({type(error).__module__}.{type(error).__name__}) and published nothing; "
        "the run's page in the Dagster UI (make dev) says where."
    )
