"""What the commands show: readable at any width, and nothing from data steers the terminal."""

from __future__ import annotations

import dataclasses
import io
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from dlt_sources.clever.results import utc_now
from orchestration.lib.standing import DistrictStatus, HeldChange
from orchestration.lib.status import status_report
from orchestration.lib.sync_lines import SyncLine, syncs_report
from orchestration.lib.terminal import Watcher, console, plain, rejected_line

STATUSES = ("complete", "held", "failed", "suspended", "inconsistent", "refused")
COUNTED = ("students", "teachers", "sections", "enrollments", "unresolved", "drift")
HOSTILE = [
    "[/]x",
    "Demo [sandbox]",
    "[red]Red[/red] School",
    "\x1b[2J\x1b[31mred",
    "line\nfeed\rand\ttab",
    "\u202eright to left",
    "zero\u200bwidth\ufeff",
    "half \ud800 of one",
    "\x9b31m",
]


def test_a_terminal_of_no_width_still_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "0")

    assert console().width >= 20


def _shown(report: Sequence[object], width: int) -> str:
    output = io.StringIO()
    console = Console(file=output, width=width, markup=False, highlight=False)
    console.print(*report, sep="\n")
    return output.getvalue()


def _district(number: int, name: str | None, status: str = "complete") -> DistrictStatus:
    now = utc_now()
    held = (HeldChange("students", 60, 0, 0, 12, "more than 10 % removed", ["a" * 24] * 5),)
    return DistrictStatus(
        f"{number:024x}", name, status, now, now - timedelta(hours=2), "success", None, now,
        None if status == "complete" else f"why district {number} is {status}", None, 62, 0, 0,
        dict.fromkeys(COUNTED, 1_234_567), held if status == "held" else (),
    )  # fmt: skip


def _line(number: int, name: str | None, status: str = "complete") -> SyncLine:
    now = datetime(2026, 8, 17, 2)
    error = None if status == "complete" else f"why district {number} is {status}"
    return SyncLine(
        f"{number:024x}", name, status, now, *(1_234_567,) * 6, 0, 0, error, now, retired=False
    )


def _both(names: Sequence[str | None], width: int, status: str = "complete") -> list[str]:
    """What status and sync show of districts with these names."""
    districts = [_district(number, name, status) for number, name in enumerate(names)]
    lines = [_line(number, name, status) for number, name in enumerate(names)]
    return [
        _shown(list(status_report(districts, width)), width),
        _shown(list(syncs_report(lines, width)), width),
    ]


@pytest.mark.parametrize("width", [60, 80, 140, 10_000])
@pytest.mark.parametrize("status", STATUSES)
def test_a_name_is_whole_and_no_row_is_wider_than_the_terminal(width: int, status: str) -> None:
    name = "Alder Valley Unified School District"

    for shown in _both([name] * 3, width, status):
        assert max(map(len, shown.splitlines())) <= width
        first, *_ = (line for line in shown.splitlines() if line.startswith("Alder"))
        assert first.startswith("Alder Valley Unified")
        assert name in " ".join(shown.split()) or width < 140
        assert status in shown


@pytest.mark.parametrize("width", [80, 140, 10_000])
def test_a_hundred_districts_take_a_line_or_two_each(width: int) -> None:
    names = [f"District {number:03} of the {'Very ' * (number % 5)}Long Name" for number in
             range(100)]  # fmt: skip

    for shown in _both(names, width):
        assert len(shown.splitlines()) <= 1 + 100 * (1 if width > 140 else 2)
        assert all(f"District {number:03}" in shown for number in range(100))


@pytest.mark.parametrize("width", [80, 140, 10_000])
def test_a_name_without_end_or_spaces_stays_within_three_lines(width: int) -> None:
    for shown in _both(["x" * 500, "y " * 500, None], width):
        assert len(shown.splitlines()) <= 1 + 3 + 3 + 1
        assert max(map(len, shown.splitlines())) <= width


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("status", ["complete", "held"])
def test_a_name_is_shown_and_steers_nothing(name: str, status: str) -> None:
    for shown in _both([name], 140, status):
        assert plain(name) in shown
        _expect_harmless(shown)


@given(st.text(st.characters()))
def test_no_text_at_all_steers_the_terminal(text: str) -> None:
    shown = plain(text)

    _expect_harmless(shown)
    assert "\n" not in shown
    shown.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_progress_is_shown_as_it_is(text: str) -> None:
    output = io.StringIO()
    with Watcher(Console(file=output, force_terminal=True, width=80)) as watcher:
        watcher(text)

    shown = output.getvalue()
    assert plain(text) in shown
    assert "\u202e" not in shown and "\x1b[2J" not in shown


def _expect_harmless(shown: str) -> None:
    odd = {unicodedata.category(letter) for letter in shown.replace("\n", "")}
    assert not odd & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_into_a_pipe_each_district_is_one_line_and_its_name_is_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    width = console().width

    for shown in _both([name := "Very " * 40 + "Long"], width):
        assert name in shown.splitlines()[1]
    for shown in _both([name], 140):
        assert "…" in shown


@pytest.mark.parametrize("status", STATUSES)
def test_where_reasons_are_kept_is_said_only_if_they_are(status: str) -> None:
    told = rejected_line("Oak", 90, 10, 0, status) or ""

    assert "10 of 100 records (10.0%)" in told
    assert ("ops.rejected_records" in told) == (status == "complete")
    assert "error" not in told and (status == "complete" or status in told)
    assert "without an ID" not in told
    assert rejected_line("Oak", 90, 0, 0, status) is None


def test_records_that_tell_no_id_are_told_with_what_follows() -> None:
    assert rejected_line("Oak", 90, 10, 2, "complete") == (
        "Oak: 10 of 100 records (10.0%) were rejected; 2 of them without an ID: nothing of their "
        "list counts as gone; ops.rejected_records says why"
    )


def test_a_district_that_was_taken_back_says_by_whom_and_what_comes() -> None:
    district = dataclasses.replace(_district(1, "Elm", "retracted"), error="all of it")

    shown = " ".join(_shown([*status_report([district], 140)], 140).split())

    assert "A person took its syncs back: all of it. It returns with its next sync. Since" in shown
