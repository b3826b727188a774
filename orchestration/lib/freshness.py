"""Which districts have not been completely synced for too long, by the published file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dlt_sources.clever.clock import MAX_AHEAD
from dlt_sources.time_zones import time_zones
from orchestration.lib.home import Home
from orchestration.lib.reading import published
from orchestration.lib.settings import fresh_hours

_STANDING = """
    select district_id, last_complete_at, coalesce(clever_state = 'paused', false)
    from ops.district_status
    where retired_at is null
    order by district_id
"""


@dataclass(frozen=True)
class Freshness:
    """One district: hours since its last complete sync (None: never), by its clocks; is it old?"""

    district_id: str
    hours: float | None
    paused: bool
    stale: bool


def age_of(district_id: str, last_complete_at: datetime, now: datetime) -> timedelta:
    """How old a roster of that time (UTC) is by its district's clocks; negative if it lies ahead.

    From one night's run to the next it is a day, in autumn and in spring too. Whether it lies ahead
    is asked in UTC: clocks that are put back show a time twice.
    """
    if last_complete_at > now:
        return now - last_complete_at
    zones = time_zones()
    then, today = (zones.wall_clock(each, district_id) for each in (last_complete_at, now))
    return max(today - then, timedelta(0))


def hours_of(district_id: str, last_complete_at: datetime | None, now: datetime) -> float | None:
    """The same age in hours; None for what was never complete."""
    if last_complete_at is None:
        return None
    return round(age_of(district_id, last_complete_at, now) / timedelta(hours=1), 1)


def is_stale(district_id: str, last_complete_at: datetime | None, now: datetime) -> bool:
    """Whether a roster of that time (UTC) is too old at `now`; one from the future is no roster."""
    if last_complete_at is None:
        return True
    age = age_of(district_id, last_complete_at, now)
    return age > timedelta(hours=fresh_hours()) or age < -MAX_AHEAD


def freshness(home: Home, now: datetime) -> list[Freshness]:
    """Every district of the home, as of `now` (UTC without zone); none before the first run.

    A district that Clever says is paused is never stale: its data stands still on purpose. Those
    that are retired are left out.
    """
    if not home.published.exists():
        return []
    with published(home) as connection:
        rows = connection.execute(_STANDING).fetchall()
    return [_of(district, last, paused, now) for district, last, paused in rows]


def _of(district_id: str, last: datetime | None, paused: bool, now: datetime) -> Freshness:
    stale = not paused and is_stale(district_id, last, now)
    return Freshness(district_id, hours_of(district_id, last, now), paused, stale)
