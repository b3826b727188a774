"""What the three parts of a sync hand to each other: small, frozen, fit to be pickled.

Records never lie in here: a walk's changes and rejections stay in files of the run's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from dlt_sources.clever.limits import Limits, Rollover, Turnover
from dlt_sources.time_zones import TimeZones

Status = Literal["complete", "held", "inconsistent", "suspended", "failed"]

CHANGES = ("created", "updated", "archived", "restored")


def utc_now() -> datetime:
    """The time, UTC without zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def naive_utc(moment: datetime) -> datetime:
    """A time as UTC without zone; one without a zone is UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def path_name(text: str) -> str:
    """A file name for an ID, whatever is in it."""
    return quote(text, safe="").replace(".", "%2E")


@dataclass(frozen=True)
class LastSync:
    """A district's last complete sync; the time is UTC without zone."""

    sync_id: int
    run_id: str
    observed_at: datetime


@dataclass(frozen=True)
class SyncStart:
    """A sync's number, its home folder, and the last complete sync of every district known.

    `ahead` are the complete syncs that lie ahead of this machine's clock, by district, in order;
    `retired` the districts that left for good.
    """

    sync_id: int
    run_id: str
    folder: Path
    last: Mapping[str, LastSync] = field(default_factory=dict)
    ahead: Mapping[str, tuple[LastSync, ...]] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()

    @property
    def run_folder(self) -> Path:
        """Where this run's files lie until it is over."""
        return self.folder / "runs" / path_name(self.run_id)

    def district_folder(self, district_id: str) -> Path:
        """Where one district's changes lie."""
        return self.run_folder / path_name(district_id)


@dataclass(frozen=True)
class Verdict:
    """How a sync's turnover of one object type stands to its limit.

    `object` is a list of Clever's, a role in the plural, or `enrollments`. `limit_hit` says for a
    person which limit is passed, None if none is; then `applied_as` says why it is taken over all
    the same (`rollover` or `approved`), None if it is not. `sample_ids` are a few of the Clever IDs
    that are gone, or changed, where a limit is passed.
    """

    object: str
    turnover: Turnover
    limit_hit: str | None = None
    applied_as: str | None = None
    sample_ids: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing of the district may be taken over."""
        return self.limit_hit is not None and self.applied_as is None


@dataclass(frozen=True)
class ObjectWalk:
    """What a walk found in one list of a district.

    `seen` counts the distinct records that were accepted; `archived` are those no longer there.
    `rejected` counts the records that could not be kept, by reason. `turnover` is under the list's
    own name and, for users, by role (in the plural), where a person counts once in each role.
    `drift` counts the changed records in which a path was new to the table of objects, by path and
    what is new. `file` and `completed` hold the `rows` to append to the log; None without any.
    `parked` holds the users whose roles have a form nobody knows, `completed` those of them that
    changed, once their last known roles are in.
    """

    name: str
    seen: int = 0
    created: int = 0
    updated: int = 0
    archived: int = 0
    restored: int = 0
    unchanged: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    turnover: Mapping[str, Turnover] = field(default_factory=dict)
    drift: Mapping[tuple[str, str], int] = field(default_factory=dict)
    file: Path | None = None
    parked: Path | None = None
    completed: Path | None = None

    @property
    def rows(self) -> int:
        """Rows of the log that this list's changes make."""
        return self.created + self.updated + self.archived + self.restored

    @property
    def files(self) -> list[Path]:
        """The files that hold them."""
        return [file for file in (self.file, self.completed) if file]


@dataclass(frozen=True)
class CleverState:
    """What a district says of its own sync with Clever, which is not part of its history.

    `last_sync` is UTC without zone; `error` is Clever's text.
    """

    state: str | None = None
    error: str | None = None
    last_sync: datetime | None = None


@dataclass(frozen=True)
class DistrictWalk:
    """The outcome of one district: its line in `syncs`, and the files behind it.

    Only a complete walk has changes. `seen` and `rejected` count the records that were accepted and
    those that were not also of other walks, as far as they got. `index` is the district's new index
    in the run's folder, None without one; the rejected records lie there too. `verdicts` are what
    the limits say of its turnover, which a held district has too: there they are what would have
    happened.
    """

    district_id: str
    status: Status
    started_at: datetime
    finished_at: datetime
    clever: CleverState = CleverState()
    objects: tuple[ObjectWalk, ...] = ()
    seen: int = 0
    error: str | None = None
    index: Path | None = None
    rejected: int = 0
    verdicts: tuple[Verdict, ...] = ()

    def total(self, change: str) -> int:
        """Records with a change, or `unchanged`, over all lists."""
        return sum(getattr(item, change) for item in self.objects)

    @property
    def rows(self) -> int:
        """Rows of the log that this district's changes make."""
        return sum(item.rows for item in self.objects)

    def without_changes(self, status: Status, error: str) -> DistrictWalk:
        """The same walk, of which nothing may be taken over."""
        return replace(self, status=status, error=error, objects=(), index=None, verdicts=())


@dataclass(frozen=True)
class Walked:
    """All districts of a sync, walked and not yet loaded; the time is UTC without zone.

    `zones` are those in which rollover windows count days. `approved_by` names who wants what
    passes a limit to be taken over; None if nobody does.
    """

    start: SyncStart
    observed_at: datetime
    districts: tuple[DistrictWalk, ...]
    limits: Limits
    rollover: Rollover
    zones: TimeZones
    approved_by: str | None = None


@dataclass(frozen=True)
class SyncResult:
    """A sync that is over: one line per district, as it stands in `syncs`."""

    sync_id: int
    run_id: str
    observed_at: datetime
    districts: tuple[DistrictWalk, ...]

    @property
    def complete(self) -> bool:
        """Whether every district is up to date."""
        return all(line.status == "complete" for line in self.districts)

    @property
    def rows(self) -> int:
        """Rows appended to the log."""
        return sum(line.rows for line in self.districts)

    def metadata(self, table: str) -> dict[str, Any]:
        """What happened to one of the raw tables, in numbers that name nobody."""
        complete = [line for line in self.districts if line.status == "complete"]
        lists = [item for line in complete for item in line.objects]
        if table == "syncs":
            counts: dict[str, Any] = {"sync_id": self.sync_id, "rows": len(self.districts)}
            for line in self.districts:
                counts[line.status] = counts.get(line.status, 0) + 1
            return counts
        if table == "retirements":
            return {}
        if table == "sync_counts":
            return {"rows": len(lists)}
        if table == "rejected_records":
            return {"rows": sum(line.rejected for line in complete)}
        if table == "turnover":
            return {"rows": sum(len(line.verdicts) for line in self.districts)}
        if table == "schema_drift":
            return {"rows": sum(len(item.drift) for item in lists)}
        chosen = [item for item in lists if item.name == table]
        names = ("rows", "seen", *CHANGES, "unchanged")
        return {name: sum(getattr(item, name) for item in chosen) for name in names}
