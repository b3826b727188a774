"""Taking back what was taken over by mistake: a job of its own, previewed before it happens."""

import getpass
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.defs.transform import history
from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource, failure_is_noted
from orchestration.lib.retracting import preview_retraction, previewed, retract


class RetractionConfig(dg.Config):
    """Which syncs of which districts to take back: from `since_sync_id` to the newest of each.

    Without `confirm` the run only shows what it would do. `made_by` is recorded, by default the
    user of the machine.
    """

    districts: list[str]
    since_sync_id: int
    reason: str
    confirm: bool = False
    made_by: str | None = None


@dg.multi_asset(
    name="clever_retraction",
    specs=[
        dg.AssetSpec(
            ["clever_raw", "retractions"],
            group_name="raw",
            kinds={"duckdb"},
            skippable=True,
            description="What was taken back of a district: readers of the log pass it over.",
        )
    ],
    pool=WAREHOUSE_POOL,
)
def clever_retraction(
    context: dg.AssetExecutionContext, config: RetractionConfig, home: HomeResource
) -> Iterator[dg.MaterializeResult[Any]]:
    """Append a retraction; without `confirm` only say what it would do, and stop there."""
    seen = preview_retraction(home.home, config.districts, config.since_sync_id, config.reason)
    text = previewed(seen)
    if not config.confirm:
        context.log.warning(f"{text}\nNothing was changed; set confirm to true to do it.")
        return
    made_by = config.made_by or getpass.getuser()
    numbers = retract(home.home, seen, config.reason, made_by, context.run.run_id)
    yield dg.MaterializeResult(
        metadata={"retractions": numbers, "what they did": dg.MetadataValue.text(text)}
    )


take_back = dg.define_asset_job(
    "retract",
    selection=dg.AssetSelection.assets(*clever_retraction.keys)
    | dg.AssetSelection.assets(*history.keys).downstream(),
    description="Take a district's syncs back from one on, derive all history again, publish.",
    hooks={failure_is_noted},
    tags={"dagster/max_retries": "0"},
)
