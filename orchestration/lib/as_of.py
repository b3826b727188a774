"""The roster at a time, `roster.<name>_as_of(t)`, and as a day ended, `roster.<name>_on(date)`.

`_as_of` takes an instant and finds the row with `valid_from <= t < valid_to`. `_on` takes a day as
it is counted where the row's district is, and finds what stood when that day was over: the row with
`valid_from < end <= valid_to`, where `end` is the first moment of the next day. A change at that
very moment belongs to the next day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dlt_sources.clever.objects import CLEVER_OBJECTS
from orchestration.lib.dbt_runner import models
from orchestration.lib.guide import Entry, entry_of
from orchestration.lib.macros import Macro
from orchestration.lib.moments import Moments

#: The current view and the history of each association.
_ASSOCIATIONS = (
    ("enrollments", "enrollment_history"),
    ("teaching", "teaching_history"),
    ("school_memberships", "school_membership_history"),
    ("contact_relationships", "contact_relationship_history"),
)
#: What edits make of the roster: each table holds its whole history.
_WITH_EDITS = ("effective_enrollments", "effective_roles", "groups", "group_members")


class _Dated(NamedTuple):
    """`roster.<name>_as_of(t)` reads `history`; the relation `name` says what a row is."""

    name: str
    history: str
    is_record: bool = False


def dated_macros(moments: Moments) -> Iterator[Macro]:
    """`_as_of` and `_on` of every record (the active ones) and association, with edits and not."""
    relations = {node["alias"]: entry_of(node, "view") for node in models("roster")}
    for each in _dated():
        told = each.name.replace("_", " ")
        yield _macro(
            each, relations[each.name], moments, "t", in_force_at(moments, "history", "t"),
            f"The {told} in force at t, an instant or a time in UTC.",
        )  # fmt: skip
        yield _macro(
            each, relations[each.name], moments, "date", in_force_on(moments, "history", "date"),
            f"The {told} at the end of a day, which is counted where the district is.",
        )  # fmt: skip


def in_force_at(moments: Moments, rows: str, t: str) -> str:
    """The condition that a history's rows are in force at a time."""
    instant = moments.instant(t)
    lasts = f"{rows}.valid_to is null or {instant} < {rows}.valid_to"
    return f"{rows}.valid_from <= {instant} and ({lasts})"


def in_force_on(moments: Moments, rows: str, date: str) -> str:
    """The condition that a history's rows are in force at the end of a day of their district."""
    end = moments.day_end(f"{rows}.district_id", date)
    return f"{rows}.valid_from < {end} and ({rows}.valid_to is null or {rows}.valid_to >= {end})"


def _macro(
    each: _Dated, now: Entry, moments: Moments, when: str, condition: str, description: str
) -> Macro:
    """What the relation `now` is of today, then: of a history's rows one of each key."""
    active = "history.record_status = 'active' and " if each.is_record else ""
    key = tuple(column for column in now.key if column != "valid_from")
    then = "association" if len(key) > 1 else "entity"
    name = f"roster.{each.name}_{'as_of' if when == 't' else 'on'}"
    grain = f"{_singular(each)} active" if each.is_record else f"{now.grain} in force"
    return Macro(
        name=f"{name}({when})",
        query=moments.guarded(
            f"select history.* from roster.{each.history} as history where {active}{condition}",
            moments.unless_time("t") if when == "t" else "false",
        ),
        type=then if now.type == "history" else now.type,
        grain=f"{grain} {'at t' if when == 't' else 'at the end of the day'}",
        key=key,
        sample=f"from {name}('2026-10-01')",
        description=description,
    )


def _singular(each: _Dated) -> str:
    return each.history.removesuffix("_history").replace("_", " ")


def _dated() -> Iterator[_Dated]:
    for item in CLEVER_OBJECTS:
        for record in (item.record, *item.roles):
            yield _Dated(record.plural, f"{record.singular}_history", is_record=True)
    for current, history in _ASSOCIATIONS:
        yield _Dated(current, history)
    for name in _WITH_EDITS:
        yield _Dated(name, name)
