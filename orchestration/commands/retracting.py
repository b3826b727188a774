"""`rollbook retract`: a district's syncs taken back, after a look at what that does."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Annotated

import typer
from rich.text import Text

from orchestration.commands.beginning import check_text, locked_log
from orchestration.commands.ending import end_of_build
from orchestration.lib.home import current_home
from orchestration.lib.outcome import run_begun
from orchestration.lib.settings import settings
from orchestration.lib.terminal import console, plain


def retract(
    district: Annotated[list[str], typer.Option(help="The district's id; repeat for more.")],
    since: Annotated[int, typer.Option(help="The first sync to take back; ops.syncs lists them.")],
    reason: Annotated[str, typer.Option(help="Why; kept in ops.retractions.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it, not only show it.")] = False,
) -> None:
    """Take a district's syncs back from one on, as if they had never been; shows it first."""
    home = current_home()
    settings()
    check_text("--reason", reason)
    out = console()
    with locked_log(home), run_begun(home, "retract") if yes else nullcontext():
        from orchestration.lib.retracting import preview_retraction, previewed
        from orchestration.lib.runs import run_job

        for line in previewed(preview_retraction(home, district, since, reason)).splitlines():
            indent = " " * (len(line) - len(line.lstrip()))
            out.print(Text(indent + plain(line)), soft_wrap=True)
        if not yes:
            out.print("Nothing was changed; say it again with --yes to do it.")
            return
        config = {"districts": district, "since_sync_id": since, "reason": reason, "confirm": True}
        run_id = run_job(home, "retract", {"clever_retraction": {"config": config}})
    end_of_build(home, run_id)
