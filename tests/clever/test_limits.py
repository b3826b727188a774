"""What limits and rollover windows say of numbers, and how settings are put together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.clever.limits import Limit, Limits, Rollover, Turnover, read_setting
from dlt_sources.errors import ConfigurationError

_DEFAULT = Limits()
_DISTRICT, _OTHER = "d1" + "0" * 22, "d2" + "0" * 22


def _hit(limits: Limits, name: str, turnover: Turnover) -> str | None:
    hits = limits.of(_DISTRICT, name).hits_of(name, turnover)
    return hits[0].text if hits else None


@pytest.mark.parametrize(
    ("present", "removed", "updated", "hit"),
    [
        (100, 10, 75, None),  # exactly at the limits
        (100, 11, 0, "more than 10 % removed"),
        (100, 0, 76, "more than 75 % updated"),
        (100, 11, 76, "more than 10 % removed"),
        (9, 9, 0, None),  # all of them, but few
        (10, 10, 0, "more than 10 % removed"),  # a list that is suddenly empty
        (13, 0, 10, "more than 75 % updated"),
        (12, 0, 9, None),
        (0, 0, 0, None),  # the first sync
    ],
)
def test_clevers_own_numbers_are_the_default(
    present: int, removed: int, updated: int, hit: str | None
) -> None:
    assert _hit(_DEFAULT, "contacts", Turnover(present, 0, updated, removed)) == hit


@pytest.mark.parametrize(
    ("present", "ended", "hit"),
    [(100, 50, None), (100, 51, "more than 50 % removed"), (49, 49, None)],
)
def test_enrollments_have_numbers_of_their_own(present: int, ended: int, hit: str | None) -> None:
    strict = read_setting("limits", {"removed": 0.01, "at_least": 1}, Limits)

    for limits in (_DEFAULT, strict):
        assert _hit(limits, "enrollments", Turnover(present, 0, 0, ended)) == hit


@pytest.mark.parametrize("name", ["schools", "students", "teachers", "sections"])
@pytest.mark.parametrize(
    ("present", "created", "removed", "is_held"),
    [
        (3, 0, 3, True),
        (2, 0, 2, False),  # two are too few to tell
        (9, 0, 8, False),  # one is left
        (9, 1, 9, False),  # one came in their place
        (30, 3, 30, True),  # and these are as good as none, for thirty
    ],
)
def test_all_of_a_type_may_not_be_gone_with_nothing_in_their_place(
    name: str, present: int, created: int, removed: int, is_held: bool
) -> None:
    limits = read_setting("limits", {"at_least": 1000}, Limits)
    hit = f"all {present} gone with nothing in their place" if is_held else None

    assert _hit(limits, name, Turnover(present, created, 0, removed)) == hit


@pytest.mark.parametrize("name", ["staff", "district_admins", "contacts", "terms", "courses"])
def test_of_others_all_may_go_if_they_are_few(name: str) -> None:
    assert _hit(_DEFAULT, name, Turnover(9, 0, 0, 9)) is None


def test_a_limit_that_never_holds_lets_all_go() -> None:
    limits = read_setting("limits", {"removed": 1}, Limits)

    assert _hit(limits, "students", Turnover(300, 0, 0, 300)) is None


@pytest.mark.parametrize(
    ("shown", "rejected", "hit"),
    [
        (1100, 1052, "more than 10 % rejected"),
        (100, 10, None),
        (100, 11, "more than 10 % rejected"),
        (9, 9, None),
    ],
)
def test_what_cannot_be_read_counts_against_a_limit_of_its_own(
    shown: int, rejected: int, hit: str | None
) -> None:
    assert _hit(_DEFAULT, "users", Turnover(0, 0, 0, 0, rejected, shown)) == hit


_numbers = st.integers(0, 60)


@given(
    present=_numbers,
    created=_numbers,
    removed=_numbers,
    ended=_numbers,
    name=st.sampled_from(["sections", "terms", "courses", "enrollments"]),
)
def test_a_window_lets_nothing_go_but_what_ended_was_replaced_or_is_little(
    present: int, created: int, removed: int, ended: int, name: str
) -> None:
    removed, ended = min(removed, present), min(ended, removed, present)
    limit = _DEFAULT.of(_DISTRICT, name)
    rest = removed - ended
    lets_go = limit.lets_roll_over(name, Turnover(present, created, 0, removed), ended)

    if rest == 0:
        assert lets_go
    elif lets_go:
        few = (limit.at_least or 0), (limit.removed or 0) * (present - ended)
        assert 4 * created >= 3 * rest or rest < few[0] or rest <= few[1]
        assert not (name == "sections" and 3 <= present == removed and created * 10 <= removed)
    else:
        assert limit.hits_of(name, Turnover(present, created, 0, removed))
    if lets_go and ended < removed:
        more = Turnover(present, created + 1, 0, removed)
        assert limit.lets_roll_over(name, more, ended) and limit.lets_roll_over(
            name, more, ended + 1
        )


def test_the_more_special_number_counts_each_for_itself() -> None:
    limits = read_setting(
        "limits",
        {
            "removed": 0.2,
            "objects": {"contacts": {"removed": 0.5}, "enrollments": {"at_least": 5}},
            "schools": {"removed": 0.3},
            "districts": {
                _DISTRICT: {
                    "at_least": 100,
                    "objects": {"students": {"removed": 0.05}},
                    "schools": {"at_least": 7},
                }
            },
        },
        Limits,
    )

    assert limits.of(_DISTRICT, "students") == Limit(0.05, 0.75, 100, 0.1)
    assert limits.of(_DISTRICT, "terms") == Limit(0.2, 0.75, 100, 0.1)
    assert limits.of(_OTHER, "contacts") == Limit(0.5, 0.75, 10, 0.1)
    assert limits.of(_OTHER, "terms") == Limit(0.2, 0.75, 10, 0.1)
    assert limits.of(_OTHER, "users") == Limit(at_least=10, rejected=0.1)
    assert limits.of(_OTHER, "enrollments") == Limit(0.5, None, 5)
    assert limits.of_schools(_DISTRICT) == Limit(0.3, None, 7)
    assert limits.of_schools(_OTHER) == Limit(0.3)
    assert _DEFAULT.of_schools(_OTHER) is None


@pytest.mark.parametrize("name", ["sections", "terms", "courses", "enrollments"])
def test_summer_is_a_rollover_window_by_default(name: str) -> None:
    def allowed(day: date) -> bool:
        return Rollover().allows(_DISTRICT, name, day, [])

    assert [allowed(date(2026, *day)) for day in ((5, 31), (6, 1), (9, 30), (10, 1))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "name", ["districts", "schools", "students", "teachers", "staff", "district_admins", "contacts"]
)
def test_people_and_schools_never_turn_over_without_being_looked_at(name: str) -> None:
    assert not Rollover().allows(_DISTRICT, name, date(2026, 7, 1), [date(2026, 7, 1)])


def test_around_the_end_of_a_term_there_is_a_window() -> None:
    def allowed(day: date) -> bool:
        return Rollover().allows(_DISTRICT, "sections", day, [date(2027, 1, 20)])

    assert [allowed(date(2027, *day)) for day in ((1, 5), (1, 6), (2, 3), (2, 4))] == [
        False,
        True,
        True,
        False,
    ]


def test_a_district_may_have_windows_of_its_own() -> None:
    rollover = read_setting(
        "rollover",
        {
            "windows": ["12-20/01-10"],
            "districts": {
                _DISTRICT: {"windows": ["2027-03-01/2027-03-02"], "days_around_term_end": 0}
            },
        },
        Rollover,
    )

    def allowed(district: str, day: date) -> bool:
        return rollover.allows(district, "sections", day, [date(2027, 5, 5)])

    assert allowed(_OTHER, date(2026, 12, 31)) and allowed(_OTHER, date(2028, 1, 10))
    assert not allowed(_OTHER, date(2026, 7, 1))
    assert allowed(_DISTRICT, date(2027, 3, 2)) and not allowed(_DISTRICT, date(2028, 3, 2))
    assert allowed(_DISTRICT, date(2027, 5, 5)) and not allowed(_DISTRICT, date(2027, 5, 6))


def test_leap_days_lie_where_they_should() -> None:
    rollover = Rollover(windows=["02-20/02-29"])

    assert rollover.allows(_DISTRICT, "terms", date(2028, 2, 29), [])
    assert rollover.allows(_DISTRICT, "terms", date(2027, 2, 28), [])
    assert not rollover.allows(_DISTRICT, "terms", date(2027, 3, 1), [])


@pytest.mark.parametrize(
    ("name", "kind", "value", "named"),
    [
        ("limits", Limits, {"remove": 1}, "remove"),
        ("limits", Limits, {"objects": {"pupils": {}}}, "pupils"),
        ("limits", Limits, {"removed": "much"}, "removed"),
        ("limits", Limits, {"districts": {_DISTRICT: {"at_least": -1}}}, "at_least"),
        ("limits", Limits, {"objects": {"students": {"rejected": 0.5}}}, "students"),
        ("limits", Limits, {"objects": {"users": {"removed": 0.5}}}, "by role"),
        ("rollover", Rollover, {"windows": ["June"]}, "June"),
        ("rollover", Rollover, {"districts": {_DISTRICT: {"windows": ["06-31/07-01"]}}}, "06-31"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    name: str, kind: Any, value: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"SOURCES__CLEVER__{name.upper()}.*{named}"):
        read_setting(name, value, kind)
