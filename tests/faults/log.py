"""What the raw tables must hold when some walks of a district counted and others did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import duckdb

from tests.history_oracle.changelog import ChangeLog
from tests.history_oracle.contract import OBJECTS
from tests.history_oracle.oracle import Moment

Rows = Sequence[tuple[Any, ...]]

#: Every row, whether or not a line in `syncs` makes it visible: who failed leaves none.
_LOG = " union all ".join(
    f"select sync_id, observed_at, district_id, '{name}', id, change "
    f"from warehouse.clever_raw.{name}"
    for name in OBJECTS
)
_COMPLETE = """
    select sync_id, observed_at, district_id, records_seen, created, updated, archived, restored
    from warehouse.clever_raw.syncs where status = 'complete'
"""
_HELD = "select sync_id, district_id from warehouse.clever_raw.syncs where status = 'held'"
_REJECTED = "select sync_id, district_id, object, id from warehouse.clever_raw.rejected_records"
#: Only a complete sync changes anything; any other says why it is none.
_INCOHERENT = """
    from warehouse.clever_raw.syncs
    where status <> 'complete' and (created + updated + archived + restored > 0 or error is null)
"""


def expect_log(connection: duckdb.DuckDBPyConnection, model: ChangeLog) -> None:
    """The log has what every sync that was taken over changed, and nothing else.

    What was taken back is still there: only its readers pass it over.
    """
    rows, lines, rejected = [], [], []
    for entry in model.entries:
        if entry.status == "complete":
            moment, sync = entry.moment, (entry.sync, entry.district_id)
            when = (entry.sync, moment.at, entry.district_id)
            rows += [(*when, *change) for change in entry.gain]
            lines.append((*when, _seen(moment), *_counts(entry.gain)))
            rejected += [(*sync, *record) for record in moment.rejected]
    held = [(each.sync, each.district_id) for each in model.entries if each.status == "held"]
    expect_same("the log", rows, connection.execute(_LOG).fetchall())
    expect_same("complete syncs", lines, connection.execute(_COMPLETE).fetchall())
    expect_same("rejected records", rejected, connection.execute(_REJECTED).fetchall())
    expect_same("held syncs", held, connection.execute(_HELD).fetchall())
    assert not connection.execute(_INCOHERENT).fetchall()


def _seen(moment: Moment) -> int:
    shown = {(name, id_) for name, records in moment.world.items() for id_ in records}
    return len(shown - moment.rejected)


def _counts(gain: Rows) -> tuple[int, ...]:
    kinds = Counter(change for _, _, change in gain)
    return tuple(kinds[kind] for kind in ("created", "updated", "removed", "restored"))


def expect_same(what: str, expected: Rows, actual: Rows) -> None:
    """The same rows in any order."""
    missing, surplus = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    assert not missing and not surplus, (
        f"{what}: {missing.total()} rows missing, such as {list(missing)[:4]}, "
        f"{surplus.total()} too many, such as {list(surplus)[:4]}"
    )
