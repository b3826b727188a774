"""How each district fared in one run, read from the published file, and shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from orchestration.lib.home import Home
from orchestration.lib.reading import published
from orchestration.lib.terminal import (
    Column,
    fitting_table,
    moment,
    named,
    plain,
    rejected_line,
    severity,
    styled,
)

#: What is counted, and which counts are shown only where there is room for them.
_COUNTS = {
    "records_seen": 1,
    "created": 2,
    "updated": 2,
    "archived": 2,
    "restored": 3,
    "unchanged": 5,
}


#: How many records of each line of `ops.syncs` told no ID; none without any.
WITHOUT_ID = """
    select sync_id, district_id, count(*) as without_id from ops.rejected_records
    where id is null group by all
"""


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
    rejected: int | None
    without_id: int
    error: str | None
    last_complete_at: datetime | None
    retired: bool

    @property
    def needs_attention(self) -> bool:
        """Whether the district should have been taken over and was not."""
        return self.status != "complete" and not self.retired


def read_run(home: Home, run_id: str) -> list[SyncLine]:
    """The lines of one run, worst first."""
    query = f"""
        select s.district_id, d.name, s.status, s.observed_at, {", ".join(_COUNTS)}, s.rejected,
            coalesce(without_id, 0), s.error, t.last_complete_at, t.retired_at is not null
        from ops.syncs as s
        join ops.district_status as t using (district_id)
        left join roster.districts as d using (district_id)
        left join ({WITHOUT_ID}) as n using (sync_id, district_id)
        where s.run_id = ?
        order by d.name nulls last, s.district_id
    """
    with published(home) as connection:
        rows = connection.execute(query, [run_id]).fetchall()
    lines = [SyncLine(*row) for row in rows]
    return sorted(lines, key=lambda line: (not line.needs_attention, severity(line.status)))


def application_errors(home: Home, run_id: str) -> list[str]:
    """Why the application's data could not be read in one run; nothing if it was."""
    with published(home) as connection:
        rows = connection.execute(
            "select distinct error from ops.application_loads "
            "where run_id = ? and status = 'failed'",
            [run_id],
        ).fetchall()
    return [error for (error,) in rows]


def refusals(home: Home, run_id: str) -> list[str]:
    """What a run refused of districts, a line each: whose rows fail which check."""
    with published(home) as connection:
        rows = connection.execute(
            "select district_id, max_by(reason, retraction_id) from ops.retractions "
            "where run_id = ? and kind = 'refused' and lifted_at is null "
            "group by district_id order by district_id",
            [run_id],
        ).fetchall()
    return [f"District {district_id}: {reason}" for district_id, reason in rows]


def syncs_report(lines: Sequence[SyncLine], width: int) -> Iterator[RenderableType]:
    """The lines as a table of a width, then why each that is not complete is not."""
    names = Column("district", [named(line.district, line.district_id, width) for line in lines])
    columns = [
        Column("sync", [styled(line.status) for line in lines]),
        *(
            Column(
                "seen" if name == "records_seen" else name,
                [f"{getattr(line, name) or 0:,}" for line in lines],
                rank,
                right=True,
            )
            for name, rank in _COUNTS.items()
        ),
        Column("last complete (UTC)", [moment(line.last_complete_at) for line in lines], 4),
        Column("district_id", [line.district_id for line in lines], 6),
    ]
    yield fitting_table(names, columns, width)
    for line in lines:
        name = named(line.district, line.district_id, width)
        counts = line.records_seen, line.rejected, line.without_id
        if told := rejected_line(name, *counts, line.status):
            yield Text(told)
    for line in lines:
        if line.status != "complete":
            name = named(line.district, line.district_id, width)
            yield Text(f"{name} is {plain(line.status)}: {plain(line.error or '')}")
