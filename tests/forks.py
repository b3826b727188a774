"""The `rollbook` command in forks of a process that has imported everything once.

That halves the time of a run. What a module reads as it is imported, above all the settings of
schedules, is as it was when the first fork was started: a run to which that matters is started
cold, as the installed command. The process of the suites comes from a fork, too
(`tests/warm_suites.py`).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from tests.warm_suites import serve_suites, write_stand_in

#: Wait so many seconds, or for ever; the exit code, or None if it is still running.
Wait = Callable[[float | None], int | None]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(
    [
        "orchestration.cli",
        "orchestration.definitions",
        "orchestration.lib.runs",
        "dlt_sources.clever",
        "dlt_sources.application.syncing",
        "sqlalchemy",
        "dlt.destinations.impl.duckdb.configuration",
        "dbt.cli.main",
        "dbt.adapters.duckdb",
        "dbt.task.build",
        "orchestration.lib.dbt_shortcuts",
        "orchestration.report.files",
        "alembic.command",
        "altair",
        "dagster._core.storage.event_log.sqlite.sqlite_event_log",
        "dagster._core.storage.legacy_storage",
        "pandas",
        "pyarrow.dataset",
        "pyarrow.pandas_compat",
        "pyarrow.parquet",
        "rich.live",
        "sqlparse",
        "upath",
        "vl_convert",
    ]
)


def start_warm(
    command: list[str], environment: Mapping[str, str], output: Path
) -> tuple[int, Wait]:
    """Start it; its process, and a way to wait so many seconds for its code, None meanwhile.

    What it says is written to the files `stdout` and `stderr` in the folder `output`.
    """
    process = _forks.Process(
        target=_be_the_command, args=(command, dict(environment), output, _python())
    )
    process.start()
    assert process.pid is not None

    def wait(seconds: float | None) -> int | None:
        process.join(seconds)
        return process.exitcode

    return process.pid, wait


@cache
def _folder() -> TemporaryDirectory[str]:
    """Gone at the end of this process."""
    return TemporaryDirectory(prefix="suites-")


@cache
def _python() -> str:
    """The stand-in for the interpreter; its server ends with this process."""
    folder = Path(_folder().name)
    address = str(folder / "server")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    _forks.Process(target=serve_suites, args=(listener,), daemon=True).start()
    listener.close()
    return str(write_stand_in(folder, address))


def _be_the_command(
    command: list[str], environment: Mapping[str, str], output: Path, python: str
) -> NoReturn:
    """Be in this process what the installed command is in one of its own."""
    os.setsid()
    # A command hears Ctrl-C; tests that a shell runs in the background do not, nor would its forks.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(output / name, os.O_WRONLY | os.O_CREAT, 0o644), number)
    os.environ.clear()
    os.environ.update(environment)
    # If the forks' server has parsed the project, dbt's static parser has threads there that a fork
    # has not: one that parses again, because the project changed meanwhile, would wait for ever.
    os.environ["DBT_STATIC_PARSER"] = "false"
    sys.argv = ["rollbook", *command]
    sys.executable = python
    from orchestration.cli import main

    main()
    raise AssertionError("the command ends its process itself")
