"""`rollbook rebuild`: all history again, from the log alone."""

from __future__ import annotations

from orchestration.commands.beginning import locked_log
from orchestration.commands.ending import end_of_build
from orchestration.lib.home import current_home
from orchestration.lib.noting import noting_failures
from orchestration.lib.settings import settings
from orchestration.lib.terminal import Watcher, console


def rebuild() -> None:
    """Derive all history again from the log, check and publish it; Clever is not asked."""
    home = current_home()
    with noting_failures(home, "rebuild"):
        settings()
    with locked_log(home), Watcher(console()) as watcher:
        from orchestration.lib.runs import run_job

        watcher("Deriving all history again")
        run_id = run_job(home, "rebuild", {"history": {"config": {"rebuild": True}}})
    end_of_build(home, run_id)
