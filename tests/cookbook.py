"""The cookbook: the queries of `docs/cookbook.md`, and the results printed under them.

`make cookbook` prints the results anew, from the sample that `make run` has played; a test runs
every query on the sample and compares.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from orchestration.lib.home import SAMPLE_HOME
from orchestration.lib.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "cookbook.md"
#: A question, its query, and the table printed under it.
_RECIPE = re.compile(
    r"^### (?P<title>.+)\n(?:(?!#).*\n)*?```sql\n(?P<query>[^`]+)```\n"
    r"(?P<result>(?:\n(?:\|.*\n)+)?)",
    re.MULTILINE,
)


class Recipe(NamedTuple):
    """A question of the page: its query and the Markdown table that the page prints under it."""

    title: str
    query: str
    result: str


def recipes(page: str) -> Iterator[Recipe]:
    """The questions of a page, in order."""
    for found in _RECIPE.finditer(page):
        yield Recipe(found["title"], found["query"], found["result"].lstrip())


def answer(file: duckdb.DuckDBPyConnection, query: str) -> str:
    """The result of a query as a table of Markdown; NULL is said as such."""
    asked = file.execute(query)
    columns = [column[0] for column in asked.description or ()]
    rows = [columns, ["---"] * len(columns), *([*map(_cell, row)] for row in asked.fetchall())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def renewed(page: str, file: duckdb.DuckDBPyConnection) -> str:
    """The page with the results that the file gives."""

    def renew(found: re.Match[str]) -> str:
        head = found[0].removesuffix(found["result"])
        return f"{head}\n{answer(file, found['query'])}"

    return _RECIPE.sub(renew, page)


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    text = ", ".join(map(_cell, value)) if isinstance(value, list) else str(value)
    return " ".join(text.replace("|", r"\|").split())


def main() -> None:
    """Print the results anew."""
    if not SAMPLE_HOME.published.exists():
        sys.exit("The sample has not been played: `make run` plays it.")
    with duckdb.connect(str(SAMPLE_HOME.published), read_only=True) as file:
        PAGE.write_text(renewed(PAGE.read_text(), file))


if __name__ == "__main__":
    main()
