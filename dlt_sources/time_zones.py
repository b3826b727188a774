"""Days are local: the time zone in which the days of each district are counted.

`ROLLBOOK_TIME_ZONE` is that of all districts, `ROLLBOOK_TIME_ZONES` those of single ones. Whoever
counts days asks here, or reads what is made of `utc_offsets`: Python's own rules of time zones are
the only ones in use, whatever the engine or the client.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from dlt_sources.errors import ConfigurationError

#: The days that are counted; no roster is older, none will be newer.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)

_UTC = ZoneInfo("UTC")
_DAY = timedelta(days=1)
#: No zone has changed its clocks twice within so little (Tucuman in 2004: within twelve days).
_STEP = timedelta(days=3)
_SHAPE = 'write a JSON object of district ID to time zone, such as {"<id>": "America/Chicago"}'


@dataclass(frozen=True)
class TimeZones:
    """The zone of every district, and those of single ones, which go before it."""

    default: ZoneInfo = _UTC
    districts: Mapping[str, ZoneInfo] = field(default_factory=dict)

    @property
    def used(self) -> Mapping[str, ZoneInfo]:
        """All of them, by name."""
        return {zone.key: zone for zone in (self.default, *self.districts.values())}

    def of(self, district_id: str) -> ZoneInfo:
        """The zone in which a district's days are counted."""
        return self.districts.get(district_id, self.default)

    def wall_clock(self, moment: datetime, district_id: str) -> datetime:
        """What clocks in a district show, without zone, at a moment (UTC without zone)."""
        return moment.replace(tzinfo=UTC).astimezone(self.of(district_id)).replace(tzinfo=None)

    def day_of(self, moment: datetime, district_id: str) -> date:
        """The day it is in a district at a moment (UTC without zone)."""
        return self.wall_clock(moment, district_id).date()

    def expect_known(self, district_ids: Iterable[str]) -> None:
        """Raise ConfigurationError if a zone is given for a district that nobody knows."""
        if unknown := sorted(self.districts.keys() - set(district_ids)):
            raise ConfigurationError(
                f"ROLLBOOK_TIME_ZONES names {', '.join(unknown)}: no such district is known; check "
                "the ID. One that Clever lists is known from its first `rollbook sync` on."
            )


def time_zones() -> TimeZones:
    """Both settings; raises ConfigurationError that says which is wrong, and what is right."""
    return _zones(*(os.environ.get(f"ROLLBOOK_TIME_ZONE{end}", "").strip() for end in ("", "S")))


@cache
def _zones(default: str, named: str) -> TimeZones:
    zones = {
        district_id: _zone(f"ROLLBOOK_TIME_ZONES (district {district_id})", name)
        for district_id, name in (_named(named) if named else {}).items()
    }
    return TimeZones(_zone("ROLLBOOK_TIME_ZONE", default) if default else _UTC, zones)


def _named(text: str) -> dict[str, str]:
    try:
        named = json.loads(text, object_pairs_hook=_once)
    except ValueError as error:
        raise ConfigurationError(f"ROLLBOOK_TIME_ZONES is no JSON ({error}); {_SHAPE}.") from None
    if not isinstance(named, dict) or not all(isinstance(name, str) for name in named.values()):
        raise ConfigurationError(f"ROLLBOOK_TIME_ZONES is JSON of another form; {_SHAPE}.")
    return named


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON; of two equal keys json would silently take the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a district stands in it twice")
    return found


def _zone(setting: str, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigurationError(
            f"{setting} is {name!r}; write an IANA time zone such as America/Chicago."
        ) from None


@dataclass(frozen=True)
class UtcOffset:
    """From a moment on (UTC without zone) clocks are so much ahead of UTC."""

    begins_at: datetime
    ahead: timedelta


@cache
def utc_offsets(zone: ZoneInfo) -> tuple[UtcOffset, ...]:
    """What a zone's clocks are ahead of UTC over all days that are counted, in order.

    The first one stands from two days before the first day on, so that no offset can be too late.
    """
    moment = datetime.combine(FIRST_DAY - 2 * _DAY, datetime.min.time())
    last = datetime.combine(LAST_DAY + 2 * _DAY, datetime.min.time())
    offsets = [UtcOffset(moment, _ahead(zone, moment))]
    while moment < last:
        following = moment + _STEP
        ahead = _ahead(zone, following)
        if ahead != offsets[-1].ahead:
            offsets.append(UtcOffset(_changes_at(zone, moment, ahead), ahead))
        moment = following
    return tuple(offsets)


def _changes_at(zone: ZoneInfo, after: datetime, ahead: timedelta) -> datetime:
    """The second, within a step after a moment, from which on clocks are so much ahead."""
    seconds = range(1, round(_STEP.total_seconds()) + 1)

    def has_changed(second: int) -> bool:
        return _ahead(zone, after + timedelta(seconds=second)) == ahead

    return after + timedelta(seconds=seconds[bisect_left(seconds, True, key=has_changed)])


def _ahead(zone: ZoneInfo, moment: datetime) -> timedelta:
    """What clocks are ahead of UTC at a moment (UTC without zone)."""
    return zone.fromutc(moment.replace(tzinfo=zone)).replace(tzinfo=None) - moment
