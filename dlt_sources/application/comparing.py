"""How a load finds what changed in a table: by its cursor, by its ids, by comparing all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dlt_sources.application.changelog import Standing
from dlt_sources.application.cursors import Cursor, read_from
from dlt_sources.application.looking import Look, changed_since
from dlt_sources.application.mapping import TableMapping
from dlt_sources.application.merging import Merge, UnclearRowsError
from dlt_sources.application.reading import TableReader
from dlt_sources.errors import RollbookError

if TYPE_CHECKING:
    import pyarrow as pa

#: A comparison is due a little early: nights do not begin at the same second.
_PERIODS = {"daily": timedelta(hours=20), "weekly": timedelta(days=6, hours=20)}
#: With so many buckets that differ all rows are read.
_MANY = 1_000
_CHANGED = {
    "database": "another database is read",
    "table": "another table is read",
    "columns": "the mapping of its columns changed",
    "types": "the type of a column changed",
    "cursor": "another cursor is used",
    "rules": "this version of Rollbook reads values by other rules",
    "cursor_type": "the type of its cursor changed",
    "identity": "the database or the table was replaced",
}
_UNCLEAR = "rows of it have no ID, or one that others have, too"


@dataclass(frozen=True)
class Plan:
    """What to read of a table, as `LoadLine` calls it, and from which cursor on."""

    read_as: str
    because: str | None = None
    since: Cursor | None = None


def plan_of(
    reader: TableReader,
    look: Look,
    known: Standing | None,
    *,
    at: datetime,
    asked: bool,
    indexed: int,
) -> Plan:
    """How a table is to be read that stood so after its last complete load.

    `asked` wants a comparison; `indexed` is how many rows the index has. Only while cursor, mapping
    and index can be relied on are changes read alone.
    """
    anew = _anew(reader.fingerprint, look, known, indexed)
    if anew or known is None:
        return Plan("whole", anew)
    since = known.cursor if look.kind and known.cursor else None
    because = _comparison(reader.mapping, look, known, at, asked)
    return Plan("comparison" if because else "changes", because, since)


def _anew(
    fingerprint: Mapping[str, str], look: Look, known: Standing | None, indexed: int
) -> str | None:
    """Why nothing that is known of a table says anything about it now, if so."""
    if known is None:
        return "it is the first load"
    if not known.fingerprint:
        return "another version of Rollbook read it last"
    for part, what in _CHANGED.items():
        if fingerprint[part] != known.fingerprint.get(part):
            return what
    if int(fingerprint["writes"]) < int(known.fingerprint.get("writes", 0)):
        return _CHANGED["identity"]
    if known.left_out:
        return _UNCLEAR
    if look.last and known.cursor and look.last.kind != known.cursor.kind:
        return "the kind of its cursor changed"
    return "its index was lost" if indexed != known.present else None


def _comparison(
    mapping: TableMapping, look: Look, known: Standing, at: datetime, asked: bool
) -> str | None:
    """Why all of a table is to be compared, if so."""
    if not mapping.cursor:
        return "it has no cursor"
    if not known.cursor:
        return "no cursor was known"
    if not look.last or look.last.is_before(known.cursor):
        return "its cursor fell"
    if asked:
        return "it was asked for"
    period = _PERIODS.get(mapping.reconcile)
    if period and (known.compared_at is None or at - known.compared_at >= period):
        return f"it is compared {mapping.reconcile}"
    return None


@dataclass(frozen=True)
class Found:
    """How many values did not fit, and how many rows only a comparison could find, or left out."""

    unreadable: int
    healed: int = 0
    left_out: int = 0


def bring_up_to_date(reader: TableReader, merge: Merge, plan: Plan) -> tuple[Plan, Found]:
    """Read by the plan, and append what differs from the log.

    Where rows cannot be told apart all are read, by a plan that says so.
    """
    if plan.read_as != "whole":
        try:
            return plan, _bring_up_to_date(reader, merge, plan)
        except UnclearRowsError:
            merge.undo()
            plan = Plan("whole", _UNCLEAR)
    unreadable, left_out = merge.take_whole(_all_rows(reader))
    return plan, Found(unreadable, left_out=left_out)


def _bring_up_to_date(reader: TableReader, merge: Merge, plan: Plan) -> Found:
    unreadable = _take_changes(reader, merge, plan.since) if plan.since else 0
    before = merge.changes().get("updated", 0)
    compares = plan.read_as == "comparison"
    unreadable += _compare(reader, merge, contents=compares)
    # That a row came or went its id would have told.
    healed = merge.changes().get("updated", 0) - before if compares and plan.since else 0
    return Found(unreadable, healed)


def _take_changes(reader: TableReader, merge: Merge, last: Cursor) -> int:
    since = read_from(reader.mapping, last)
    changed = None if since is None else changed_since(reader, last.kind, since)
    return merge.take(reader.rows(changed))


def _compare(reader: TableReader, merge: Merge, *, contents: bool) -> int:
    """Find which rows came and went, by their ids, and with `contents` all that differs."""
    if not reader.dialect.hashes:
        return _compare_one_by_one(reader, merge, contents)
    theirs = reader.sums(contents=contents)
    buckets = merge.differing(theirs, contents=contents)
    if not buckets:
        return 0
    if len(buckets) > _MANY:
        return _take_all(reader, merge)
    unreadable = merge.take(reader.rows(reader.in_buckets(buckets)))
    merge.withdraw_unread(buckets)
    merge.expect_rows(sum(each.rows for each in theirs.values()))
    return unreadable


def _compare_one_by_one(reader: TableReader, merge: Merge, contents: bool) -> int:
    if contents or merge.withdraw_absent(reader.ids()):
        return _take_all(reader, merge)
    return 0


def _take_all(reader: TableReader, merge: Merge) -> int:
    unreadable = merge.take(_all_rows(reader))
    merge.withdraw_unread()
    return unreadable


def _all_rows(reader: TableReader) -> Iterator[pa.Table]:
    """All rows of a table in parts; what is not among them is gone, so none may be missing.

    Raises RollbookError if a database that is read at one moment has more than it gave.
    """
    read = 0
    for part in reader.rows():
        read += len(part)
        yield part
    if reader.dialect.hashes and read != (rows := reader.count()):
        raise RollbookError(
            f"Of {rows:,} rows of the application's table {reader.mapping.table} the database gave "
            f"{read:,}; nothing of it was taken over. See which limit of the database, or of a "
            "proxy before it, cuts off the rows of this user, and lift it."
        )
