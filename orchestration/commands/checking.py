"""`rollbook application check`: what of the application could not be read, before any load."""

from __future__ import annotations

import typer
from rich.text import Text

from orchestration.commands.ending import INCOMPLETE
from orchestration.lib.home import current_home
from orchestration.lib.terminal import console, plain

application = typer.Typer(help="The application's own database.", no_args_is_help=True)


@application.callback()
def _group() -> None:
    """The application's own database."""


@application.command()
def check() -> None:
    """Say what of the application's tables could not be read or would not meet; loads nothing."""
    from dlt_sources.application.check import check_application
    from dlt_sources.application.settings import application_settings
    from dlt_sources.clever.results import utc_now

    home = current_home()
    home.set_environment()
    out = console()
    checked = check_application(application_settings(), home.warehouse, utc_now())
    for table in checked:
        for fact in table.facts:
            out.print(Text(plain(f"{table.table}: {fact}")), soft_wrap=True)
        for finding in table.findings:
            out.print(Text(plain(f"{table.table}: {finding}"), "yellow"), soft_wrap=True)
    if any(table.findings for table in checked):
        raise typer.Exit(INCOMPLETE)
