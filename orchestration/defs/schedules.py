"""The jobs, and when they run by themselves."""

import dagster as dg

from dlt_sources.time_zones import time_zones
from orchestration.defs.certification import GROUP
from orchestration.defs.freshness import every_district_is_fresh
from orchestration.defs.retraction import clever_retraction
from orchestration.defs.transform import history
from orchestration.lib.resources import failure_is_noted

#: Every night is one of the organisation's, daylight saving time included.
_ZONE = time_zones().default.key

daily = dg.define_asset_job(
    "daily",
    # A retraction is a person's decision, in a job of its own.
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.groups(GROUP)
    - dg.AssetSelection.assets(*clever_retraction.keys),
    description="Walk every district, derive history, check, publish.",
    hooks={failure_is_noted},
    # A repetition by Dagster would walk Clever again in the middle of the day; a person decides.
    tags={"dagster/max_retries": "0"},
)

rebuild = dg.define_asset_job(
    "rebuild",
    selection=dg.AssetSelection.assets(*history.keys).downstream(),
    config=dg.RunConfig(ops={"history": {"config": {"rebuild": True}}}),
    description="Derive all history again from the log, check, publish; Clever is not asked.",
    hooks={failure_is_noted},
    tags={"dagster/max_retries": "0"},
)

certification = dg.define_asset_job(
    "certification",
    selection=dg.AssetSelection.groups(GROUP),
    description="Replay the certification dataset, check every case, write the report.",
    tags={"dagster/max_retries": "0"},
)

freshness = dg.define_asset_job(
    "freshness",
    selection=dg.AssetSelection.checks(every_district_is_fresh),
    description="Look whether a district's last complete sync is too old; Clever is not asked.",
)

weekly = dg.ScheduleDefinition(
    name="weekly",
    job=certification,
    cron_schedule="0 6 * * 0",
    execution_timezone=_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

hourly = dg.ScheduleDefinition(
    name="hourly",
    job=freshness,
    # Apart from the full hour, when the nightly run begins.
    cron_schedule="30 * * * *",
    # The daily job checks it too, but a night on which that job does not run must be seen as well.
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=daily,
    cron_schedule="0 2 * * *",
    execution_timezone=_ZONE,
    # On from the first start: a roster that silently does not sync is the worse surprise.
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
