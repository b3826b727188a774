"""The `roster.<name>_as_of(t)` macros of the published file, and the one that reads their `t`.

DuckDB looks up what a macro names in the database in use, not in the macro's own. With two
published files attached, a macro of the one would be answered by the other without a word. So all
of a file's macros call one that no other file has: in the wrong database they are an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from dlt_sources.clever.objects import CLEVER_OBJECTS
from orchestration.lib.dbt_runner import models
from orchestration.lib.guide import INTERMEDIATE, Entry, entry_of
from orchestration.lib.macros import Macro, create_macros

#: The current view and the history of each association.
_ASSOCIATIONS = (
    ("enrollments", "enrollment_history"),
    ("teaching", "teaching_history"),
    ("school_memberships", "school_membership_history"),
    ("contact_relationships", "contact_relationship_history"),
)
#: What edits make of the roster: each table holds its whole history.
_WITH_EDITS = ("effective_enrollments", "effective_roles", "groups", "group_members")

#: A text names a zone (`Z`, `+05:30`, `Europe/Paris`) if more than digits follows a colon.
_ZONED = "regexp_matches(cast(t as varchar), ':.*[^0-9:. ]')"
#: DuckDB reads no zone after a time without seconds: `T02:00Z` is read as `T02:00:00Z`.
_WITH_SECONDS = (
    r"regexp_replace(cast(t as varchar), '^([^:]*:[0-9]{2})( *[^0-9:. ].*)$', '\1:00\2')"
)
#: A cast to TIMESTAMP drops the offset of a text, and counts instants in the session's time zone.
_INSTANT = (
    f"case when {_ZONED} then make_timestamp(epoch_us(cast({_WITH_SECONDS} as timestamptz))) "
    "else cast(cast(t as varchar) as timestamp) end"
)


class _AsOf(NamedTuple):
    """`roster.<name>_as_of(t)` reads `history`; the relation `name` says what a row is."""

    name: str
    history: str
    is_record: bool = False


def instant_macro(stamp: str) -> str:
    """The name of the macro that reads `t` in the file with this stamp; DuckDB's error shows it."""
    return f"use the database of this macro first (file {stamp})"


def create_as_of_macros(connection: duckdb.DuckDBPyConnection, stamp: str) -> list[Entry]:
    """Make `roster.<plural>_as_of(t)`, what was in force at t (of records, the active).

    An instant with a zone is that instant in every session; text and timestamps without one are
    UTC, and a date is its midnight in UTC. `stamp` is this file's alone. Returns the macros'
    entries in the guide.
    """
    instant = f'{INTERMEDIATE}."{instant_macro(stamp)}"'
    connection.execute(f"create macro {instant}(t) as {_INSTANT}")
    connection.execute(
        f"comment on macro {instant} is 'For the macros of this file: the instant t in UTC.'"
    )
    relations = {node["alias"]: entry_of(node, "view") for node in models("roster")}
    return create_macros(
        connection, [_macro(each, instant, relations[each.name]) for each in _as_ofs()]
    )


def _macro(each: _AsOf, instant: str, now: Entry) -> Macro:
    """What the relation `now` is of today, at a time: of a history's rows one of each key."""
    active = "record_status = 'active' and " if each.is_record else ""
    key = tuple(column for column in now.key if column != "valid_from")
    at_a_time = "association" if len(key) > 1 else "entity"
    return Macro(
        name=f"roster.{each.name}_as_of",
        parameters=("t",),
        query=(
            f"select * from roster.{each.history} where {active}valid_from <= {instant}(t) "
            f"and (valid_to is null or {instant}(t) < valid_to)"
        ),
        type=at_a_time if now.type == "history" else now.type,
        grain=f"{_singular(each)} active at t" if each.is_record else f"{now.grain} in force at t",
        key=key,
        sample=f"from roster.{each.name}_as_of('2026-10-01')",
        description=f"The {each.name.replace('_', ' ')} in force at t: an instant, or a time in UTC.",
    )


def _singular(each: _AsOf) -> str:
    return each.history.removesuffix("_history").replace("_", " ")


def _as_ofs() -> Iterator[_AsOf]:
    for item in CLEVER_OBJECTS:
        for record in (item.record, *item.roles):
            yield _AsOf(record.plural, f"{record.singular}_history", is_record=True)
    for current, history in _ASSOCIATIONS:
        yield _AsOf(current, history)
    for name in _WITH_EDITS:
        yield _AsOf(name, name)
