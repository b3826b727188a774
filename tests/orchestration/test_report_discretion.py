"""Nobody can work out a number that is not told, from all that is: an attacker tries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.report.discretion import Discretion

_LIMITS = st.integers(2, 25)


@dataclass(frozen=True)
class Range:
    """All that somebody knows of a number: it is one of these, both ends included."""

    least: int
    most: int

    def __add__(self, other: Range) -> Range:
        return Range(self.least + other.least, self.most + other.most)

    def __sub__(self, other: Range) -> Range:
        return Range(self.least - other.most, self.most - other.least)

    def and_(self, other: Range) -> Range:
        return Range(max(self.least, other.least), min(self.most, other.most))


_ANYTHING = Range(0, 10**9)


def known(told: int | None, limit: int) -> Range:
    """What a told number tells; None is one that is not told for being small."""
    if told is None:
        return Range(0, limit - 1)
    if told == 0:
        return Range(0, 0)
    return Range(max(limit, told - limit // 2), told + limit - limit // 2 - 1)


def total_of(ranges: Sequence[Range]) -> Range:
    return sum(ranges, Range(0, 0))


@given(_LIMITS, st.integers(0, 3000))
def test_a_number_is_what_it_tells(limit: int, people: int) -> None:
    told = Discretion(limit).number(people)

    found = known(told, limit)
    assert found.least <= people <= found.most
    assert (told is None) == (0 < people < limit)
    assert told is None or told % limit == 0


@given(_LIMITS, st.integers(0, 500), st.integers(1, 25))
def test_of_two_days_no_small_difference_is_known(limit: int, first: int, step: int) -> None:
    discretion = Discretion(limit)
    then = known(discretion.number(first), limit)
    now = known(discretion.number(first + step), limit)

    if step < limit:
        found = (now - then).and_(_ANYTHING)
        assert found.least < found.most


@given(_LIMITS, st.dictionaries(st.text("abcdef", min_size=1), st.integers(1, 60), max_size=8))
def test_no_small_group_can_be_told_from_the_total_and_its_neighbours(
    limit: int, counts: dict[str, int]
) -> None:
    discretion = Discretion(limit)
    told = discretion.groups(counts)
    total = known(discretion.number(sum(counts.values())), limit)

    assert {*told.shown} | {*told.together} == {*counts}
    shown = total_of([known(number, limit) for number in told.shown.values()])
    together = known(told.number or None, limit).and_(total - shown)
    for group, count in counts.items():
        if count < limit:
            assert group in told.together
            # Of those together each may have all, or nobody, as there are others.
            found = Range(0, together.most) if len(told.together) > 1 else together
            assert found.least == 0 and found.most >= limit - 1


@given(_LIMITS, st.lists(st.integers(1, 9), max_size=1), st.integers(0, 9))
def test_all_together_are_too_few_to_be_told(limit: int, one: list[int], more: int) -> None:
    counts = {str(place): count for place, count in enumerate([*one, *([more] if more else [])])}
    if sum(counts.values()) < limit:
        assert Discretion(limit).groups(counts).named("groups") == {}


_DAY = st.tuples(st.integers(0, 40), st.integers(0, 40))


@given(_LIMITS, st.integers(0, 200), st.lists(_DAY, min_size=1, max_size=25), st.booleans())
def test_who_came_or_went_cannot_be_told_from_the_line_over_time(
    limit: int, first: int, days: list[tuple[int, int]], exactly: bool
) -> None:
    """Not even by somebody who knows from elsewhere how many there were on each day."""
    discretion = Discretion(limit)
    stock = [first]
    flows = []
    for came, went in days:
        went = min(went, stock[-1] + came)
        flows.append((came, went))
        stock.append(stock[-1] + came - went)
    told = [discretion.both(came, went) for came, went in flows]
    line = [
        Range(count, count) if exactly else known(discretion.number(count), limit)
        for count in stock
    ]

    # What is not told may be whatever the others leave.
    ranges = [
        (
            _ANYTHING if came is None else known(came, limit),
            _ANYTHING if went is None else known(went, limit),
        )
        for came, went in told
    ]
    forward = [line[0]]
    for (in_, out), count in zip(ranges, line[1:], strict=True):
        forward.append((forward[-1] + in_ - out).and_(count))
    backward = [line[-1]]
    for (in_, out), count in zip(ranges[::-1], line[-2::-1], strict=True):
        backward.append((backward[-1] - in_ + out).and_(count))
    backward.reverse()
    for day, (in_, out) in enumerate(ranges):
        net = backward[day + 1] - forward[day]
        for number, is_told, found in (
            (flows[day][0], told[day][0], net + out),
            (flows[day][1], told[day][1], in_ - net),
        ):
            if number < limit:
                assert is_told is None
                possible = found.and_(_ANYTHING)
                assert possible.most - possible.least >= limit


@pytest.mark.parametrize(
    ("came", "went", "told"),
    [
        (3, 4, (None, None)),
        (40, 4, (None, None)),
        (0, 40, (None, None)),
        (0, 0, (None, None)),
        (10, 14, (10, 10)),
        (26, 15, (30, 20)),
    ],
)
def test_came_and_went_are_told_both_or_not_at_all(
    came: int, went: int, told: tuple[int | None, int | None]
) -> None:
    assert Discretion(10).both(came, went) == told


def test_one_tells_everything_as_it_is() -> None:
    discretion = Discretion(1)

    assert [discretion.number(count) for count in (0, 1, 7, 1234)] == [0, 1, 7, 1234]
    assert discretion.both(1, 0) == (1, 0)
    assert discretion.groups({"a": 1, "b": 2}).named("groups") == {"a": 1, "b": 2}


def test_small_groups_stand_together_with_the_smallest_of_the_others() -> None:
    told = Discretion(10).groups({"a": 3, "b": 52, "c": 14, "d": 31})

    assert told.named("schools") == {"b": 50, "d": 30, "2 schools together": 20}
    assert told.together == {"a", "c"}
