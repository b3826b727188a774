"""The `rollbook` command in forks of a process that has imported everything once.

That halves the time of a run. What a module reads as it is imported, above all the settings of
schedules, is as it was when the first fork was started: a run to which that matters is started
cold, as the installed command.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

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
        "pyarrow.parquet",
    ]
)


def start_warm(
    command: list[str], environment: Mapping[str, str], output: Path
) -> tuple[int, Wait]:
    """Start it; its process, and a way to wait so many seconds for its code, None meanwhile.

    What it says is written to the files `stdout` and `stderr` in the folder `output`.
    """
    process = _forks.Process(target=_be_the_command, args=(command, dict(environment), output))
    process.start()
    assert process.pid is not None

    def wait(seconds: float | None) -> int | None:
        process.join(seconds)
        return process.exitcode

    return process.pid, wait


def _be_the_command(command: list[str], environment: Mapping[str, str], output: Path) -> NoReturn:
    """Be in this process what the installed command is in one of its own."""
    os.setsid()
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(output / name, os.O_WRONLY | os.O_CREAT, 0o644), number)
    os.environ.clear()
    os.environ.update(environment)
    # If the forks' server has parsed the project, dbt's static parser has threads there that a fork
    # has not: one that parses again, because the project changed meanwhile, would wait for ever.
    os.environ["DBT_STATIC_PARSER"] = "false"
    sys.argv = ["rollbook", *command]
    from orchestration.cli import main

    main()
    raise AssertionError("the command ends its process itself")
