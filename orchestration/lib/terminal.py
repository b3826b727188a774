"""What the commands show a person: text that came from data made harmless, and tables that fit."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

#: How a status is shown; any other in red.
_STYLES = {"complete": "green", "held": "yellow", "inconsistent": "yellow", "retired": "dim"}
#: The worst first; one that is not listed is worse than all of them.
_FROM_WORST = ("failed", "refused", "suspended", "held", "inconsistent", "retracted", "complete")
#: Control characters, marks that turn or hide text, halves of characters, and private ones.
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

#: A name is never narrower, so that it can be recognised, and on a terminal never longer.
_LEAST_NAME, _LONGEST_NAME = 24, 72
#: The width of what has none: a file, or a pipe.
_UNCUT = 100_000
#: How much of a wide terminal is the name's before other columns get any.
_SHARE_OF_NAME = 0.3
_GAP = 2


def plain(text: object) -> str:
    """Text on one line that a terminal shows as it is: what would steer it is written as escape."""
    shown = "".join(map(_shown, str(text)))
    return " ".join(shown.split())


def counted(number: int, what: str) -> str:
    """A number of things, in words: `1 row`, `1,200 rows`."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in _UNSHOWN:
        return character.encode("unicode_escape").decode()
    return character


def complain(text: object) -> None:
    """One line on the error output."""
    typer.echo(plain(text), err=True)


def styled(status: str) -> Text:
    """A status in its colour."""
    return Text(plain(status), _STYLES.get(status, "red"))


def severity(status: str) -> int:
    """Smaller is worse."""
    return _FROM_WORST.index(status) if status in _FROM_WORST else -1


def rejected_line(
    district: str, seen: int | None, rejected: int | None, without_id: int, status: str
) -> str | None:
    """How much of what Clever showed of a district could not be kept; None if all was.

    Only of a complete sync each rejected record is kept with its reason. Records `without_id` keep
    whatever is missing in their lists from being archived.
    """
    if not rejected:
        return None
    shown = (seen or 0) + rejected
    why = "ops.rejected_records says why" if status == "complete" else f"its sync is {status}"
    told = f"{without_id:,} of them without an ID: nothing of their list counts as gone; "
    return (
        f"{district}: {rejected:,} of {shown:,} records ({rejected / shown:.1%}) were "
        f"rejected; {told if without_id else ''}{plain(why)}"
    )


def moment(when: datetime | None) -> str:
    """A time (UTC) for a table, to the minute."""
    return f"{when:%Y-%m-%d %H:%M}" if when else "never"


def named(name: str | None, otherwise: str, width: int) -> str:
    """A district's name, its ID if it has none; shortened for a terminal if it is very long."""
    text = plain(name or "") or plain(otherwise)
    if width >= _UNCUT or len(text) <= _LONGEST_NAME:
        return text
    return text[: _LONGEST_NAME - 1] + "…"


@dataclass(frozen=True)
class Column:
    """A column of a table: its title and cells. Those of the highest `rank` go first for space."""

    title: str
    cells: Sequence[str | Text]
    rank: int = 0
    right: bool = False

    @property
    def width(self) -> int:
        """Of the widest cell."""
        return max(Text(self.title).cell_len, *map(_width, self.cells), 0)


def fitting_table(names: Column, columns: Sequence[Column], width: int) -> Table:
    """A table of so many characters: `names` whole, in several lines if need be, and the rest.

    Columns for which there is no space are left out, highest rank first, and of equal ones the
    last.
    """
    kept = list(columns)
    least = min(names.width, max(_LEAST_NAME, int(width * _SHARE_OF_NAME)))
    while sum(column.width + _GAP for column in kept) + least > width and len(kept) > 1:
        kept.remove(max(reversed(kept), key=lambda column: column.rank))
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    table.add_column(names.title, min_width=least, overflow="fold")
    for column in kept:
        table.add_column(
            column.title, justify="right" if column.right else "left", no_wrap=True,
            min_width=column.width,
        )  # fmt: skip
    for row in zip(names.cells, *(column.cells for column in kept), strict=True):
        table.add_row(*map(_text, row))
    return table


def _text(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(plain(cell))


def _width(cell: str | Text) -> int:
    return _text(cell).cell_len


def console() -> Console:
    """The terminal. Output to a file or a pipe has no width: each row is one line, uncut."""
    for stream in (sys.stdout, sys.stderr):
        # What the terminal's encoding lacks must not end a run that has published.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="backslashreplace")
    plain_console = Console(markup=False, highlight=False)
    if not plain_console.is_terminal:
        plain_console.width = _UNCUT
    elif not plain_console.width:  # COLUMNS=0: nobody knows.
        plain_console.width = 80
    return plain_console


class Watcher:
    """Shows the newest line of progress on the terminal, and nothing where output is a file."""

    def __init__(self, console: Console) -> None:
        self._status = console.status(Text("Starting"))

    def __enter__(self) -> Watcher:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def __call__(self, message: str) -> None:
        """Replace the line shown."""
        self._status.update(Text(plain(message)))
