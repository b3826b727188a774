"""What the server holds at a moment: its day, its limits, its faults, what it was asked."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from dlt_sources.sandbox.dataset import Dataset, Snapshot
from dlt_sources.sandbox.faults import FaultPlan
from dlt_sources.sandbox.limits import RateLimiter
from dlt_sources.sandbox.records import RecordList

#: Where the clock of a district without `last_sync` starts when a fault moves it.
_FIRST_SYNC = "2000-01-01T00:00:00.000Z"


@dataclass
class Site:
    """The state behind the endpoints; a test may change it while the server's thread reads it."""

    dataset: Dataset
    snapshot: Snapshot
    limiter: RateLimiter
    faults: FaultPlan = field(default_factory=FaultPlan)
    requests: list[str] = field(default_factory=list)
    last_sync_moves: Counter[str] = field(default_factory=Counter)
    ahead: dict[str, Mapping[str, RecordList]] = field(default_factory=dict)
    connections: dict[tuple[str, int], asyncio.Transport] = field(default_factory=dict)

    def set_day(self, number: int) -> None:
        """Serve another day; raises ConfigurationError, and stays on this day, if there is none."""
        self.snapshot = self.dataset.as_of(number)
        self.ahead.clear()

    def lists(self, district: str) -> Mapping[str, RecordList]:
        """Return a district's lists as of the day, or as of the next one if it has moved ahead."""
        return self.ahead.get(district) or self.snapshot.districts[district]

    def move_ahead(self, district: str) -> None:
        """Show one district as of the next day; on the last day nothing newer is to be shown."""
        today, last = self.snapshot.day.number, self.dataset.days()[-1].number
        self.ahead[district] = self.dataset.as_of(min(today + 1, last)).districts[district]

    def with_moved_sync(self, district: str, record: bytes) -> bytes:
        """Return a district's record with `last_sync` a minute later for each move ordered."""
        moves = self.last_sync_moves[district]
        if not moves:
            return record
        decoded = msgspec.json.decode(record)
        last_sync = dt.datetime.fromisoformat(decoded.get("last_sync") or _FIRST_SYNC)
        moved = last_sync.astimezone(dt.UTC) + dt.timedelta(minutes=moves)
        decoded["last_sync"] = moved.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return msgspec.json.encode(decoded)
