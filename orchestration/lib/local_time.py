"""What dbt is told of time zones: the variable `local_time`, plain data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from dlt_sources.time_zones import FIRST_DAY, LAST_DAY, time_zones, utc_offsets

_END = datetime.combine(LAST_DAY + timedelta(days=3), datetime.min.time())


def local_time() -> dict[str, Any]:
    """The zones of all districts, and what their clocks were ahead of UTC over all days.

    Of each zone's offsets `begins_at` is UTC, and `local_begins_at` and `local_ends_at` are what
    clocks show then. All are text without zone. Raises ConfigurationError for a wrong setting.
    """
    zones = time_zones()
    return {
        "default": zones.default.key,
        "districts": {name: zone.key for name, zone in sorted(zones.districts.items())},
        "first_day": str(FIRST_DAY),
        "days": (LAST_DAY - FIRST_DAY).days + 1,
        "offsets": {key: [*_offsets(zone)] for key, zone in sorted(zones.used.items())},
    }


def _offsets(zone: ZoneInfo) -> Iterator[dict[str, str]]:
    offsets = utc_offsets(zone)
    ends = [*(after.begins_at for _, after in pairwise(offsets)), _END]
    for offset, end in zip(offsets, ends, strict=True):
        yield {
            "begins_at": str(offset.begins_at),
            "local_begins_at": str(offset.begins_at + offset.ahead),
            "local_ends_at": str(end + offset.ahead),
        }
