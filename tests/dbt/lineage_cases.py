"""Cases of who goes on under another ID, all built at once: each is a district of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.dbt.dbt_warehouse import Record
from tests.dbt.side_by_side import named
from tests.dbt.story import Story, begun

MON = datetime(2026, 8, 17, 2)
Day = Mapping[str, Sequence[Record]]


@dataclass
class Case:
    """A district's days, each with who is there: records of `table`, or lists by table.

    `expected` is whom each follows in the end, and the first of its line; `says`, by which rule,
    and all that agrees.
    """

    days: Sequence[Sequence[Record] | Day]
    expected: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    table: str = "users"
    says: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def shown(self, day: Sequence[Record] | Day) -> Day:
        """What a day shows; somebody always is there, or the district would show nothing."""
        lists = dict(day) if isinstance(day, Mapping) else {self.table: day}
        kim = {"id": "kim", "roles": {"teacher": {}}}
        return {**lists, "users": [*lists.get("users", ()), kim]}


@dataclass(frozen=True)
class Cases:
    """Cases by name, built side by side; IDs begin with the number of their district."""

    cases: Mapping[str, Case]
    story: Story

    @classmethod
    def played(cls, cases: Mapping[str, Case], folder: Path) -> Cases:
        """Build all of them."""
        story = begun(folder)
        for number, case in enumerate(cases.values()):
            for day, shown in enumerate(case.days):
                records = {
                    table: [named(record, f"{number}-") for record in listed]
                    for table, listed in case.shown(shown).items()
                }
                at = MON + timedelta(days=day)
                story.warehouse.sync(records, district=f"district {number}", at=at)
        story.day(MON + timedelta(days=30))
        return cls(cases, story)

    def follows(self, name: str, kind: str) -> dict[str, tuple[str, str]]:
        """Whom each of a case follows, and the first of its line."""
        columns = f"{kind}_id, predecessor_id, lineage_id"
        return {_short(id_): (_short(a), _short(b)) for id_, a, b in self._ask(name, kind, columns)}

    def says(self, name: str, kind: str, columns: str) -> dict[str, tuple[Any, ...]]:
        """What is said of why."""
        found = self._ask(name, kind, f"{kind}_id, {columns}")
        return {_short(id_): tuple(said) for id_, *said in found}

    def expected_to_say(self, name: str) -> dict[str, tuple[Any, ...]]:
        """The same of a case as it is written, with lists in their order."""
        says = self.cases[name].says
        return {
            id_: tuple(sorted(each) if isinstance(each, list) else each for each in said)
            for id_, said in says.items()
        }

    def _ask(self, name: str, kind: str, columns: str) -> list[tuple[Any, ...]]:
        number = [*self.cases].index(name)
        return self.story.ask(
            f"select {columns} from roster.{kind}_lineage where district_id = 'district {number}'"
        )


def _short(id_: str) -> str:
    return id_.partition("-")[2]


def person(id_: str, role: str, name: str, held: Record, **more: Any) -> Record:
    """A user with one role; a middle name stands between stars: `Ana *Maria* Lee`."""
    first, _, rest = name.partition(" ")
    middle, _, last = rest.removeprefix("*").rpartition("* ")
    about = {"first": first, "middle": middle or None, "last": last}
    return {"id": id_, "name": about, "roles": {role: held}, **more}
