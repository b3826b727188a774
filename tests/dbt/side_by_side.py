"""Stories told side by side in one home, day by day: a build makes the next day of them all.

Such a story is a generator. It yields each of its days and goes on when that day is built, so that
it may ask in between; who is at an earlier day goes first. It has a district of its own, and to the
home all its IDs begin with its number, of which it sees nothing. What looks at builds themselves,
or at how an ID is spelt, is played alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from inspect import Parameter, signature
from typing import Any

import duckdb
import pytest

from orchestration.lib.dbt_runner import EVERYTHING
from tests.dbt.application_log import ApplicationLog
from tests.dbt.building import opened
from tests.dbt.dbt_warehouse import DISTRICT, Record
from tests.dbt.story import CONTEXT, PLACES, TEACHERS, Story, begun

#: Where a record of Clever's or of the application names another, or itself.
_REFERENCES = (
    *("id", "student", "students", "teacher", "teachers", "course", "term_id", "school", "schools"),
    *("user_id", "clever_id", "section_id", "group_id", "district_id"),
)
_RELATION = re.compile(r"\b(?:from|join) ((\w+)\.\w+)")
_RECORDS = "from intermediate.progress_records order by all"


def named(value: Any, prefix: str, name: str = "") -> Any:
    """A record whose ID and references begin with a prefix."""
    if isinstance(value, dict):
        return {key: named(each, prefix, key) for key, each in value.items()}
    if isinstance(value, list):
        return [named(each, prefix, name) for each in value]
    is_reference = name in _REFERENCES and isinstance(value, str) and value.strip()
    return f"{prefix}{value}" if is_reference else value


@dataclass(frozen=True)
class Day:
    """A day of a story: what writes it down, and whether the story wants it built."""

    at: datetime
    write: Callable[[], object]
    build: bool = True


#: After everybody's last day all is built anew.
_IN_THE_END = Day(datetime.max, lambda: None)
Body = Callable[..., Iterator[Day]]
#: What was wrong in a story, by the name of its test; None if nothing was.
Wrong = Mapping[str, BaseException | None]


@dataclass
class Told:
    """One of the stories of a home; `day` gives what the story is to yield."""

    home: Story
    prefix: str
    log: ApplicationLog = field(init=False)

    def __post_init__(self) -> None:
        self.log = ApplicationLog(self.home.warehouse)

    def day(
        self,
        at: datetime,
        users: Sequence[Record] = (),
        sections: Sequence[Record] = (),
        *,
        progress: Sequence[Record] | None = None,
        accounts: Sequence[Record] | None = None,
        edits: Sequence[Record] | None = None,
        build: bool = True,
        **places: list[Record],
    ) -> Day:
        """A day as `Story.day` takes it."""
        roster = {**PLACES, **places, "users": [*users, *TEACHERS], "sections": [*sections]}
        tables = {"progress": progress, "accounts": accounts, "manual_edits": edits}
        given = {name: rows for name, rows in tables.items() if rows is not None}

        def write() -> None:
            self._sync(at, roster)
            self._load(at, given)

        return Day(at, write, build)

    def load(self, at: datetime, **tables: Sequence[Record]) -> Day:
        """A load without a look at Clever, for which nothing is built."""
        return Day(at, partial(self._load, at, tables), build=False)

    def hold(self, at: datetime) -> None:
        """Write down at once that a look at Clever is held."""
        self.home.warehouse.sync({}, district=self._district, at=at, status="held")

    @property
    def _district(self) -> str:
        return self.prefix + DISTRICT

    def _sync(self, at: datetime, roster: Mapping[str, Any]) -> None:
        records = {name: named(listed, self.prefix) for name, listed in roster.items()}
        self.home.warehouse.sync(records, district=self._district, at=at)

    def _load(self, at: datetime, tables: Mapping[str, Sequence[Record]]) -> None:
        self.log.load_id = self.home.application.load_id
        rows = {name: named([*listed], self.prefix) for name, listed in tables.items()}
        self.home.application.load_id = self.log.load(at, **rows)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the rows of this story, under the names it knows."""
        with opened(self.home.warehouse.home) as connection:
            connection.execute("attach ':memory:' as own")
            for relation, schema in set(_RELATION.findall(query)):
                connection.execute(f"create schema if not exists own.{schema}")
                self._show(connection, relation)
            connection.execute("use own")
            return connection.execute(query).fetchall()

    def _show(self, connection: duckdb.DuckDBPyConnection, relation: str) -> None:
        columns = connection.execute(f"describe build.{relation}").fetchall()
        shown = ", ".join(f"{self._shown(name, kind)} as {name}" for name, kind, *_ in columns)
        connection.execute(
            f"create view own.{relation} as select {shown} from build.{relation} as found "
            f"where contains(found::varchar, '{self.prefix}')"
        )

    def _shown(self, name: str, kind: str) -> str:
        unnamed = f"replace({{}}, '{self.prefix}', '')"
        if kind == "VARCHAR[]":
            return f"list_transform({name}, lambda each: {unnamed.format('each')})"
        return unnamed.format(name) if kind == "VARCHAR" else name

    def context(self, id_: str) -> tuple[Any, ...]:
        [found] = self.ask(
            f"select {CONTEXT} from progress.student_progress where progress_id = '{id_}'"
        )
        return found

    def ends_as_a_full_build_would(self, everything: str = _RECORDS) -> Iterator[Day]:
        before = self.ask(everything)
        yield _IN_THE_END
        assert self.ask(everything) == before


