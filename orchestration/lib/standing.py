"""How each district stands, from the published file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from dlt_sources.clever.results import utc_now
from orchestration.lib.freshness import hours_of, is_stale
from orchestration.lib.home import Home
from orchestration.lib.reading import published
from orchestration.lib.sync_lines import WITHOUT_ID, application_errors
from orchestration.lib.terminal import moment, severity
from orchestration.lib.warned import Warned, read_warnings

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
_STANDING = f"""
    select s.district_id, d.name, s.status, since, last_complete_at, s.clever_state, s.clever_error,
        s.clever_last_sync, s.error, retired_at, l.records_seen, l.rejected,
        coalesce(without_id, 0)
    from ops.district_status as s
    left join roster.districts as d using (district_id)
    left join ops.syncs as l on l.district_id = s.district_id and l.sync_id = s.last_sync_id
    left join ({WITHOUT_ID}) as n
        on n.district_id = s.district_id and n.sync_id = s.last_sync_id
    order by d.name nulls last, s.district_id
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

    `records_seen` and `rejected` are what its last sync could and could not keep, `without_id` of
    the latter those that told no ID. `warnings` are what to know before trusting its numbers.
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
    retired_at: datetime | None
    records_seen: int | None
    rejected: int | None
    without_id: int
    counts: Mapping[str, int]
    held: tuple[HeldChange, ...]
    warnings: tuple[Warned, ...] = ()

    @property
    def shown_status(self) -> str:
        """The status, or that the district is retired."""
        return "retired" if self.retired_at else self.status

    @property
    def needs_attention(self) -> bool:
        """Whether somebody should look: the district ought to be up to date and is not."""
        return not self.retired_at and (self.status != "complete" or self.stale)

    @property
    def hours_since_complete(self) -> float | None:
        """The age of the roster by its district's clocks, negative if it lies ahead; None: none."""
        return hours_of(self.district_id, self.last_complete_at, utc_now())

    @property
    def stale(self) -> bool:
        """Whether the roster is too old; that of a paused or retired district never is."""
        asleep = self.clever_state == "paused" or self.retired_at is not None
        return not asleep and is_stale(self.district_id, self.last_complete_at, utc_now())

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        more = {"hours_since_complete": self.hours_since_complete, "stale": self.stale}
        return {**asdict(self), **more}


@dataclass(frozen=True)
class Standing:
    """How every district stands, worst first, and what to know of data of no known one."""

    districts: tuple[DistrictStatus, ...] = ()
    unplaced: tuple[Warned, ...] = ()


def read_standing(home: Home) -> Standing:
    """What the published file says; nothing before the first run.

    Raises RollbookError if the published file is damaged or older than this version.
    """
    if not home.published.exists():
        return Standing()
    with published(home) as connection:
        return standing_in(connection)


def standing_in(connection: duckdb.DuckDBPyConnection) -> Standing:
    """The same from a published file that is open."""
    counted = {name: dict(connection.execute(q).fetchall()) for name, q in _COUNTED.items()}
    held = connection.execute(_HELD).fetchall()
    standing = connection.execute(_STANDING).fetchall()
    warned = read_warnings(connection)
    found = []
    for row in standing:
        counts = {name: by_district.get(row[0], 0) for name, by_district in counted.items()}
        changes = tuple(HeldChange(*change[1:]) for change in held if change[0] == row[0])
        found.append(DistrictStatus(*[*row, counts, changes, warned.get(row[0], ())]))
    return Standing(tuple(sorted(found, key=_worst_first)), warned.get(None, ()))


def _worst_first(district: DistrictStatus) -> tuple[bool, bool, int]:
    retired = district.retired_at is not None
    return retired, not district.needs_attention, severity(district.status)


def application_failure(home: Home) -> str | None:
    """Why the application's data is older than the roster; None if it was read last time."""
    if not home.published.exists():
        return None
    with published(home) as connection:
        [(last_run, last_read)] = connection.execute(_APPLICATION).fetchall()
    errors = application_errors(home, last_run)
    since = f"was last read at {moment(last_read)} UTC" if last_read else "was never read"
    return f"The application {since}. {' '.join(errors)}" if errors else None
