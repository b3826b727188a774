"""Which districts have not been completely synced for too long, by the published file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dlt_sources.clever.clock import MAX_AHEAD
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
    """One district: hours since its last complete sync (None: never), and what follows."""

    district_id: str
    hours: float | None
    paused: bool
    stale: bool


def is_stale(last_complete_at: datetime | None, now: datetime) -> bool:
    """Whether a roster of that time (UTC) is too old at `now`; one from the future is no roster."""
    if last_complete_at is None:
        return True
    age = now - last_complete_at
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
    hours = None if last is None else round((now - last) / timedelta(hours=1), 1)
    return Freshness(district_id, hours, paused, stale=not paused and is_stale(last, now))
