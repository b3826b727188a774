"""A missing day of sync is visible: the check of how old each district's last complete sync is."""

from datetime import UTC, datetime

import dagster as dg

from orchestration.lib.freshness import Freshness, freshness
from orchestration.lib.home import current_home
from orchestration.lib.resources import WAREHOUSE_POOL
from orchestration.lib.settings import fresh_hours


@dg.asset_check(
    asset=dg.AssetKey(["ops", "syncs"]),
    name="every_district_is_fresh",
    additional_deps=[dg.AssetKey(["published", "rollbook"])],
    pool=WAREHOUSE_POOL,
    description="The last complete sync of each district is recent, unless the district is paused.",
)
def every_district_is_fresh() -> dg.AssetCheckResult:
    """Ask the published file, after it was published or at any other time; nothing is locked."""
    now = datetime.now(UTC).replace(tzinfo=None)
    found = freshness(current_home(), now)
    stale = [each for each in found if each.stale]
    return dg.AssetCheckResult(
        passed=not stale,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "limit_hours": fresh_hours(),
            "stale_districts": [each.district_id for each in stale],
            "districts": dg.MetadataValue.table([_record(each) for each in found]),
        },
    )


def _record(each: Freshness) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "district_id": each.district_id,
            "hours_since_complete": "never" if each.hours is None else str(each.hours),
            "paused": str(each.paused),
            "fresh": str(not each.stale),
        }
    )
