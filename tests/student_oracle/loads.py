"""What a load of the application must find, table by table, by the promises of its README.

Of a row that changed in secret a load may still say what was known before: then the log's word is
taken, and the next comparison must find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from dlt_sources.application.changelog import LoadLine

from .application import COLUMNS, Application, Line, Table, cursor
from .past import Past, Row

_OVERLAP, _LENIENCE = timedelta(hours=1), timedelta(days=1)
_EARLIEST = datetime(1000, 1, 1)
_DUE = {"daily": timedelta(hours=20), "weekly": timedelta(days=6, hours=20)}
_OF_NO_TIMES = ("bigint", "any number", "words")
#: So many rows with the greatest cursors are read at every load: few, so that some are left out.
NEWEST = 5


@dataclass(frozen=True)
class Logged:
    """What the log says of a row in one load."""

    change: str
    says: Row


@dataclass
class Known:
    """How a table stood after its last complete load: how it was read, and up to which cursor.

    `mark` is the cursor of the row that is `NEWEST`th from the end, if there is one. `is_unclear`
    if rows were left out of it.
    """

    read_with: Any = None
    last: Any = None
    mark: Any = None
    compared_at: datetime | None = None
    is_unclear: bool = False


@dataclass(frozen=True)
class Expected:
    """What a load of a table has to do: how to read it, which rows only a comparison finds.

    And how many have a cursor of the future.
    """

    read_as: str
    hidden: set[str]
    ahead: int


@dataclass
class Loads:
    """What is known of each table; `judge` compares each load with what it promises."""

    known: dict[str, Known] = field(default_factory=dict)

    def judge(
        self, application: Application, past: Past, home: Path, line: LoadLine, *, asked: bool
    ) -> None:
        """Compare a line and what it appended with what was to be found, and tell the past."""
        table = application.tables[line.table_name]
        where = f"{table.name} of load {line.load_id} in {application.backend} ({line.read_as})"
        if table.is_broken:
            assert line.status == "failed" and table.called in str(line.error), where
            return
        assert line.status == "complete", f"{where}: {line.error}"
        expected = self.plan(application, table, past, line.observed_at, asked)
        logged = _logged(home, table.name, line.load_id)
        should = _changes(table, past, expected, logged)
        wrong = {id_ for id_ in {*should, *logged} if should.get(id_) != logged.get(id_)}
        told = [f"{id_}: {logged.get(id_)}, not {should.get(id_)}" for id_ in sorted(wrong)[:3]]
        assert not wrong, f"{where} ({line.read_because}):\n" + "\n".join(told)
        counts = _expected_counts(table, expected, should)
        counted = {name: getattr(line, name) for name in counts}
        odd = [
            f"{name} {counted[name]}, not {n}" for name, n in counts.items() if counted[name] != n
        ]
        assert not odd, f"{where} ({line.read_because}): {', '.join(odd)}"
        self._tell(table, past, line.observed_at, should)

    def plan(
        self, application: Application, table: Table, past: Past, at: datetime, asked: bool
    ) -> Expected:
        """How a table is to be read at a time (UTC), and what is known of it after that."""
        known = self.known.setdefault(table.name, Known())
        read_with = (application.place, table.read_with)
        is_of_times = table.types["changed_at"] not in _OF_NO_TIMES
        cursors = _cursors(table, at, is_of_times) if table.has_cursor else []
        now = Known(
            read_with,
            last=cursors[0] if cursors else None,
            mark=cursors[NEWEST - 1] if len(cursors) >= NEWEST else None,
            is_unclear=table.left_out > 0,
        )
        is_lost = table.has_lost_index and bool(_present(past, table.name))
        table.has_lost_index = False
        read_as = "whole" if is_lost else _read_as(table, known, now, at, asked)
        hidden = set()
        if read_as != "whole" and known.mark is not None:
            since = _since(known.mark, application.backend, is_of_times)
            hidden = {
                id_
                for id_, line in table.rows.items()
                if not _told(table, line, since, is_of_times)
            }
        now.compared_at = known.compared_at if read_as == "changes" else at
        self.known[table.name] = now
        is_told = table.has_cursor and is_of_times
        ahead = [line for line in table.lines if is_told and _is_ahead(line, at)]
        return Expected(read_as, hidden, len(ahead))

    def _tell(self, table: Table, past: Past, at: datetime, changes: Mapping[str, Logged]) -> None:
        present = _present(past, table.name)
        for id_, logged in changes.items():
            present.pop(id_, None)
            if logged.change != "withdrawn":
                present[id_] = logged.says
        gone = {id_: each.says for id_, each in changes.items() if each.change == "withdrawn"}
        past.tell(table.name, at, present, gone)


def _read_as(table: Table, known: Known, now: Known, at: datetime, asked: bool) -> str:
    if known.read_with != now.read_with or known.is_unclear or now.is_unclear:
        return "whole"
    if None not in (known.last, now.last) and type(known.last) is not type(now.last):
        return "whole"
    due = _DUE.get(table.reconcile)
    if known.compared_at is None or (due and at - known.compared_at >= due) or asked:
        return "comparison"
    if known.last is None or now.last is None:
        return "comparison"
    fell = [now.last < known.last]
    if None not in (known.mark, now.mark):
        fell.append(now.mark < known.mark)
    return "comparison" if any(fell) else "changes"


def _cursors(table: Table, at: datetime, is_of_times: bool) -> list[Any]:
    """The cursors that tell something, the greatest first; of times those not after the load."""
    lines = [line for line in table.lines if line.at is not None]
    if is_of_times:
        lines = [line for line in lines if line.at and _EARLIEST <= line.at <= at]
    return sorted((cursor(table, line) for line in lines), reverse=True)


def _since(last: Any, backend: str, is_of_times: bool) -> Any:
    if not is_of_times or isinstance(last, int):
        return last
    if isinstance(last, datetime):
        return last - _OVERLAP
    if isinstance(last, date):
        since = datetime.combine(last, datetime.min.time()) - _OVERLAP
        # SQLite compares texts: a day is before all its hours.
        return since.date() + timedelta(days=1) if backend == "sqlite" else since.date()
    return (datetime.fromisoformat(last) - _OVERLAP).isoformat(sep=" ")


def _told(table: Table, line: Line, since: Any, is_of_times: bool) -> bool:
    """Whether a row's cursor says that it may have changed, or nothing."""
    if line.at is None or (is_of_times and line.at < _EARLIEST):
        return True
    told = cursor(table, line)
    # In SQLite a text is after every number.
    return bool(told >= since) if type(told) is type(since) else isinstance(told, datetime)


