"""The catalogue: a row per certification case. The script, the checks and the report all read it.

The format is explained at the head of `data/certification/cases.yml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from dlt_sources.certification.ids import clever_id, is_name
from dlt_sources.errors import ConfigurationError

FOLDER = Path(__file__).resolve().parents[2] / "data" / "certification"
CATALOGUE = FOLDER / "cases.yml"
LAST_DAY = 30

Value = str | int | list[str]


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be found: `expect` names the check, `of` the record, `is` what is expected.

    `day` is the day asked about (the case's own by default), `field` a column, `other` a second
    record.
    """

    expect: str
    of: str
    value: Value = msgspec.field(name="is")
    day: int | None = None
    field: str | None = None
    other: str | None = None


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens on a day: `act` (see `acts`) to the record `of`, with `give` as its content."""

    day: int
    of: str
    act: str = "set"
    give: dict[str, Any] = {}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case: what shows it (`give` on day 0, `events` later) and what must hold (`facts`).

    `id` is the letter of the kind of case and a number of ours. `needs` says that the case cannot
    be played yet, and why: it then has no facts.
    """

    id: str
    title: str
    must: str
    give: dict[str, dict[str, Any]] = {}
    events: tuple[Event, ...] = ()
    facts: tuple[Fact, ...] = ()
    day: int = 0
    records: tuple[str, ...] = ()
    needs: str | None = None

    @property
    def table(self) -> str:
        """The letter of the kind of case."""
        return self.id[0]

    @property
    def shown_by(self) -> tuple[str, ...]:
        """The short names of the records that show the case, each once."""
        named = (event.of for event in self.events)
        asked = (fact.of for fact in self.facts)
        return tuple(dict.fromkeys((*self.records, *self.give, *named, *asked)))


@cache
def cases() -> tuple[Case, ...]:
    """Every case, in the catalogue's order; raises ConfigurationError when it cannot be read."""
    return read_cases(CATALOGUE)


def read_cases(file: Path) -> tuple[Case, ...]:
    """The cases of a catalogue; raises ConfigurationError that says what is wrong with it."""
    try:
        found = msgspec.yaml.decode(file.read_bytes(), type=tuple[Case, ...])
    except (msgspec.DecodeError, OSError) as error:
        raise ConfigurationError(f"{file} cannot be read as a catalogue: {error}") from None
    _refuse_repeated(file, (case.id for case in found))
    return found


def _refuse_repeated(file: Path, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for case_id in ids:
        if case_id in seen:
            raise ConfigurationError(f"{file}: two cases are called {case_id}.")
        seen.add(case_id)


def events() -> Iterator[Event]:
    """The events of all cases, day by day and in the catalogue's order within a day."""
    happened = (event for case in cases() for event in case.events)
    yield from sorted(happened, key=lambda event: event.day)


def resolved(value: Any) -> Any:
    """A value with every short name in it replaced by the record's Clever ID."""
    if isinstance(value, str):
        return clever_id(value) if is_name(value) else value
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if isinstance(value, dict):
        return {key: resolved(item) for key, item in value.items()}
    return value
