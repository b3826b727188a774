"""What was read, compared with what is known: changes for the log, and the index beside it.

The log of a table has one row of an id and load. The index holds every row that the application's
table has, with the hashes its database gave; it is written in the transaction of the log's rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from dlt_sources.application.columns import INDEX, INDEX_SCHEMA, SCHEMA
from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.reading import HASHES, MARK, Sum
from dlt_sources.application.values import canonical_id, converted, is_gone, is_unreadable
from dlt_sources.errors import RollbookError

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

#: So many rows may have no ID, or one that another row has, too: as many, or as large a share, of a
#: table. With more of them the mapping is wrong, and what it calls an ID is none.
_FEW, _SHARE = 10, 0.01
#: Of rows in `read`: without an id, or with one that another row has, too.
_UNCLEAR = "id is null or id in (select id from read group by id having count(*) > 1)"


class UnclearRowsError(Exception):
    """Some rows that were read cannot be told apart; which they are only all rows together tell."""


@dataclass(frozen=True)
class Merge:
    """The log and the index of one table in one load; `numbers` are its columns of numbers."""

    connection: DuckDBPyConnection
    mapping: TableMapping
    numbers: Collection[str]
    load_id: int
    observed_at: datetime

    def take(self, parts: Iterable[pa.Table]) -> int:
        """Append what differs in rows that were read, and index them; how many values do not fit.

        The rows stay in the table `read`. Raises UnclearRowsError for double and missing ids.
        """
        self._stage(parts)
        if self._number(f"select count(*) from read where {_UNCLEAR}"):
            raise UnclearRowsError
        return self._take_read()

    def take_whole(self, parts: Iterable[pa.Table]) -> tuple[int, int]:
        """Take all rows of the table, but those without an id and those that share theirs.

        How many values do not fit, and how many rows are left out; of what they say nothing becomes
        known, and what was known of their ids stays. Raises RollbookError if they are too many.
        """
        self._stage(parts)
        self._run(f"create or replace temp table left_out as select id from read where {_UNCLEAR}")
        left_out = self._number("select count(*) from left_out")
        if left_out:
            self._check_ids(left_out)
            self._run("delete from read where id is null or id in (select id from left_out)")
        self._run(f"delete from {self._index}")
        unreadable = self._take_read()
        self._withdraw_unindexed()
        return unreadable, left_out

    def undo(self) -> None:
        """Take back what this load has appended."""
        self._run(f"delete from {self._log} where load_id = {self.load_id}")

    def expect_rows(self, theirs: int) -> None:
        """Raises UnclearRowsError if the index has not as many rows as the table."""
        if self._number(f"select count(*) from {self._index}") != theirs:
            raise UnclearRowsError

    def _take_read(self) -> int:
        # What this load has appended already stays as it was read first.
        self._run(f"delete from read where id in ({self._of_this_load})")
        self._append_changes()
        self._run(f"delete from {self._index} where id in (select id from read)")
        self._run(f"insert into {self._index} by name select {', '.join(INDEX)} from read")
        return self._number(
            "select coalesce(sum(unreadable), 0) from read "
            f"where unreadable > 0 and id in ({self._of_this_load})"
        )

    def withdraw_unread(self, buckets: Collection[int] | None = None) -> None:
        """Withdraw what the index has, in these buckets or at all, and `take` has not read."""
        within = "true" if buckets is None else f"bucket in ({', '.join(map(str, buckets))})"
        self._withdraw(f"select id from {self._index} anti join read using (id) where {within}")

    def withdraw_absent(self, ids: Iterable[pa.Table]) -> bool:
        """Withdraw what is not among all the ids that were read; whether some are unknown.

        Raises UnclearRowsError for double and missing ids.
        """
        self._run("create or replace temp table their_ids (id varchar, is_gone boolean)")
        spelt = converted("id", "id", "VARCHAR", "id" in self.numbers)
        self._insert("their_ids", f"{spelt}, {is_gone(MARK)}", ids)
        if self._number("select count(*) - count(distinct id) from their_ids"):
            raise UnclearRowsError
        self._withdraw(f"select id from {self._index} anti join their_ids using (id)")
        unknown = f"their_ids anti join {self._index} using (id, is_gone)"
        return self._number(f"select count(*) from {unknown}") > 0

    def differing(self, theirs: Mapping[int, Sum], *, contents: bool) -> list[int]:
        """The buckets of which the index does not say what the database says."""
        content = "coalesce(sum(row_hash), 0)" if contents else "0"
        rows = self.connection.execute(
            f"select bucket, count(*), sum(mark_hash), {content} from {self._index} group by 1"
        ).fetchall()
        ours = {bucket: Sum(*(int(number) for number in numbers)) for bucket, *numbers in rows}
        return sorted(each for each in {*ours, *theirs} if ours.get(each) != theirs.get(each))

    def present(self) -> int:
        """How many rows the application has, by the index."""
        return self._number(f"select count(*) from {self._index} where not is_gone")

    def changes(self) -> dict[str, int]:
        """How many rows this load has appended so far, by change."""
        rows = self.connection.execute(
            f"select change, count(*) from {self._log} where load_id = ? group by change",
            [self.load_id],
        ).fetchall()
        return dict(rows)

    # --- rows that were read --------------------------------------------------------------------

    def _stage(self, parts: Iterable[pa.Table]) -> None:
        """The rows under our names and types, in the table `read` of this connection."""
        ours = {"id": "VARCHAR", **self.mapping.target.columns}
        columns = {**ours, **INDEX, "unreadable": "BIGINT"}
        listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self._run(f"create or replace temp table read ({listed})")
        values = {
            **{name: self._converted(name, kind) for name, kind in ours.items()},
            "is_gone": is_gone(MARK),
            "unreadable": self._unreadable(),
        }
        shown = [f"{values.get(name, name)}" for name in columns]
        self._insert("read", ", ".join(shown), parts)

    def _insert(self, table: str, shown: str, parts: Iterable[pa.Table]) -> None:
        import pyarrow as pa

        for part in parts:
            missing = [name for name in HASHES if name not in part.column_names]
            for name in missing:
                part = part.append_column(name, pa.nulls(len(part), pa.int64()))
            self.connection.register("part", part)
            self._run(f"insert into {table} select {shown} from part")
            self.connection.unregister("part")

    def _converted(self, name: str, kind: str) -> str:
        if name not in self.mapping.columns:
            return f"cast(null as {kind})"
        return converted(name, name, kind, name in self.numbers)

    def _unreadable(self) -> str:
        """How many values of a row do not fit our types."""
        counted = [
            f"cast({is_unreadable(name, name, kind, name in self.numbers)} as bigint)"
            for name, kind in self.mapping.target.columns.items()
            if name in self.mapping.columns
        ]
        return " + ".join(counted) or "0"

    def _check_ids(self, left_out: int) -> None:
        rows = self._number("select count(*) from read")
        if left_out < rows and left_out <= max(_FEW, _SHARE * rows):
            return
        table, column = self.mapping.table, self.mapping.columns["id"]
        where = f"correct it in [{self.mapping.name}.columns]"
        missing = self._number("select count(*) from read where id is null")
        if missing:
            raise RollbookError(
                f"The application's table {table} holds {missing:,} rows without {column}; the "
                f"mapping must name as id a column that every row has: {where}."
            )
        raise RollbookError(
            f"{left_out:,} rows of the application's table {table} have the same {column} as "
            "another, or one that differs only in how it is spelt (42 and 42.0, a UUID in "
            "capitals). If it is the table's key, give those rows others; if not, the mapping must "
            f"name its key as id: {where}."
        )

    def _append_changes(self) -> None:
        """Append what differs from the newest row of its id.

        A row that is gone stays as it was when it went.
        """
        columns = ", ".join(self.mapping.target.columns)
        self._run(
            f"""
            insert into {self._log} by name
            with hashed as (
                select *, md5_number_lower({self._contents()}) as hash
                from read
            ),
            known as (
                select {self._id} as id, arg_max(hash, {self._order}) as hash,
                    arg_max(change, {self._order}) as change
                from {self._log} where {self._id} in (select id from read)
                group by 1
            )
            select cast({self.load_id} as bigint) as load_id, id,
                case
                    when hashed.is_gone then 'withdrawn'
                    when known.id is null then 'created'
                    when known.change = 'withdrawn' then 'restored'
                    else 'updated'
                end as change,
                $observed_at::timestamp as observed_at, hashed.hash, {columns}
            from hashed left join known using (id)
            where known.id is null
                or (known.change = 'withdrawn') <> hashed.is_gone
                or known.hash <> hashed.hash and not hashed.is_gone
            """,
            observed_at=self.observed_at,
        )

    def _contents(self) -> str:
        """A row's values as one text, which a column that came later and holds nothing leaves."""
        later = self.mapping.target.later
        first = ", ".join(name for name in self.mapping.target.columns if name not in later)
        text = f"cast(to_json(row({first})) as varchar)"
        if not later:
            return text
        more = ", ".join(later)
        return (
            f"{text} || case when coalesce({more}) is not null "
            f"then cast(to_json(row({more})) as varchar) else '' end"
        )

    # --- rows that are gone ---------------------------------------------------------------------

    def _withdraw_unindexed(self) -> None:
        """Withdraw what is present by the log, and neither in the index nor left out."""
        self._withdraw(
            f"""
            select id from (
                select {self._id} as id, arg_max(change, {self._order}) as change
                from {self._log} where load_id < {self.load_id} group by 1
            ) anti join {self._index} using (id) anti join left_out using (id)
            where change <> 'withdrawn'
            """
        )

    def _withdraw(self, ids: str) -> None:
        """Append a row for each of these ids that is present, with what was last known.

        One that this load has just read and that is gone already is left to the next load.
        """
        kept = ("load_id", "change", "hash", *self.mapping.target.columns)
        last = ", ".join(f"'{name}': {name}" for name in kept)
        values = ", ".join(f"last.{name}" for name in ("hash", *self.mapping.target.columns))
        self._run(f"create or replace temp table gone as {ids}")
        self._run(
            f"""
            insert into {self._log} by name
            with newest as (
                select {self._id} as id, arg_max({{{last}}}, {self._order}) as last
                from {self._log} where {self._id} in (select id from gone)
                group by 1
            )
            select cast({self.load_id} as bigint) as load_id, id, 'withdrawn' as change,
                $observed_at::timestamp as observed_at, {values}
            from newest
            where last.change <> 'withdrawn' and last.load_id < {self.load_id}
            """,
            observed_at=self.observed_at,
        )
        self._run(
            f"delete from {self._index} where id in (select id from gone) "
            f"and id not in ({self._of_this_load} and change <> 'withdrawn')"
        )

    # --- names ----------------------------------------------------------------------------------

    @property
    def _log(self) -> str:
        return f"{SCHEMA}.{self.mapping.name}"

    @property
    def _index(self) -> str:
        return f"{INDEX_SCHEMA}.{self.mapping.name}"

    @property
    def _of_this_load(self) -> str:
        return f"select id from {self._log} where load_id = {self.load_id}"

    @cached_property
    def _has_old_ids(self) -> bool:
        """Whether a version that did not spell IDs in one way has written to the log."""
        return (
            self._number(
                f"select count(*) from {SCHEMA}.loads where status = 'complete' "
                f"and table_name = '{self.mapping.name}' and fingerprint is null"
            )
            > 0
        )

    @property
    def _id(self) -> str:
        return canonical_id("id") if self._has_old_ids else "id"

    @property
    def _order(self) -> str:
        """By it the newest row of an id is found; two spellings of it may be of the same load."""
        return "row(load_id, change <> 'withdrawn')" if self._has_old_ids else "load_id"

    def _run(self, statement: str, **values: object) -> None:
        self.connection.execute(statement, values or None)

    def _number(self, query: str) -> int:
        [(number,)] = self.connection.execute(query).fetchall()
        return int(number)
