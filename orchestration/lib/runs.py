"""Dagster's jobs run in this process, for the command line; no daemon, no web server."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from typing import Any

import dagster as dg

from dlt_sources.errors import RollbookError
from orchestration.lib.full_disk import FullDiskError
from orchestration.lib.home import Home, home_lock
from orchestration.lib.noting import noting_failures
from orchestration.lib.outcome import note_begun
from orchestration.lib.phases import forget_phases
from orchestration.lib.reasons import publication, told
from orchestration.lib.resources import Progress

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class StoppedRunError(RollbookError):
    """A person or the system stopped the run; the next one is not hindered."""


def run_job(home: Home, name: str, ops: Mapping[str, Any], progress: Progress | None = None) -> str:
    """Run the job `name` in the home to its end; the run's id.

    Raises HomeInUseError when another run holds the home, FullDiskError when its disk is full, the
    RollbookError a step raised, RunFailedError with the reason of any other failure, or
    StoppedRunError for Ctrl-C or SIGTERM. All but the first are noted for `rollbook status`.
    """
    with noting_failures(home, name), _only_our_words():
        home.prepare()
        home.set_environment()
        with home_lock(home):
            note_begun(home, name)
            forget_phases(home)
            try:
                return _execute(name, {"ops": dict(ops), **_QUIET}, progress)
            except KeyboardInterrupt:
                raise StoppedRunError(f"Stopped. {publication(home)}") from None
            except Exception as error:
                failure = told(home, error)
                raise failure from (None if failure is error else error)


@contextmanager
def _only_our_words() -> Iterator[None]:
    """Keep what libraries say of a failure that one line tells: a full disk, or an interrupt."""
    said = StringIO()
    try:
        with redirect_stderr(said):
            yield
    except (FullDiskError, StoppedRunError, KeyboardInterrupt):
        said = StringIO()
        raise
    finally:
        sys.stderr.write(said.getvalue())


def _execute(name: str, config: Mapping[str, Any], progress: Progress | None) -> str:
    from orchestration.definitions import defs

    with dg.DagsterInstance.get() as instance:
        try:
            result = defs.resolve_job_def(name).execute_in_process(
                run_config=config,
                instance=instance,
                resources={"progress": progress} if progress else None,
            )
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
        return result.run_id
