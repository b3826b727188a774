"""Everything Dagster knows of Rollbook. Loads without secrets, network or a database."""

import dagster as dg

from orchestration.defs.application import application_sync
from orchestration.defs.certification import certification_cases, certification_report
from orchestration.defs.freshness import every_district_is_fresh
from orchestration.defs.ingest import clever_sync
from orchestration.defs.matching import match_suggestions
from orchestration.defs.publish import published
from orchestration.defs.quality import every_district_is_complete, roster_suites
from orchestration.defs.rejected import every_record_is_kept
from orchestration.defs.retraction import clever_retraction, take_back
from orchestration.defs.schedules import (
    certification,
    daily,
    freshness,
    hourly,
    nightly,
    rebuild,
    weekly,
)
from orchestration.defs.transform import history
from orchestration.lib.resources import HomeResource, progress_in_log, suite_runner

defs = dg.Definitions(
    assets=[
        clever_sync,
        clever_retraction,
        application_sync,
        history,
        published,
        match_suggestions,
        certification_report,
    ],
    asset_checks=[
        every_district_is_complete,
        every_district_is_fresh,
        every_record_is_kept,
        roster_suites,
        certification_cases,
    ],
    jobs=[daily, rebuild, take_back, certification, freshness],
    schedules=[nightly, hourly, weekly],
    resources={
        "home": HomeResource(),
        "progress": progress_in_log,
        "suites": suite_runner,
    },
    # One process a run: its steps share one lock on the home and one import of everything.
    executor=dg.in_process_executor,
)
