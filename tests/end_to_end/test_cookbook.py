"""docs/cookbook.md: every query runs on the sample, and gives what is printed under it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dlt_sources.sandbox import Sandbox
from tests.cookbook import PAGE, Recipe, answer, recipes, renewed
from tests.end_to_end.conftest import Installation
from tests.shared import once

_RECIPES = [*recipes(PAGE.read_text())]


@pytest.fixture(scope="module")
def file(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, played: Installation
) -> Iterator[duckdb.DuckDBPyConnection]:
    """What `make run` publishes: all eight days."""

    def play(folder: Path) -> None:
        installation = Installation(shutil.copytree(played.home, folder / "home"), sandbox)
        for day in range(4, 9):
            ended = installation.sync_day(day)
            assert ended.returncode == 0, ended.stderr

    home = once(tmp_path_factory, "all-days", play) / "home"
    with duckdb.connect(str(home / "rollbook.duckdb"), read_only=True) as connection:
        yield connection


def test_the_cookbook_has_its_questions() -> None:
    page = PAGE.read_text()

    assert [recipe.title.split(".")[0] for recipe in _RECIPES] == [*map(str, range(1, 26))]
    assert page.count("```sql") == len(_RECIPES), "a query that nobody runs"


@pytest.mark.parametrize("recipe", _RECIPES, ids=lambda recipe: recipe.title)
def test_a_query_gives_what_is_printed(file: duckdb.DuckDBPyConnection, recipe: Recipe) -> None:
    """If not, and the new result is right, `make cookbook` prints it."""
    assert answer(file, recipe.query) == recipe.result
    assert recipe.result.count("\n") > 2, "nothing is answered"


@pytest.mark.parametrize("recipe", _RECIPES, ids=lambda recipe: recipe.title)
def test_what_is_printed_has_an_order(recipe: Recipe) -> None:
    """Rows without one may come in another tomorrow."""
    assert "order by" in recipe.query.rsplit(")", 1)[-1]


def test_renewing_prints_the_results_of_the_file(file: duckdb.DuckDBPyConnection) -> None:
    old = (
        "### 1. One?\n\nSo.\n\n```sql\nselect 1 as one, 'a|b' as text\n```\n\n"
        "| one |\n|---|\n| 7 |\n\n### 2. "
    )

    assert renewed(old, file) == (
        "### 1. One?\n\nSo.\n\n```sql\nselect 1 as one, 'a|b' as text\n```\n\n"
        "| one | text |\n| --- | --- |\n| 1 | a\\|b |\n\n### 2. "
    )
    assert renewed(renewed(old, file), file) == renewed(old, file)
