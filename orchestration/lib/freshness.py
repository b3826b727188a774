"""Which districts have not been completely synced for too long, by the published file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import Home

_SETTING = "ROLLBOOK_FRESH_HOURS"
_DEFAULT_HOURS = 24.0
_STANDING = """
    select district_id, last_complete_at, coalesce(clever_state = 'paused', false)
    from ops.district_status order by district_id
"""


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
    """Every district of the home, as of `now` (UTC without zone); none before the first run.

    A district that Clever says is paused is never stale: its data stands still on purpose.
    """
    limit = max_age_hours()
    if not home.published.exists():
        return []
    with duckdb.connect(str(home.published), read_only=True) as connection:
        rows = connection.execute(_STANDING).fetchall()
    return [_of(district, last, paused, now, limit) for district, last, paused in rows]


def _of(
    district_id: str, last: datetime | None, paused: bool, now: datetime, limit: float
) -> Freshness:
    if last is None:
        return Freshness(district_id, None, paused, stale=not paused)
    hours = (now - last) / timedelta(hours=1)
    return Freshness(district_id, round(hours, 1), paused, stale=hours > limit and not paused)
