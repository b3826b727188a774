"""What the catalogue gives a record on day 0, as the values its columns must have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dlt_sources.certification.catalogue import Case, Fact, resolved
from dlt_sources.certification.ids import is_application, list_of
from dlt_sources.clever.objects import COMMON_USER_FIELDS, Field
from expectations.certification.checks import record_of


def kept_facts(case: Case) -> Iterator[Fact]:
    """A fact for each value that the case gives and a column holds; blanks are missing values."""
    changed = {event.of for event in case.events if event.day == 0}
    for name, given in case.give.items():
        if is_application(name) or name in changed:
            continue
        for field, value in _values(name, resolved(given)):
            yield Fact("kept", name, value, day=0, field=field)


def _values(name: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The columns that are given, with the text each holds."""
    record = record_of(name)
    if list_of(name) == "users":
        yield from _given(COMMON_USER_FIELDS, given)
        yield from _given(record.fields, given.get("roles", {}).get(record.singular) or {})
    else:
        yield from _given(record.fields, given)


def _given(fields: tuple[Field, ...], given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in fields:
        value: Any = given
        for step in field.path:
            value = value.get(step, _ABSENT) if isinstance(value, Mapping) else _ABSENT
        # A date of birth is compared as it was written; what it means is a fact of its own.
        column = "dob_raw" if field.column == "dob" else field.column
        if value is not _ABSENT:
            yield column, _text(value, field)


_ABSENT = object()


def _text(value: Any, field: Field) -> str:
    if value in (None, "", {}, []) or (field.type == "JSON" and not _blankless(value)):
        return "missing"
    if field.type == "JSON":
        return json.dumps(
            _blankless(value), separators=(",", ":"), sort_keys=True, ensure_ascii=False
        )
    if isinstance(value, list):
        return f"[{', '.join(sorted(value))}]"
    return str(value)


def _blankless(value: Any) -> Any:
    """Without blanks at any depth, as they are one with an absent key."""
    if isinstance(value, Mapping):
        kept = {key: _blankless(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", {}, [])}
    return value
