"""`rollbook status`: how each district stands, and how the last run ended."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.text import Text

from dlt_sources.errors import RollbookError
from dlt_sources.warehouse import damage
from orchestration.lib.home import Home, current_home
from orchestration.lib.outcome import last_run
from orchestration.lib.standing import application_failure, read_standing
from orchestration.lib.status import status_report, warnings_report
from orchestration.lib.terminal import complain, console, plain
from orchestration.review.cases import read_counts
from orchestration.review.terminal import matching_line


def status(
    as_json: Annotated[
        bool, typer.Option("--json", help="For programs instead of people.")
    ] = False,
) -> None:
    """Show how each district stands: status, since when, age, what is held, why, and warnings."""
    home = current_home()
    well, sentence = last_run(home) or (True, "")
    try:
        _show(home, as_json)
        if failure := application_failure(home):
            complain(failure)
        if damaged := damage(home.warehouse):
            complain(damaged)
    except RollbookError as error:
        complain(f"rollbook: {error}")
        raise typer.Exit(error.exit_code) from None
    finally:
        if not well:
            complain(sentence)
        elif sentence and not as_json:
            console().print(Text(plain(sentence)), soft_wrap=True)


def _show(home: Home, as_json: bool) -> None:
    standing = read_standing(home)
    districts = standing.districts
    out = console()
    if as_json:
        rows = [district.as_json() for district in districts]
        typer.echo(json.dumps(rows, default=str, indent=2))
    elif districts:
        out.print(*status_report(districts, out.width), sep="\n")
        for line in warnings_report(districts, standing.unplaced, out.width):
            out.print(line, soft_wrap=True)
        if accounts := matching_line(read_counts(home)):
            out.print(Text(accounts), soft_wrap=True)
    else:
        told = f"Nothing has been published in {plain(home.root)} yet; run `rollbook sync`."
        out.print(Text(told), soft_wrap=True)
