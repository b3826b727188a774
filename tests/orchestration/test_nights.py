"""The nightly run is scheduled by the clocks of the organisation, daylight saving time included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

_NIGHTS = """
import json
from datetime import datetime
from itertools import islice
from orchestration.defs.schedules import nightly, weekly
from dagster._utils.schedules import schedule_execution_time_iterator as times
from_ = datetime.fromisoformat({start!r}).timestamp()
found = islice(times(from_, nightly.cron_schedule, nightly.execution_timezone), 3)
print(json.dumps([[each.timestamp() for each in found], weekly.execution_timezone]))
"""


@pytest.mark.parametrize(
    ("start", "nights"),
    [
        ("2026-10-31T00:00+00:00", ["10-31 07:00", "11-01 08:00", "11-02 08:00"]),
        # At two in the night of 8 March clocks show three: it runs then, and once.
        ("2026-03-07T00:00+00:00", ["03-07 08:00", "03-08 08:00", "03-09 07:00"]),
    ],
)
def test_every_night_has_one_run_at_two(start: str, nights: list[str]) -> None:
    """In a process of its own: the schedules are made when the module is read."""
    asked = subprocess.run(
        [sys.executable, "-c", _NIGHTS.format(start=start)],
        env={**os.environ, "ROLLBOOK_TIME_ZONE": "America/Chicago"},
        capture_output=True,
        text=True,
        check=True,
    )

    times, weekly_zone = json.loads(asked.stdout)
    assert [f"{datetime.fromtimestamp(each, UTC):%m-%d %H:%M}" for each in times] == nights
    assert weekly_zone == "America/Chicago"
