"""What the commands show a person: lines of progress, and the syncs as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
from rich.console import Console
from rich.table import Table

from orchestration.lib.home import Home

_COUNTS = ("records_seen", "created", "updated", "archived", "restored", "unchanged")
#: How a status is shown; any other in red.
STYLES = {"complete": "green", "held": "yellow", "inconsistent": "yellow"}


@dataclass(frozen=True)
class SyncLine:
    """One district's line of `ops.syncs`; times are UTC."""

    district_id: str
    district: str | None
    status: str
    observed_at: datetime
    records_seen: int
    created: int
    updated: int
    archived: int
    restored: int
    unchanged: int
    error: str | None
    last_complete_at: datetime | None


def read_run(home: Home, run_id: str) -> list[SyncLine]:
    """The lines of one run, from the published file."""
    return _read(home, "run_id = ?", [run_id])


def application_errors(home: Home, run_id: str) -> list[str]:
    """Why the application's data could not be read in one run; nothing if it was."""
    with duckdb.connect(str(home.published), read_only=True) as connection:
        rows = connection.execute(
            "select distinct error from ops.application_loads "
            "where run_id = ? and status = 'failed'",
            [run_id],
        ).fetchall()
    return [error for (error,) in rows]


def refusals(home: Home, run_id: str) -> list[str]:
    """What a run refused of districts, a line each: whose rows fail which check."""
    with duckdb.connect(str(home.published), read_only=True) as connection:
        rows = connection.execute(
            "select district_id, max_by(reason, retraction_id) from ops.retractions "
            "where run_id = ? and kind = 'refused' and lifted_at is null "
            "group by district_id order by district_id",
            [run_id],
        ).fetchall()
    return [f"District {district_id}: {reason}" for district_id, reason in rows]


def _read(home: Home, condition: str, parameters: list[str]) -> list[SyncLine]:
    query = f"""
        select s.district_id, d.name, s.status, s.observed_at, {", ".join(_COUNTS)}, s.error,
            (select max(c.observed_at) from ops.syncs as c
             where c.district_id = s.district_id and c.status = 'complete')
        from ops.syncs as s left join roster.districts as d on d.district_id = s.district_id
        where {condition}
        order by d.name nulls last, s.district_id
    """
    with duckdb.connect(str(home.published), read_only=True) as connection:
        rows = connection.execute(query, parameters).fetchall()
    return [SyncLine(*row) for row in rows]


def syncs_table(lines: Sequence[SyncLine]) -> Table:
    """The lines as a table a person reads."""
    table = Table(box=None, pad_edge=False)
    table.add_column("district", overflow="fold")
    for name in ("sync", "last complete (UTC)"):
        table.add_column(name, no_wrap=True)
    for name in ("seen", *_COUNTS[1:]):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for line in lines:
        table.add_row(
            line.district or line.district_id,
            f"[{STYLES.get(line.status, 'red')}]{line.status}[/]",
            moment(line.last_complete_at),
            *(f"{getattr(line, name) or 0:,}" for name in _COUNTS),
            line.error or "",
        )
    return table


def moment(when: datetime | None) -> str:
    """A time (UTC) for a table, to the minute."""
    return f"{when:%Y-%m-%d %H:%M}" if when else "never"


def console() -> Console:
    """The terminal; where output goes to a file or a pipe, wide enough for a table."""
    plain = Console()
    return plain if plain.is_terminal else Console(width=max(plain.width, 140))


class Watcher:
    """Shows the newest line of progress on the terminal, and nothing where output is a file."""

    def __init__(self, console: Console) -> None:
        self._status = console.status("Starting")

    def __enter__(self) -> Watcher:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def __call__(self, message: str) -> None:
        """Replace the line shown."""
        self._status.update(message)
