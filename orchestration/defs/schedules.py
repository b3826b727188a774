"""The jobs, and when they run by themselves."""

import os

import dagster as dg

from orchestration.defs.transform import history

daily = dg.define_asset_job(
    "daily",
    selection=dg.AssetSelection.all(),
    description="Walk every district, derive history, check, publish.",
    # A repetition by Dagster would walk Clever again in the middle of the day; a person decides.
    tags={"dagster/max_retries": "0"},
)

rebuild = dg.define_asset_job(
    "rebuild",
    selection=dg.AssetSelection.assets(*history.keys).downstream(),
    config=dg.RunConfig(ops={"history": {"config": {"rebuild": True}}}),
    description="Derive all history again from the log, check, publish; Clever is not asked.",
    tags={"dagster/max_retries": "0"},
)

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=daily,
    cron_schedule="0 2 * * *",
    execution_timezone=os.environ.get("ROLLBOOK_TIME_ZONE", "UTC"),
    # On from the first start: a roster that silently does not sync is the worse surprise.
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
