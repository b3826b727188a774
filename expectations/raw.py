"""Suites for the raw change log: well formed, and all of what Clever showed."""

from __future__ import annotations

from expectations.model import Suite, is_equal, is_one_of, is_present, is_zero
from expectations.sql import (
    CURRENT_SYNCS,
    FOREIGN_RECORDS,
    TAKEN_BACK,
    agrees,
    counted,
    every_log,
    last_complete_sync,
    shown_in_latest_sync,
)

_CHANGES = ("created", "updated", "restored", "removed")
#: What a walk ends as; what is taken back later says so instead, and is not looked at any more.
_STATUSES = ("complete", "held", "inconsistent", "suspended", "failed")
_CLEVER_ID = "^[0-9a-f]{24}$"


LOG = Suite(
    name="raw_log",
    description="Rows new in the change log carry what every reader of the log relies on",
    database="warehouse",
    # Not through visible rows: one that lost its district would be invisible for ever.
    queries=(
        f"""
with log as (
  {every_log("sync_id, id, district_id, change, hash, observed_at")}
),
committed as (
  select distinct sync_id from {CURRENT_SYNCS} where status = 'complete'
),
taken_back as ({TAKEN_BACK}
)
select
  object,
  district_id,
  coalesce(change, '') as change,
  count(*) as rows,
  min(id, 5) as rows_ids,
  {counted("id is null", "without_id")},
  {counted("district_id is null", "without_district")},
  {counted("hash is null and change <> 'removed'", "without_hash")},
  {counted("observed_at is null", "without_time")},
  {counted(f"not regexp_full_match(id, '{_CLEVER_ID}')", "unusual_id")}
from log
semi join committed using (sync_id)
anti join taken_back using (sync_id, district_id)
where sync_id > getvariable('watermark')
group by all
""",
    ),
    checks=(
        is_one_of("every_change_is_of_a_known_kind", "change", *_CHANGES),
        is_zero("every_change_names_its_record", "without_id"),
        is_zero("every_change_names_its_district", "without_district"),
        is_zero("every_change_has_its_hash", "without_hash"),
        is_zero("every_change_has_its_time", "without_time"),
        # Ids are text: an unusual one is kept and works, but says that Clever changed something.
        is_zero("every_id_looks_like_a_clever_id", "unusual_id", "warn"),
    ),
)

SYNCS = Suite(
    name="raw_syncs",
    description="Every new sync's line says what became of it and when",
    database="warehouse",
    queries=(
        f"""
with taken_back as ({TAKEN_BACK}
)
select
  district_id,
  run_id,
  observed_at,
  started_at,
  finished_at,
  coalesce(status, '') as status,
  coalesce(mode, '') as mode,
  1 as rows,
  [district_id] as rows_ids
from warehouse.clever_raw.syncs
anti join taken_back using (sync_id, district_id)
where sync_id > getvariable('watermark')
""",
    ),
    checks=(
        is_one_of("every_sync_ended_in_a_known_status", "status", *_STATUSES),
        is_one_of("every_sync_ran_in_a_known_mode", "mode", "full", "events"),
        is_present("every_sync_names_its_run", "run_id"),
        is_present("every_sync_has_its_time", "observed_at"),
        is_present("every_sync_has_a_start", "started_at"),
        is_present("every_sync_has_an_end", "finished_at"),
    ),
)

LOADS = Suite(
    name="raw_loads",
    description="The log holds as many changes of each sync as the walk counted",
    database="warehouse",
    queries=(
        f"""
with complete as (
  select sync_id, district_id
  from {CURRENT_SYNCS}
  where status = 'complete' and sync_id > getvariable('watermark')
),
log as (
  {every_log("sync_id, district_id, change")}
),
logged as (
  select sync_id, district_id, object, change, count(*) as logged
  from log
  semi join complete using (sync_id, district_id)
  group by all
),
counts as (
  select
    sync_id, district_id, object, created, updated, restored, archived as removed
  from warehouse.clever_raw.sync_counts
  semi join complete using (sync_id, district_id)
),
walked as (
  unpivot counts on created, updated, restored, removed into name change value walked
)
select
  district_id,
  object,
  change,
  coalesce(logged, 0) as logged,
  coalesce(walked, 0) as walked,
  greatest(logged, walked) as rows,
  abs(coalesce(logged, 0) - coalesce(walked, 0)) as astray,
  [district_id] as astray_ids
from logged
full join walked using (sync_id, district_id, object, change)
""",
    ),
    checks=(is_equal("every_change_was_loaded", "logged", "walked", "astray"),),
)


#: Every sighting adds one and every removal takes one, so no id needs to be looked at.
_PRESENT = """count(*) filter (where change in ('created', 'restored'))
    - count(*) filter (where change = 'removed')"""

PRESENT = Suite(
    name="raw_present",
    description="The ids the log says are present are as many as Clever showed",
    database="warehouse",
    queries=(
        f"""
with latest as ({last_complete_sync()}
),
log as (
  {every_log("sync_id, district_id, change, id")}
),
visible as (
  select object, district_id, change, id
  from log
  semi join latest using (district_id)
  semi join (
    select sync_id, district_id from {CURRENT_SYNCS} where status = 'complete'
  ) as complete using (sync_id, district_id)
),
foreigners as (
  select object, district_id, {_PRESENT} as present
  from visible
  semi join {FOREIGN_RECORDS} using (object, district_id, id)
  group by all
),
present as (
  select object, district_id, logged.present - coalesce(foreigners.present, 0) as present
  from (select object, district_id, {_PRESENT} as present from visible group by all) as logged
  left join foreigners using (object, district_id)
),
shown as ({shown_in_latest_sync()}
)
select
  district_id,
  object,
  coalesce(present, 0) as present,
  {agrees("present")} as agreed,
  greatest(present, seen) as rows,
  abs(coalesce(present, 0) - agreed) as astray,
  [district_id] as astray_ids
from present
full join shown using (object, district_id)
""",
    ),
    checks=(is_equal("as_many_are_present_as_clever_showed", "present", "agreed", "astray"),),
)

RAW_SUITES = (LOG, SYNCS, LOADS, PRESENT)
