"""The published file: replaced as a whole, after everything before it has passed."""

from typing import Any

import dagster as dg

from orchestration.defs.transform import PUBLISHED_MODELS
from orchestration.lib.phases import phase
from orchestration.lib.published_file import publish
from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource
from orchestration.lib.watermark import note_build, plan_build
from orchestration.masking.renewing import renew_masked
from orchestration.report.files import renew_after_publish


@dg.asset(
    key=["published", "rollbook"],
    group_name="published",
    kinds={"duckdb"},
    deps=PUBLISHED_MODELS,
    pool=WAREHOUSE_POOL,
    description="rollbook.duckdb, which analysts read; swapped in at once, no reader is disturbed.",
)
def published(home: HomeResource) -> dg.MaterializeResult[Any]:
    """Publish what was built; note the build, so that an unchanged day need not repeat it.

    The masked copy, if it is wanted, is made of what was published, and so are the report's pages.
    What goes wrong with a page is told, and fails nothing.
    """
    with phase(home.home, "publish"):
        plan = plan_build(home.home)
        if plan.needed:
            note_build(home.home, plan.sync_id, plan.load_id)
        result = publish(home.home)
    with phase(home.home, "mask"):
        masked = renew_masked(home.home)
    with phase(home.home, "report"):
        report = renew_after_publish(home.home)
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(home.home.published)),
            "views": result.views,
            "macros": result.macros,
            "bytes": result.bytes,
            "removed": ", ".join(result.removed) or "nothing",
            "masked_copy": masked,
            "report": dg.MetadataValue.url(report.index.as_uri()),
            "report_pages": report.line,
            "report_trouble": report.trouble or "none",
        }
    )
