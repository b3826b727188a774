"""`rollbook retire`: a district that left for good alarms nobody any more, and loses nothing."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer
from rich.text import Text

from dlt_sources.errors import ConfigurationError
from orchestration.commands.beginning import check_text, locked_log
from orchestration.commands.ending import end_of_build
from orchestration.lib.home import current_home
from orchestration.lib.outcome import run_begun
from orchestration.lib.settings import settings
from orchestration.lib.terminal import console, plain


def retire(
    district: Annotated[str, typer.Option(help="The district's id.")],
    reason: Annotated[str, typer.Option(help="Why; recorded with your name in ops.retirements.")],
    undo: Annotated[bool, typer.Option("--undo", help="It has not left after all.")] = False,
) -> None:
    """Say that a district left for good: its data stays, and nobody waits for its syncs.

    It returns by itself, without loss, when Clever lists it again.
    """
    home = current_home()
    settings()
    if not reason.strip():
        raise ConfigurationError("--reason is empty; say why, for whoever asks later.")
    check_text("--reason", reason)
    with locked_log(home), run_begun(home, "rebuild"):
        from dlt_sources.clever.changelog import open_warehouse
        from dlt_sources.clever.retiring import decide
        from dlt_sources.clever.syncing import clever_pipeline
        from orchestration.lib.runs import run_job

        with open_warehouse(clever_pipeline(home.root)) as client:
            decide(client, district, retired=not undo, reason=reason, decided_by=getpass.getuser())
        run_id = run_job(home, "rebuild", {"history": {"config": {"rebuild": False}}})
    console().print(Text(f"District {plain(district)} is {'back' if undo else 'retired'}."))
    end_of_build(home, run_id)
