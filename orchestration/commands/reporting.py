"""`rollbook report`: the pages that say whether today's roster can be trusted."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import current_home
from orchestration.lib.reading import expect_published
from orchestration.lib.settings import settings
from orchestration.lib.terminal import complain, console, plain


def report(
    out: Annotated[
        Path | None,
        typer.Option(help="The folder of the pages; by default reports/roster in the home."),
    ] = None,
    show: Annotated[
        bool,
        typer.Option("--open/--no-open", help="Whether to open the index in a browser."),
    ] = True,
) -> None:
    """Draw a page for each district and an index: can the roster be trusted, how did it get there.

    The index is opened where a person asks from a terminal, on a machine that has a browser.
    """
    home = current_home()
    settings()
    expect_published(home)
    from orchestration.report.files import pages_folder, renew_pages

    folder = out or pages_folder(home)
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"{folder} is no folder; name one with --out.")
    renewed = renew_pages(home, folder)
    if not renewed.index.exists():
        raise ConfigurationError(str(renewed.trouble))
    console().print(Text(f"Wrote {plain(renewed.index)}: {renewed.line}"), soft_wrap=True)
    if renewed.trouble:
        complain(f"rollbook: {renewed.trouble}")
        raise typer.Exit(1)
    if show and is_somebody_there():
        webbrowser.open(renewed.index.absolute().as_uri())


def is_somebody_there() -> bool:
    """Whether a person asks from a terminal, and a browser has a screen to open on.

    Without a screen Python would start a browser for terminals in the middle of a session.
    """
    screen = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    return screen and sys.stdin.isatty() and sys.stdout.isatty()
