"""`rollbook_masked.duckdb`: the published file once more, with pseudonyms for what identifies.

A new file is written and swapped in, never an old one changed: DuckDB keeps what was overwritten in
free blocks of a file, and the smallest and largest value of each column beside its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

import duckdb

from dlt_sources.errors import RollbookError
from dlt_sources.sql import literal
from orchestration.lib.full_disk import FullDiskError, is_full_disk
from orchestration.lib.home import Home
from orchestration.lib.moments import guard_macro
from orchestration.lib.reading import expect_published
from orchestration.lib.swap import OpenForWritingError, UnwrittenLogError, remove, swap_in
from orchestration.masking.anonymity import Anonymity, measure
from orchestration.masking.marks import expression, masked_by_rows, published_marks
from orchestration.masking.pseudonyms import Pseudonyms

#: DuckDB's limit while it masks; what needs more goes to a temporary folder in the home.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "500MB"}

#: A text in SQL, and one that is an ID of a district even if no sync has shown it.
_CLEVER_ID = re.compile("[0-9a-f]{24}")
_TEXT = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True)
class Masked:
    """What was written: how many tables, and how few students share what others may know."""

    tables: int
    bytes: int
    anonymity: tuple[Anonymity, ...]


class MaskingError(RollbookError):
    """No masked copy was made; the one before is as it was."""


def write_masked(home: Home, key: str) -> Masked:
    """Make the masked copy of the published file, and swap it in.

    On any error before that the old copy stays. Raises ConfigurationError where nothing has been
    published, MarkError for a column without a mark, FullDiskError, and MaskingError where DuckDB
    cannot write it or a process may write into the old copy.
    """
    expect_published(home)
    beside = home.masked.with_suffix(".duckdb.new")
    remove(beside)
    try:
        with _both(home, beside) as connection:
            tables, anonymity = _write(connection, Pseudonyms(key))
        swap_in(beside, home.masked)
    except (duckdb.Error, OSError, OpenForWritingError, UnwrittenLogError) as error:
        raise _told(home, error) from None
    finally:
        remove(beside)
    return Masked(tables, home.masked.stat().st_size, anonymity)


def _told(home: Home, error: Exception) -> RollbookError:
    """What a person can do; DuckDB's own message may quote a value, so only its kind is told."""
    if is_full_disk(error):
        return FullDiskError(home.root, "No masked copy was made.")
    why, remedy = type(error).__name__, "Run `rollbook publish --masked` again."
    if isinstance(error, OpenForWritingError):
        why = "a process has it open for writing"
        remedy = f"Close it: `fuser {home.masked}` names it."
    return MaskingError(
        f"The masked copy {home.masked} was not made anew ({why}): it is as it was. The published "
        f"roster does not depend on it. {remedy}"
    )


