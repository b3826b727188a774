"""The certification dataset on one day: Clever's districts, the application's tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dlt_sources.certification.ids import (
    PLACES,
    TABLES,
    clever_id,
    is_application,
    list_of,
    split_name,
)
from dlt_sources.sandbox.dataset import LISTS

Record = dict[str, Any]
Lists = dict[str, dict[str, Record]]

#: Each district's folder, by the word in front of its records' names.
FOLDERS = {
    "": "certification-isd",
    "willow": "willow",
    "hollow": "empty-hollow",
    "maple": "maple-valley",
}


def _empty() -> Lists:
    return {name: {} for name in ("districts", *LISTS)}


@dataclass
class World:
    """What Clever would say now: per district its lists, per list the records by ID.

    `application` is what stands in the application's database: per table the rows by ID. `tokens`
    are the districts that have authorised the application, `frozen` those that Clever does not
    sync. `gone` remembers what was taken away, `unlisted` the sections that had listed it and
    `gone_with` what went together, so that it can come back.
    """

    places: dict[str, Lists] = field(default_factory=lambda: {place: _empty() for place in PLACES})
    application: Lists = field(default_factory=lambda: {name: {} for name in TABLES})
    tokens: dict[str, str] = field(default_factory=dict)
    gone: dict[str, Record] = field(default_factory=dict)
    unlisted: dict[str, list[str]] = field(default_factory=dict)
    gone_with: dict[str, list[str]] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)

    def list_with(self, name: str) -> dict[str, Record]:
        """The list, or table, a record with this short name stands in."""
        if is_application(name):
            return self.application[list_of(name)]
        return self.places[split_name(name)[0]][list_of(name)]

    def get(self, name: str) -> Record:
        """The record with this short name; raises KeyError when it is not there."""
        return self.list_with(name)[clever_id(name)]

    def has(self, name: str) -> bool:
        """Whether the record is there now."""
        return clever_id(name) in self.list_with(name)

    def put(self, name: str, record: Record) -> None:
        """Add or replace a record."""
        self.list_with(name)[clever_id(name)] = record

    def of_role(self, place: str, role: str) -> Iterator[Record]:
        """The users of a district who have a role, by ID."""
        users = self.places[place]["users"]
        return (users[key] for key in sorted(users) if role in users[key]["roles"])


def merged(record: Mapping[str, Any], given: Mapping[str, Any]) -> Record:
    """A record with the given fields put into it, deep; what was there of others stays."""
    result = dict(record)
    for key, value in given.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping) and value
        result[key] = merged(old, value) if both and isinstance(old, Mapping) else value
    return result
