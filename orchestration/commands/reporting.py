"""`rollbook report`: the page that says whether today's roster can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from orchestration.lib.home import current_home
from orchestration.lib.pages import write_whole
from orchestration.lib.reading import expect_published, published
from orchestration.lib.settings import settings
from orchestration.lib.terminal import console, plain


def report(
    out: Annotated[
        Path | None,
        typer.Option(help="The file; by default reports/roster.html in the home."),
    ] = None,
) -> None:
    """Write a page with charts: can the roster be trusted today, and how did it get there."""
    home = current_home()
    settings()
    expect_published(home)
    from orchestration.report.figures import read_figures
    from orchestration.report.page import render

    with published(home) as connection:
        figures = read_figures(connection)
    file = out or home.reports / "roster.html"
    write_whole(file, render(figures), option="--out")
    console().print(Text(f"Wrote {plain(file)}"), soft_wrap=True)
