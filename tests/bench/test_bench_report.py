"""The benchmark's own arithmetic: what is measured, and what is made of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.bench.contest import Played, Sync
from tests.bench.generator import CHANGED, FIRST, REORDERED, UNCHANGED, District
from tests.bench.measure import CommandFailedError, Run, run
from tests.bench.report import Fixed, report

MEGABYTES_200 = "b = bytearray(200 << 20)"


def played(users: int, seconds: float, baselines: float) -> Played:
    """A district whose every sync took some seconds, half walking, and every baseline others."""
    half = seconds / 2
    sync = Sync(Run(seconds, seconds, 500, 600, ""), {"walk": half, "load": half}, 7, 1_000_000)
    days = (FIRST, UNCHANGED, REORDERED, CHANGED)
    return Played(
        District(users),
        dict.fromkeys(days, sync),
        {
            (name, day): Run(baselines, baselines, 100, 100, "")
            for name in ("floor", "scd2", "parquet", "snapshot")
            for day in days
        },
    )


def test_memory_counts_the_processes_a_command_starts(tmp_path: Path) -> None:
    child = f"{MEGABYTES_200}; import time; time.sleep(1)"
    command = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    measured = run([sys.executable, "-c", command], os.environ, tmp_path)

    assert 200 < measured.peak_mb <= measured.bound_mb < 300
    assert measured.seconds > 1


def test_memory_that_is_given_back_before_the_end_is_counted(tmp_path: Path) -> None:
    command = f"{MEGABYTES_200}; del b; import time; time.sleep(1)"

    assert run([sys.executable, "-c", command], os.environ, tmp_path).peak_mb > 200


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match="out of chalk"):
        run([sys.executable, "-c", "exit('out of chalk')"], os.environ, tmp_path)


def test_ratios_are_formed_after_the_fixed_cost_is_taken_off() -> None:
    fixed = Fixed([played(10, 5, 2), played(10, 4, 1), played(10, 9, 6)])

    page = report([played(200_000, 15, 42)], fixed)

    # 42 - 2 seconds of the others against 15 - 5 of ours.
    assert "| dlt `scd2` of the users, defaults / first sync | 4.00 | at least 5 | missed |" in page
    assert (
        "| dlt `scd2` of the users, parquet loader / first sync | 4.00 | at least 2.5 | met |"
        in page
    )
    assert (
        "| nothing changed / fetching and parsing every page | 0.25 | at most 0.3 | met |" in page
    )


def test_a_district_too_small_to_tell_has_no_ratio() -> None:
    page = report([played(20, 4, 1)], Fixed([played(10, 5, 2)]))

    assert "| nothing changed / fetching and parsing every page | too small to tell | | |" in page


def test_the_fixed_cost_is_shown_apart_with_its_aims() -> None:
    page = report([], Fixed([played(10, 5, 2)]))

    assert "| nothing changed | 5.0 | 5.0 | 2.5 | 2.5 | 0.0 | 0.0 | 0.0 | 6 | met |" in page
    assert "| one change | 5.0 | 5.0 | 2.5 | 2.5 | 0.0 | 0.0 | 0.0 | 12 | met |" in page
