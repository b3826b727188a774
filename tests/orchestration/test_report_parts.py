"""What the report's pictures are made of: lines over time, and groups of people."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.lib.dbt_runner import manifest
from orchestration.report.figures import read_figures
from orchestration.report.groups import FEWEST, by_grade, by_size
from orchestration.report.over_time import OWN_LINES, POINTS, Line, days_shown, lines, points

_FIRST = date(2026, 8, 17)
_days = st.integers(0, 2000).map(lambda days: _FIRST + timedelta(days=days))
_steps = st.lists(st.tuples(_days, st.integers(-5, 5)), max_size=30).map(
    lambda steps: sorted(dict(steps).items())
)


@given(_steps, _steps, _days)
def test_a_point_is_the_sum_of_the_steps_up_to_its_day(
    one: list[tuple[date, int]], other: list[tuple[date, int]], last_day: date
) -> None:
    steps = {"one": one, "other": other}
    line = Line(("one", "other"), last_day)
    drawn = [*points(line, steps, days_shown([steps], last_day))]

    both = [*one, *other]
    for point in drawn:
        assert point.count == sum(step for day, step in both if day <= point.day)
    assert drawn[-1].day == last_day
    assert len(drawn) <= POINTS + 1
    assert all(before.count != after.count for before, after in pairwise(drawn[:-1]))


@given(_steps, _days)
def test_up_to_a_year_every_day_is_shown(steps: list[tuple[date, int]], last_day: date) -> None:
    shown = days_shown([{"d": steps}], last_day)
    first = min([day for day, _ in steps] + [last_day])

    if (last_day - first).days < POINTS:
        assert len(shown) == (last_day - first).days + 1
    assert shown[-1] == last_day and shown == sorted({*shown})


@given(st.integers(0, 30), st.sets(st.integers(0, 30)))
def test_every_district_that_was_ever_complete_is_in_one_line(
    districts: int, never: set[int]
) -> None:
    order = [f"d{number}" for number in range(districts)]
    last_days = {id_: _FIRST for number, id_ in enumerate(order) if number not in never}
    drawn = lines(order, last_days)

    assert [id_ for line in drawn for id_ in line.districts] == [*last_days]
    assert len(drawn) <= OWN_LINES + 1
    assert all(len(line.districts) == 1 for line in drawn[:OWN_LINES])


def test_the_others_are_known_up_to_the_newest_of_their_syncs() -> None:
    last_days = {f"d{number}": _FIRST + timedelta(days=number) for number in range(9)}

    assert lines([*last_days], last_days)[-1] == Line(("d6", "d7", "d8"), last_days["d8"])


_grades = st.dictionaries(
    st.sampled_from(["", "Kindergarten", *map(str, range(1, 13)), "Other"]), st.integers(1, 40)
)


@given(_grades)
def test_nobody_can_be_found_in_a_small_grade(counts: dict[str, int]) -> None:
    shown = by_grade(counts)

    assert sum(shown.values()) == sum(counts.values())
    if sum(counts.values()) >= FEWEST:
        assert all(count >= FEWEST for count in shown.values())
    # What is together is not one grade, which the total would give away.
    together = len(counts) - len(shown) + 1
    if any(count < FEWEST for count in counts.values()) and len(counts) > 1:
        assert together >= 2


def test_grades_stand_in_the_order_of_school() -> None:
    counts = {"10": 20, "2": 20, "Kindergarten": 20, "": 20, "odd": 20, "1": 3, "3": 4, "4": 5}

    assert [*by_grade(counts).items()] == [
        ("Kindergarten", 20), ("2", 20), ("10", 20), ("no grade told", 20), ("odd", 20),
        ("3 grades together", 12),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([], {}),
        ([0], {"no student": 1}),
        ([1, 9, 10, 49, 120], {"1 to 9": 2, "10 to 49": 2, "50 to 99": 0, "100 to 249": 1}),
        ([1999, 2000, 9000], {"1,000 to 1,999": 1, "2,000 or more": 2}),
    ],
)
def test_schools_are_counted_by_size(sizes: list[int], shown: dict[str, int]) -> None:
    assert by_size(sizes) == shown


_RELATION = re.compile(r"\b((?:roster|ops|progress|matching)\.\w+)\b(?!\()")


class _Reader:
    """A connection that answers nothing, and keeps which relations it is asked of."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def execute(self, query: str, *_: Any) -> _Reader:
        self.asked |= {*_RELATION.findall(query)}
        return self

    def fetchall(self) -> list[Any]:
        return []


def test_the_exposure_names_what_the_report_reads() -> None:
    asked = _Reader()
    with pytest.raises(IndexError):  # The last question always has an answer in a real file.
        read_figures(asked)  # type: ignore[arg-type]
    nodes = manifest()["nodes"]
    told = manifest()["exposures"]["exposure.rollbook.report"]["depends_on"]["nodes"]

    assert asked.asked == {f"{nodes[each]['schema']}.{nodes[each]['alias']}" for each in told}
