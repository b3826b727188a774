"""Records that could not be kept are told on the day: how many of which list, and why most were."""

import dagster as dg
import duckdb

from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource

#: Of this run: what was rejected of each list, whether or not the sync was taken over. The share is
#: of the records shown.
_REJECTED = """
    select turnover.district_id, turnover.object, turnover.rejected, syncs.status,
        coalesce(turnover.limit_hit, (
            select string_agg(reason || ' (' || number || ')', ', ' order by number desc, reason)
            from (
                select reason, count(*) as number from clever_raw.rejected_records as records
                where records.sync_id = turnover.sync_id and records.object = turnover.object
                    and records.district_id = turnover.district_id
                group by reason
            ) as reasons
        )) as why
    from clever_raw.turnover
    join clever_raw.syncs using (sync_id, district_id)
    where syncs.run_id = ? and turnover.rejected > 0
    order by all
"""


@dg.asset_check(
    asset=["clever_raw", "rejected_records"],
    name="every_record_is_kept",
    pool=WAREHOUSE_POOL,
    description="Warns of records that this run could not keep; known ones stay as they were.",
)
def every_record_is_kept(
    context: dg.AssetCheckExecutionContext, home: HomeResource
) -> dg.AssetCheckResult:
    """Name each district and list with rejected records, their number and the reasons."""
    with duckdb.connect(str(home.home.warehouse), read_only=True) as warehouse:
        lines = warehouse.execute(_REJECTED, [context.run.run_id]).fetchall()
    return dg.AssetCheckResult(
        passed=not lines,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(
            f"{district_id}: {rejected:,} of {name} rejected ({status})"
            for district_id, name, rejected, status, _ in lines
        ),
        metadata={f"{district_id} {name}": why or "" for district_id, name, _, _, why in lines},
    )
