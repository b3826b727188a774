"""What the raw tables must hold when some walks of a district counted and others did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from tests.history_oracle.changelog import log
from tests.history_oracle.contract import OBJECTS
from tests.history_oracle.oracle import Moment

Rows = Sequence[tuple[Any, ...]]

#: Every row, whether or not a line in `syncs` makes it visible: who failed leaves none.
_LOG = " union all ".join(
    f"select observed_at, district_id, '{name}', id, change from warehouse.clever_raw.{name}"
    for name in OBJECTS
)
_COMPLETE = """
    select observed_at, district_id, records_seen, created, updated, archived, restored
    from warehouse.clever_raw.syncs where status = 'complete'
"""
#: Only a complete sync changes anything; any other says why it is none.
_INCOHERENT = """
    from warehouse.clever_raw.syncs
    where status <> 'complete' and (created + updated + archived + restored > 0 or error is null)
"""


def expect_log(
    connection: duckdb.DuckDBPyConnection, moments: Mapping[str, Sequence[Moment]]
) -> None:
    """The log has the changes between the moments of each district that counted, and no other."""
    rows, lines = [], []
    for district_id, counted in moments.items():
        for moment, gain in zip(counted, log(counted), strict=True):
            rows += [(moment.at, district_id, *change) for change in gain]
            lines.append((moment.at, district_id, _seen(moment), *_counts(gain)))
    expect_same("the log", rows, connection.execute(_LOG).fetchall())
    expect_same("complete syncs", lines, connection.execute(_COMPLETE).fetchall())
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
