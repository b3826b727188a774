"""`rollbook status`: how each district stands, from the published file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
from rich.console import RenderableType
from rich.table import Table

from dlt_sources.errors import RollbookError
from orchestration.lib.home import Home
from orchestration.lib.terminal import STYLES, application_errors, moment, rejected_line

#: What is counted of a district: the name shown, and the query for one district's number.
_COUNTED = {
    name: f"select district_id, count(*) from roster.{name} {where} group by district_id"
    for name, where in {
        "students": "where record_status = 'active'",
        "teachers": "where record_status = 'active'",
        "sections": "where record_status = 'active'",
        "enrollments": "",
    }.items()
} | {
    "unresolved": "select district_id, count(*) from ops.unresolved_references group by 1",
    "drift": "select district_id, count(*) from ops.schema_drift group by district_id",
}

_HELD = """
    select h.district_id, object, present, created, updated, removed, limit_hit, sample_ids
    from ops.held_changes as h
    join ops.district_status as s on s.district_id = h.district_id and s.last_sync_id = h.sync_id
    order by limit_hit is null, object
"""
_STANDING = """
    select s.district_id, d.name, s.status, since, last_complete_at, s.clever_state, s.clever_error,
        s.clever_last_sync, s.error, l.records_seen, l.rejected
    from ops.district_status as s
    join ops.syncs as l on l.district_id = s.district_id and l.sync_id = s.last_sync_id
    left join roster.districts as d on d.district_id = s.district_id
    order by s.status = 'complete', d.name nulls last, s.district_id
"""
#: The last run, and when one last read the application.
_APPLICATION = """
    select max_by(run_id, sync_id), (
        select max(observed_at) from ops.application_loads where status = 'complete'
    )
    from ops.syncs
"""


@dataclass(frozen=True)
class HeldChange:
    """What a held sync would have changed of one object type; a limit is passed if it says so."""

    object: str
    present: int
    created: int
    updated: int
    removed: int
    limit_hit: str | None
    sample_ids: list[str] | None


@dataclass(frozen=True)
class DistrictStatus:
    """How a district stands; times are UTC. `counts` are of what is active now.

    `records_seen` and `rejected` are what its last sync could and could not keep.
    """

    district_id: str
    district: str | None
    status: str
    since: datetime
    last_complete_at: datetime | None
    clever_state: str | None
    clever_error: str | None
    clever_last_sync: datetime | None
    error: str | None
    records_seen: int | None
    rejected: int | None
    counts: Mapping[str, int]
    held: tuple[HeldChange, ...]

    @property
    def hours_since_complete(self) -> float | None:
        """The age of the roster by this machine's clock; None if there is none."""
        if self.last_complete_at is None:
            return None
        age = datetime.now(UTC).replace(tzinfo=None) - self.last_complete_at
        return round(age.total_seconds() / 3600, 1)

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {**asdict(self), "hours_since_complete": self.hours_since_complete}


def read_districts(home: Home) -> list[DistrictStatus]:
    """Every district ever synced, those first that are not complete; none before the first run."""
    if not home.published.exists():
        return []
    with _published(home) as connection:
        counted = {name: dict(connection.execute(q).fetchall()) for name, q in _COUNTED.items()}
        held = connection.execute(_HELD).fetchall()
        standing = connection.execute(_STANDING).fetchall()
    found = []
    for row in standing:
        counts = {name: by_district.get(row[0], 0) for name, by_district in counted.items()}
        changes = tuple(HeldChange(*change[1:]) for change in held if change[0] == row[0])
        found.append(DistrictStatus(*[*row, counts, changes]))
    return found


def application_failure(home: Home) -> str | None:
    """Why the application's data is older than the roster; None if it was read last time."""
    if not home.published.exists():
        return None
    with _published(home) as connection:
        [(last_run, last_read)] = connection.execute(_APPLICATION).fetchall()
    errors = application_errors(home, last_run)
    since = f"was last read at {moment(last_read)} UTC" if last_read else "was never read"
    return f"The application {since}. {' '.join(errors)}" if errors else None


@contextmanager
def _published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file; raises RollbookError if an older version of Rollbook wrote it."""
    with duckdb.connect(str(home.published), read_only=True) as connection:
        try:
            yield connection
        except (duckdb.CatalogException, duckdb.BinderException):
            raise RollbookError(
                f"{home.published} was published by an older version; run `rollbook sync`, or "
                "`rollbook rebuild` to derive it again without asking Clever."
            ) from None


def status_report(districts: Sequence[DistrictStatus]) -> Iterator[RenderableType]:
    """The districts as a table, then for each that is not complete why, and what is held."""
    yield _table(districts)
    for district in districts:
        name = district.district or district.district_id
        if told := rejected_line(name, district.records_seen, district.rejected):
            yield told
    for district in districts:
        if district.status != "complete":
            yield ""
            yield f"[bold]{district.district or district.district_id}[/] is {_styled(district)}"
            yield district.error or ""
            if district.held:
                yield _held_table(district.held)


def _table(districts: Sequence[DistrictStatus]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("district", overflow="fold")
    for name in ("status", "since (UTC)", "last complete (UTC)"):
        table.add_column(name, no_wrap=True)
    for name in ("hours ago", *_COUNTED):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("at Clever", no_wrap=True)
    for district in districts:
        age = district.hours_since_complete
        table.add_row(
            district.district or district.district_id,
            _styled(district),
            moment(district.since),
            moment(district.last_complete_at),
            "" if age is None else f"{age:,.1f}",
            *(f"{count:,}" for count in district.counts.values()),
            district.clever_state or "",
        )
    return table


def _held_table(changes: Sequence[HeldChange]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("would change", no_wrap=True)
    for name in ("present", "created", "updated", "removed"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("limit", overflow="fold")
    table.add_column("such as", overflow="fold")
    for change in changes:
        numbers = (change.present, change.created, change.updated, change.removed)
        table.add_row(
            change.object,
            *(f"{number:,}" for number in numbers),
            change.limit_hit or "",
            ", ".join(change.sample_ids or ()),
        )
    return table


def _styled(district: DistrictStatus) -> str:
    return f"[{STYLES.get(district.status, 'red')}]{district.status}[/]"
