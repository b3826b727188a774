"""How a number went over time, from the days on which it changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

#: The days on which a number changed, in order, and by how much.
Steps = Sequence[tuple[date, int]]

#: A line has so many points at most.
POINTS = 366


@dataclass(frozen=True)
class Point:
    """How many there were at the end of a day; None is not told."""

    day: date
    count: int | None


def points(steps: Steps, last_day: date, told: Callable[[int], int | None]) -> Iterator[Point]:
    """The first and last number of a line, and those between at which what is told changed.

    It begins when there first was anything; more than a year is told in steps of several days.
    """
    changed_on = [day for day, _ in steps]
    totals = [0, *accumulate(step for _, step in steps)]
    first = min(changed_on, default=last_day)
    before: int | None = -1
    for day in days_shown(first, last_day):
        count = told(totals[bisect_right(changed_on, day)])
        if count != before or day == last_day:
            yield Point(day, count)
        before = count


def days_shown(first: date, last_day: date) -> list[date]:
    """The days for which points are made, the last one among them; far apart if there are many."""
    span = max(0, (last_day - first).days)
    apart = 1 + span // POINTS
    return [last_day - timedelta(days=back) for back in range(0, span + 1, apart)][::-1]
