"""`rollbook export`: what is published, as files for those who do not open it themselves."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from dlt_sources.errors import ConfigurationError
from orchestration.commands.beginning import check_text
from orchestration.export.choosing import Asked
from orchestration.export.formats import MANIFEST, Format
from orchestration.lib.home import current_home
from orchestration.lib.reading import expect_masked, expect_published
from orchestration.lib.settings import settings
from orchestration.lib.terminal import Watcher, console, counted, moment, plain

if TYPE_CHECKING:
    from orchestration.export.exporting import Exported


def export(
    to: Annotated[Path, typer.Option(help="The folder: a new one, or an empty one.")],
    format_: Annotated[
        Format, typer.Option("--format", help="csv and xlsx are for Excel, parquet for programs.")
    ],
    tables: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TABLE",
            help="As in the file: students, or roster.students; none is everything.",
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(help="The roster at the end of this day, such as 2026-10-01.", metavar="DATE"),
    ] = None,
    district: Annotated[
        str | None, typer.Option(help="Only rows of this district's id.", metavar="ID")
    ] = None,
    masked: Annotated[bool, typer.Option("--masked", help="Of the masked copy.")] = False,
) -> None:
    """Write tables of the published roster as files into a folder, all of them or none."""
    home = current_home()
    settings()
    check_text("--to", str(to))
    for text in (*(tables or ()), district or ""):
        check_text("TABLE or --district", text)
    asked = Asked(tuple(tables or ()), _day(on), district)
    (expect_masked if masked else expect_published)(home)
    out = console()
    with Watcher(out) as watcher:
        from orchestration.export.exporting import export as write

        exported = write(home, asked, format_, to, watcher, is_masked=masked)
    _tell(out, exported, format_, to)


def _day(text: str | None) -> date | None:
    """Raises ConfigurationError for what is no day."""
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ConfigurationError(f"--on is {text!r}, which is no day; write one such as 2026-10-01.")


def _tell(out: Console, exported: Exported, format_: Format, to: Path) -> None:
    lines = [f"{each.file}: {counted(each.rows, 'row')}" for each in exported.tables]
    if format_ is Format.CSV:
        lines += [
            f"{each.file} is longer than a sheet: Excel shows its beginning only."
            for each in exported.longer_than_a_sheet
        ]
    if exported.left_out:
        lines.append(f"Left out, as they tell no district: {', '.join(exported.left_out)}")
    if known := len(exported.warnings):
        lines.append(f"{counted(known, 'warning')} to know before trusting a number: {MANIFEST}")
    version = exported.version
    copy = "masked copy" if version.is_masked else "roster"
    lines.append(
        f"Exported the {copy} published at {moment(version.published_at)} UTC to {to.absolute()}"
    )
    for line in lines:
        out.print(Text(plain(line)), soft_wrap=True)
