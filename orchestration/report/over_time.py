"""How numbers went over time: few lines, to be told apart however many districts there are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

#: By district the days on which a number changed, in order, and by how much.
Steps = Mapping[str, Sequence[tuple[date, int]]]

#: So many districts have a line of their own, and a line has so many points at most.
OWN_LINES, POINTS = 6, 366


@dataclass(frozen=True)
class Line:
    """What one line of a chart shows: a district, or several summed; up to its last day."""

    districts: tuple[str, ...]
    last_day: date


@dataclass(frozen=True)
class Point:
    """How many there were at the end of a day."""

    day: date
    count: int


def lines(order: Sequence[str], last_days: Mapping[str, date]) -> list[Line]:
    """The districts of `order` by line: the first have one each; the others, the last one together.

    A district's line ends with its last complete sync, as nothing is known of it since; that of the
    others with the newest of theirs. Who was never completely synced has none.
    """
    known = [district for district in order if district in last_days]
    own = len(known) if len(known) <= OWN_LINES + 1 else OWN_LINES
    groups: list[tuple[str, ...]] = [(district,) for district in known[:own]]
    if others := tuple(known[own:]):
        groups.append(others)
    return [Line(group, max(last_days[district] for district in group)) for group in groups]


def days_shown(steps: Iterable[Steps], last_day: date) -> list[date]:
    """The days for which points are made, the last one among them; far apart if there are many."""
    firsts = [days[0][0] for each in steps for days in each.values() if days]
    span = max(0, (last_day - min(firsts, default=last_day)).days)
    apart = 1 + span // POINTS
    return [last_day - timedelta(days=back) for back in range(0, span + 1, apart)][::-1]


def points(line: Line, steps: Steps, days: Sequence[date]) -> Iterator[Point]:
    """The line's first and last number, and those between at which it changed.

    It begins when there first was anything.
    """
    changes = sorted(step for district in line.districts for step in steps.get(district, ()))
    changed_on = [day for day, _ in changes]
    totals = [0, *accumulate(step for _, step in changes)]
    first = min(changed_on, default=line.last_day)
    shown = [day for day in days if first <= day < line.last_day] + [line.last_day]
    before: int | None = None
    for day in shown:
        count = totals[bisect_right(changed_on, day)]
        if count != before or day == line.last_day:
            yield Point(day, count)
        before = count
