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


#: Every sync's line as it stands now; what was taken back is not complete.
CURRENT_SYNCS = "warehouse.staging.stg_clever__syncs"

#: The records in the log whose ID belongs to another district: they count for nobody.
FOREIGN_RECORDS = "warehouse.staging.stg_clever__foreign_records"

#: More records than any list has.
ANY_NUMBER = 1_000_000_000_000

#: The lines of what was taken back, of which nothing needs to hold any more.
TAKEN_BACK = f"""
  select sync_id, district_id from {CURRENT_SYNCS} where status in ('refused', 'retracted')"""


def last_complete_sync() -> str:
    """Of each district the last complete sync, which is what its records must agree with."""
    return f"""
  select district_id, max(sync_id) as sync_id
  from {CURRENT_SYNCS}
  where status = 'complete'
  group by district_id"""


def shown_in_latest_sync() -> str:
    """Of each list in the sync of CTE `latest`: the records seen, and how many were refused.

    A record that is refused (it names another district, say) is not seen, but if it was known it is
    present all the same, as it was: see `agrees`. If one told no ID, nothing of its list is gone:
    any number of those not seen may be present. One whose ID belongs to another district counts
    for nobody, but a sync of an older version may have counted it.
    """
    return f"""
  select object, district_id,
    seen - coalesce(foreigners, 0) as seen, refused + coalesce(foreigners, 0) as refused
  from (
    select object, district_id, seen,
      case when count(reason) > count(id) then {ANY_NUMBER} else count(distinct id) end as refused
    from warehouse.clever_raw.sync_counts
    semi join latest using (sync_id, district_id)
    left join warehouse.clever_raw.rejected_records using (sync_id, district_id, object)
    group by all
  ) as counted
  left join (
    select object, district_id, count(*) as foreigners from {FOREIGN_RECORDS} group by all
  ) as foreign_records using (object, district_id)"""


def agrees(present: str) -> str:
    """The number that `present` must be: as many as were seen, or more by some of the refused."""
    return (
        f"greatest(coalesce(seen, 0), least(coalesce({present}, 0), coalesce(seen + refused, 0)))"
    )