def _changes(
    table: Table, past: Past, expected: Expected, logged: Mapping[str, Logged]
) -> dict[str, Logged]:
    """What the log has to say of this load: nothing of an ID that more than one row has."""
    before = _present(past, table.name)
    ever = past.told.get(table.name, {})
    found: dict[str, Logged] = {}
    for id_, line in table.rows.items():
        means, is_gone = table.means(line), line.is_gone and table.has_marks
        if id_ in table.doubles or (id_ not in before and is_gone and id_ in ever):
            continue
        if is_gone:
            found[id_] = Logged("withdrawn", means)
        elif id_ not in before:
            found[id_] = Logged("restored" if id_ in ever else "created", means)
        elif before[id_] != means:
            is_secret = expected.read_as == "changes" and id_ in expected.hidden
            if not is_secret or id_ in logged:
                found[id_] = Logged("updated", means)
    absent = before.keys() - table.rows.keys()
    return found | {id_: Logged("withdrawn", dict(before[id_])) for id_ in absent}


def _present(past: Past, name: str) -> dict[str, Row]:
    tellings = {id_: told[-1] for id_, told in past.told.get(name, {}).items()}
    return {id_: dict(last.row) for id_, last in tellings.items() if not last.is_gone}


def _logged(home: Path, name: str, load_id: int) -> dict[str, Logged]:
    columns = COLUMNS[name]
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            f"select id, change, {', '.join(columns)} from application_raw.{name} "
            "where load_id = ?",
            [load_id],
        ).fetchall()
    found = {row[0]: Logged(row[1], dict(zip(columns, row[2:], strict=True))) for row in rows}
    assert len(found) == len(rows), f"a load says two things of a row of {name}"
    return found


def _expected_counts(
    table: Table, expected: Expected, changes: Mapping[str, Logged]
) -> dict[str, Any]:
    changed = [each.change for each in changes.values()]
    by_change = {
        name: changed.count(name) for name in ("created", "updated", "restored", "withdrawn")
    }
    healed = [id_ for id_, each in changes.items() if each.change == "updated"]
    healed = [id_ for id_ in healed if id_ in expected.hidden]
    read = [table.rows[id_] for id_ in changes if id_ in table.rows]
    return {
        **by_change,
        "present": len(_shown(table)),
        "left_out": table.left_out,
        "unreadable": sum(map(table.unreadable, read)),
        "cursors_ahead": expected.ahead,
        "healed": len(healed) if expected.read_as == "comparison" else 0,
        "read_as": expected.read_as,
    }


def _shown(table: Table) -> set[str]:
    """The IDs of the rows that are there, and are no double."""
    there = {id_ for id_, each in table.rows.items() if not (each.is_gone and table.has_marks)}
    return there - table.doubles


def _is_ahead(line: Line, at: datetime) -> bool:
    return line.at is not None and line.at > at + _LENIENCE
