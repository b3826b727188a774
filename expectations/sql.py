"""The few pieces of SQL that several suites share."""

from __future__ import annotations

from dlt_sources.clever.objects import CLEVER_OBJECTS


def every_log(columns: str) -> str:
    """The six change logs as one list, each row with the name of its object first."""
    return "\n  union all ".join(
        f"select '{item.name}' as object, {columns} from warehouse.clever_raw.{item.name}"
        for item in CLEVER_OBJECTS
    )


def counted(condition: str, column: str, key: str = "id") -> str:
    """Two aggregates: how many records meet the condition, and the ids of a few that do."""
    return (
        f"count(*) filter (where {condition}) as {column},\n"
        f"  min({key}, 5) filter (where {condition}) as {column}_ids"
    )


def last_complete_sync() -> str:
    """Of each district the last complete sync, which is what its records must agree with."""
    return """
  select district_id, max(sync_id) as sync_id
  from warehouse.clever_raw.syncs
  where status = 'complete'
  group by district_id"""


def shown_in_latest_sync() -> str:
    """Of each list in the sync of CTE `latest`: the records seen, and how many were refused.

    A record that is refused (it names another district, say) is not seen, but if it was known it is
    present all the same, as it was: see `agrees`.
    """
    return """
  select object, district_id, seen, count(distinct id) as refused
  from warehouse.clever_raw.sync_counts
  semi join latest using (sync_id, district_id)
  left join warehouse.clever_raw.rejected_records using (sync_id, district_id, object)
  group by all"""


def agrees(present: str) -> str:
    """The number that `present` must be: as many as were seen, or more by some of the refused."""
    return (
        f"greatest(coalesce(seen, 0), least(coalesce({present}, 0), coalesce(seen + refused, 0)))"
    )
