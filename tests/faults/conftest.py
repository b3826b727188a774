"""A small town, and homes in which its days have been synced by the real command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlt_sources.sandbox import Sandbox, serve
from tests.shared import once

from .command import Installation, phases
from .published import Tables, published_tables
from .town import SEED, Town, build_town


@dataclass(frozen=True)
class Undisturbed:
    """A home after the first day and one after both; what was published after each day, at 0
    nothing; the seconds that each phase of a day took."""

    home: Path
    second: Path
    tables: tuple[Tables, ...]
    seconds: dict[str, float]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town") / "dataset"
    return build_town(folder, SEED, districts=3, days=2, neighbours=3, by_number=True)


@pytest.fixture(scope="session")
def sandbox(town: Town) -> Iterator[Sandbox]:
    with serve(town.dataset) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, town: Town
) -> Undisturbed:
    """The first day in `home`, and the second in a copy of it."""

    def play(folder: Path) -> None:
        for day, home in ((1, folder / "home"), (2, folder / "second")):
            if day == 2:
                shutil.copytree(folder / "home", home)
            ended = Installation(home, sandbox, town).sync(day).end()
            assert ended.code == 0, ended.stderr

    folder = once(tmp_path_factory, "undisturbed", play)
    first, second = folder / "home", folder / "second"
    tables: tuple[Tables, ...] = ({}, published_tables(first), published_tables(second))
    return Undisturbed(first, second, tables, phases(second))


@pytest.fixture
def empty(tmp_path: Path, sandbox: Sandbox, town: Town) -> Installation:
    """A home that has never been used."""
    return Installation(tmp_path / "home", sandbox, town)


@pytest.fixture
def after_day_1(
    tmp_path: Path, sandbox: Sandbox, town: Town, undisturbed: Undisturbed
) -> Installation:
    """A home in which the first day has been synced."""
    shutil.copytree(undisturbed.home, tmp_path / "home")
    return Installation(tmp_path / "home", sandbox, town)