@contextmanager
def _both(home: Home, beside: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with databases `published`, to read, and `masked`; its own one is in memory."""
    folder = home.root / "masking"
    rmtree(folder, ignore_errors=True)
    try:
        with duckdb.connect(config={**_CONFIG, "temp_directory": str(folder)}) as connection:
            connection.execute(f"attach {literal(home.published)} as published (read_only)")
            connection.execute(f"attach {literal(beside)} as masked")
            yield connection
            connection.execute("detach masked")
    finally:
        rmtree(folder, ignore_errors=True)


def _write(
    connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms
) -> tuple[int, tuple[Anonymity, ...]]:
    """Write everything in one transaction; the number of tables, and how anonymous it is."""
    pseudonyms.register(connection)
    connection.begin()
    # Tables without rows, views, macros, comments.
    connection.execute("copy from database published to masked (schema)")
    connection.execute("use masked")
    by_rows = masked_by_rows()
    for relation in sorted(by_rows):
        _make_table_of_view(connection, relation)
    tables = _tables(connection)
    for relation, columns in tables.items():
        connection.execute(_filling(relation, columns))
    districts = _districts(connection, pseudonyms)
    _rewrite_views(connection, districts)
    _rewrite_macros(connection, districts)
    anonymity = measure(connection)
    connection.commit()
    connection.execute("checkpoint masked")
    connection.execute("use memory")
    return len(tables), anonymity


def _make_table_of_view(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Put an empty table with the view's columns and comments in its place."""
    comments = _comments_of(connection, relation)
    connection.execute(f"drop view {relation}")
    connection.execute(f"create table {relation} as from published.{relation} limit 0")
    _comment(connection, relation, "table", comments)


def _comments_of(
    connection: duckdb.DuckDBPyConnection, relation: str
) -> list[tuple[str | None, str]]:
    """The comments of a published view's columns, and its own, without a column."""
    schema, name = relation.split(".")
    return connection.execute(
        "select column_name, comment from duckdb_columns() where database_name = 'published' "
        "and schema_name = $schema and table_name = $name and comment is not null "
        "union all select null, comment from duckdb_views() where database_name = 'published' "
        "and schema_name = $schema and view_name = $name and comment is not null",
        {"schema": schema, "name": name},
    ).fetchall()


def _comment(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    kind: str,
    comments: list[tuple[str | None, str]],
) -> None:
    for column, comment in comments:
        what = f'column {relation}."{column}"' if column else f"{kind} {relation}"
        connection.execute(f"comment on {what} is {literal(comment)}")


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The columns of each table to fill, with their types."""
    tables: dict[str, dict[str, str]] = {}
    for relation, column, kind in connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "join duckdb_tables() using (database_oid, schema_oid, table_oid, schema_name, table_name) "
        "where duckdb_columns.database_name = 'masked' order by 1, column_index"
    ).fetchall():
        tables.setdefault(relation, {})[column] = kind
    return tables


def _filling(relation: str, columns: dict[str, str]) -> str:
    """The statement that fills a table of the masked copy.

    Sorted by what is masked, as the order of the rows would tell that of the IDs they stand for.
    """
    marks = published_marks().get(relation, {})
    values = {
        column: expression(relation, column, kind, marks.get(column))
        for column, kind in columns.items()
    }
    ids = [column for column in columns if (mark := marks.get(column)) and mark.mask == "id"]
    order = [f'"{column}"' for column in (*ids, "valid_from") if column in columns]
    selected = ", ".join(f'{value} as "{column}"' for column, value in values.items())
    sorted_ = f" order by {', '.join(order)}" if order else ""
    return f"insert into {relation} select {selected} from published.{relation}{sorted_}"


def _rewrite_macros(connection: duckdb.DuckDBPyConnection, districts: _Districts) -> None:
    """Let no macro of this file be answered by the published one, nor name a district by its ID.

    All table macros call one that only their own file has, and days of districts are counted by
    their IDs: see `orchestration.lib.moments`.
    """
    beginning = guard_macro("").removesuffix(")")
    macros = connection.execute(
        "select schema_name, function_name, function_type = 'table_macro', parameters, "
        "macro_definition, comment from duckdb_functions() "
        "where database_name = 'masked' and macro_definition is not null "
        # The one that the others call comes first.
        "order by contains(function_name, $name) desc, function_oid",
        {"name": beginning},
    ).fetchall()
    old, new = macros[0][1], guard_macro(uuid4().hex[:12])
    for schema, name, of_rows, parameters, definition, comment in macros:
        table = "table " * of_rows
        named = f'{schema}."{name.replace(old, new)}"'
        body = districts.masked_in(definition).replace(old, new)
        connection.execute(
            f"create or replace macro {named}({', '.join(parameters)}) as {table}{body}"
        )
        if comment:
            connection.execute(f"comment on macro {table}{named} is {literal(comment)}")
    connection.execute(f'drop macro {"table " * macros[0][2]}{macros[0][0]}."{old}"')


def _rewrite_views(connection: duckdb.DuckDBPyConnection, districts: _Districts) -> None:
    """Let no view name a district by its ID: what counts days does, where it has a time zone."""
    views = connection.execute(
        "select schema_name || '.' || view_name, sql from duckdb_views() "
        "where database_name = 'masked' and not internal"
    ).fetchall()
    for relation, sql in views:
        without = districts.masked_in(sql)
        if without != sql:
            comments = _comments_of(connection, relation)
            connection.execute(without.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
            _comment(connection, relation, "view", comments)


@dataclass(frozen=True)
class _Districts:
    """The IDs of the districts that have been shown, and what stands for them."""

    ids: frozenset[str]
    pseudonyms: Pseudonyms

    def masked_in(self, sql: str) -> str:
        """The SQL with the pseudonyms of the districts that its literals name."""
        return _TEXT.sub(self._masked, sql)

    def _masked(self, found: re.Match[str]) -> str:
        text = found[1].replace("''", "'")
        if text not in self.ids and not _CLEVER_ID.fullmatch(text):
            return found[0]
        return literal(self.pseudonyms.id(text))


def _districts(connection: duckdb.DuckDBPyConnection, pseudonyms: Pseudonyms) -> _Districts:
    rows = connection.execute("select distinct district_id from published.roster.district_history")
    return _Districts(frozenset(district_id for (district_id,) in rows.fetchall()), pseudonyms)
