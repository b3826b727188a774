"""A published home of two districts, whose people have odd names and numbers, and its copies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

from orchestration.lib.dbt_runner import EVERYTHING
from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from orchestration.masking.masked_file import write_masked
from tests.dbt.story import MON, PLACES, TEACHERS, TUE, begun, section
from tests.forks import Wait, start_warm
from tests.shared import once

NORTH, SOUTH = "north", "south"
#: First names, each with a number of the student: of both Excel would make something else.
ODD = {
    "ana": ('=HYPERLINK("http://evil.example")', "0012"),
    "ben": ("-1+cmd|' /C calc'!A0", "12345678901234567890"),
    "cid": ('O\'Brien, "Bo"\nJunior', "581234567890123456789e12"),
    "dee": ("Zoë", "1-2"),
    "eve": ("\t@SUM(A1)", "100023"),
    "fay": ("'Fay", "7"),
}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The only line that it said on the error output, and it said nothing else."""
        [line] = self.err.splitlines()
        assert line.startswith("rollbook: "), line
        assert self.out == ""
        return line


@dataclass(frozen=True)
class Run:
    """A command that is under way."""

    pid: int
    wait: Wait
    output: Path

    def end(self, seconds: float | None = 120) -> Ended:
        code = self.wait(seconds)
        assert code is not None, "still running"
        return Ended(code, *((self.output / name).read_text() for name in ("stdout", "stderr")))


@dataclass(frozen=True)
class Published:
    """A home in which something is published, and the command that exports from it."""

    home: Home

    def export(self, *arguments: str | Path, **environment: str) -> Ended:
        with TemporaryDirectory() as output:
            return self.start(Path(output), *arguments, **environment).end()

    def start(self, output: Path, *arguments: str | Path, **environment: str) -> Run:
        settings = {
            **{name: value for name, value in os.environ.items() if "SOURCES__" not in name},
            "ROLLBOOK_HOME": str(self.home.root),
            **environment,
        }
        pid, wait = start_warm(["export", *map(str, arguments)], settings, output)
        return Run(pid, wait, output)

    def ask(self, query: str, file: Path | None = None) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(file or self.home.published), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def add(self, name: str, query: str, kind: str = "view") -> None:
        """A relation of `roster`, in the guide."""
        with duckdb.connect(str(self.home.published)) as connection:
            connection.execute(f"create {kind} roster.{name} as {query}")
            connection.execute(
                "insert into roster.guide by name select * replace (? as table_name) "
                "from roster.guide where table_name = 'roster.students'",
                [f"roster.{name}"],
            )


def _student(id_: str) -> dict[str, Any]:
    first, number = ODD[id_]
    role = {"grade": "7", "school": "elm", "student_number": number}
    return {"id": id_, "name": {"first": first, "last": "Doe"}, "roles": {"student": role}}


def _of(district: str, lists: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[Any]]:
    """The lists of another district, whose records have IDs of their own."""
    people = {"users": [{**each, "id": f"{district}-{each['id']}"} for each in lists["users"]]}
    about = [{"id": district, "name": f"{district.title()} =1"}]
    return {**people, "districts": about, "schools": [{"id": f"{district}-elm", "name": "Elm"}]}


def _make(folder: Path) -> None:
    story = begun(folder)
    early, late = [*map(_student, ("ana", "cid", "dee"))], [*map(_student, ODD)]
    for at, students in ((MON, early), (TUE, late)):
        lists = {
            **PLACES,
            "districts": [{"id": NORTH, "name": "North =1"}],
            "users": [*students, *TEACHERS],
            "sections": [section("x", *(each["id"] for each in students))],
        }
        story.warehouse.sync(lists, district=NORTH, at=at)
        story.warehouse.sync(_of(SOUTH, lists), district=SOUTH, at=at)
    story.build(EVERYTHING)
    home = Home(story.warehouse.home)
    publish(home)
    write_masked(home, "a key of the tests, 32 characters")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """For reading."""
    return Published(Home(once(tmp_path_factory, "exported", _make) / "home"))


@pytest.fixture
def own(published: Published, tmp_path: Path) -> Published:
    """A home of its own: its published file may be changed."""
    (tmp_path / "home").mkdir()
    home = Home(tmp_path / "home")
    shutil.copy2(published.home.published, home.published)
    home.published.chmod(0o644)
    return Published(home)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One in memory, set as an export's is."""
    with duckdb.connect() as opened:
        opened.execute("set timezone = 'UTC'")
        yield opened