def side_by_side(body: Body) -> Callable[..., None]:
    """A test of a story that is told with all others of its file that are to run."""

    def test(told: Wrong, request: pytest.FixtureRequest, **_: object) -> None:
        if failure := told[request.node.name]:
            raise failure

    own = [each for each in signature(body).parameters.values() if each.name != "story"]
    asked = [Parameter(name, Parameter.KEYWORD_ONLY) for name in ("told", "request")]
    for each in ("__name__", "__doc__", "__module__", "__qualname__"):
        setattr(test, each, getattr(body, each))
    about: Any = test
    about.__signature__ = signature(test).replace(
        parameters=[*(each.replace(kind=Parameter.KEYWORD_ONLY) for each in own), *asked]
    )
    about.body = body
    return test


def bodies(items: Sequence[pytest.Item]) -> dict[str, Body]:
    """The stories among tests, by the name of the test, each with what it is given."""
    found: dict[str, Body] = {}
    for item in items:
        if isinstance(item, pytest.Function) and hasattr(item.obj, "body"):
            given = item.callspec.params if hasattr(item, "callspec") else {}
            found[item.name] = partial(item.obj.body, **given)
    return found


def tell(stories: Mapping[str, Body], home: Story) -> Wrong:
    """Tell all of them to their ends."""
    failures: dict[str, BaseException | None] = dict.fromkeys(stories)
    waiting: dict[str, tuple[Iterator[Day], Day]] = {}

    def go_on(name: str, story: Iterator[Day]) -> None:
        waiting.pop(name, None)
        try:
            waiting[name] = story, next(story)
        except StopIteration:
            pass
        except Exception as failure:
            failures[name] = failure

    for number, (name, body) in enumerate(stories.items()):
        go_on(name, body(story=Told(home, f"s{number:02}-")))
    while waiting:
        at = min(day.at for _, day in waiting.values())
        due = {name: each for name, each in waiting.items() if each[1].at == at}
        _play(home, [day for _, day in due.values()])
        for name, (story, _) in due.items():
            go_on(name, story)
    return failures


def _play(home: Story, days: Sequence[Day]) -> None:
    for day in days:
        day.write()
    if _IN_THE_END in days:
        home.build(EVERYTHING)
    elif any(day.build for day in days):
        home.build_news()


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Wrong:
    """Of all stories of the file that are told side by side."""
    here = [item for item in request.session.items if item.path == request.path]
    return tell(bodies(here), begun(tmp_path_factory.mktemp("told")))
