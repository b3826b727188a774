"""What a command says when it has published without asking Clever."""

from __future__ import annotations

import typer
from rich.text import Text

from orchestration.lib.home import Home
from orchestration.lib.sync_lines import refusals
from orchestration.lib.terminal import complain, console, plain

#: The exit code when the run ended but not everything is up to date.
INCOMPLETE = 3


def end_of_build(home: Home, run_id: str) -> None:
    """Say what was published, and which districts were not, as their rows fail a check."""
    console().print(Text(f"Published {plain(home.published)}"), soft_wrap=True)
    refused = refusals(home, run_id)
    for line in refused:
        complain(f"rollbook: {line}")
    if refused:
        raise typer.Exit(INCOMPLETE)
