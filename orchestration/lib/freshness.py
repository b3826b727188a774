"""Which districts have not been completely synced for too long, by the published file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import Home
from orchestration.lib.terminal import SyncLine, read_newest

_SETTING = "ROLLBOOK_FRESH_HOURS"
_DEFAULT_HOURS = 24.0


@dataclass(frozen=True)
class Freshness:
    """One district: hours since its last complete sync (None: never), and what follows."""

    district_id: str
    hours: float | None
    paused: bool
    stale: bool


def max_age_hours() -> float:
    """The age in hours at which a district is stale; raises ConfigurationError if it is none."""
    text = os.environ.get(_SETTING, "")
    try:
        hours = float(text) if text else _DEFAULT_HOURS
    except ValueError:
        hours = 0
    if not hours > 0:
        raise ConfigurationError(f"{_SETTING} must be a number of hours above 0, such as 24.")
    return hours


def freshness(home: Home, now: datetime) -> list[Freshness]:
    """Every district of the home, as of `now` (UTC without zone).

    A district that Clever says is paused is never stale: its data stands still on purpose.
    """
    limit = max_age_hours()
    return [_of(line, now, limit) for line in read_newest(home)]


def _of(line: SyncLine, now: datetime, limit: float) -> Freshness:
    paused = line.clever_state == "paused"
    if line.last_complete_at is None:
        return Freshness(line.district_id, None, paused, stale=not paused)
    age = now - line.last_complete_at
    hours = round(age / timedelta(hours=1), 1)
    return Freshness(line.district_id, hours, paused, stale=hours > limit and not paused)
