"""Everything Dagster knows of Rollbook. Loads without secrets, network or a database."""

import dagster as dg

from orchestration.defs.application import application_sync
from orchestration.defs.ingest import clever_sync
from orchestration.defs.publish import published
from orchestration.defs.quality import every_district_is_complete, roster_suites
from orchestration.defs.schedules import daily, nightly, rebuild
from orchestration.defs.transform import history
from orchestration.lib.resources import HomeResource, progress_in_log, suite_runner

defs = dg.Definitions(
    assets=[clever_sync, application_sync, history, published],
    asset_checks=[every_district_is_complete, roster_suites],
    jobs=[daily, rebuild],
    schedules=[nightly],
    resources={
        "home": HomeResource(),
        "progress": progress_in_log,
        "suites": suite_runner,
    },
    # One process a run: its steps share one lock on the home and one import of everything.
    executor=dg.in_process_executor,
)
