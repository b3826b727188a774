"""`rollbook sync`: the daily job in this process."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from dlt_sources.errors import ConfigurationError
from orchestration.commands.ending import INCOMPLETE
from orchestration.lib.checking import check_sync
from orchestration.lib.home import current_home
from orchestration.lib.outcome import last_remark
from orchestration.lib.sync_lines import application_errors, read_run, syncs_report
from orchestration.lib.terminal import Watcher, complain, console, plain


def sync(
    district: Annotated[
        list[str] | None, typer.Option(help="Only this district's id; repeat for more.")
    ] = None,
    observed_at: Annotated[
        str | None, typer.Option(help="UTC time of what is seen, such as 2026-08-17T02:00; now.")
    ] = None,
    ahead_of_clock: Annotated[
        bool, typer.Option(help="Insist on a time more than five minutes ahead of the clock.")
    ] = False,
    approve_removals: Annotated[
        bool, typer.Option(help="Take over this once what passes the safety limits; recorded.")
    ] = False,
    reconcile: Annotated[
        bool, typer.Option(help="Compare all of the application's tables with their logs, too.")
    ] = False,
) -> None:
    """Run the daily job in this process: walk Clever, derive history, check, publish."""
    from orchestration.lib.noting import noting_failures

    home = current_home()
    with noting_failures(home, "daily"):
        check_sync(observed_at, ahead_of_clock)
        if any(not each.strip() for each in district or ()):
            raise ConfigurationError(
                "--district is empty; give the ID of a district, or leave it out for all."
            )
    walk: dict[str, Any] = {
        "districts": district or [],
        "observed_at": observed_at,
        "ahead_of_clock": ahead_of_clock,
        "approve_removals": approve_removals,
    }
    out = console()
    with Watcher(out) as watcher:
        from orchestration.lib.runs import run_job

        load = {"reconcile": reconcile}
        steps = {"clever_sync": {"config": walk}, "application_sync": {"config": load}}
        run_id = run_job(home, "daily", steps, watcher)
    lines = read_run(home, run_id)
    out.print(*syncs_report(lines, out.width), sep="\n")
    out.print(Text(f"Published {plain(home.published)}"), soft_wrap=True)
    if remark := last_remark(home):
        complain(f"rollbook: {remark}")
    errors = application_errors(home, run_id)
    for error in errors:
        complain(f"rollbook: {error}")
    if errors or any(line.needs_attention for line in lines):
        raise typer.Exit(INCOMPLETE)
