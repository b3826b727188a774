"""The Great Expectations suites as asset checks, between building and publishing."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from expectations.model import Check, CheckResult, Suite
from expectations.process import SuiteRunner
from expectations.suites import SUITES
from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource
from orchestration.lib.terminal import plain
from orchestration.lib.watermark import plan_build

#: The assets that stand for what a suite judges: both are read by nothing but publishing, so a
#: blocking check on them stops that and nothing else.
_JUDGED = {"warehouse": dg.AssetKey(["ops", "syncs"]), "build": dg.AssetKey(["roster", "students"])}


#: Nobody waits for a district that left for good.
_RETIRED = (
    "select district_id from clever_raw.retirements group by district_id "
    "having max_by(action, retirement_id) = 'retired'"
)


def _name(suite: str, check: str) -> str:
    return f"{suite}__{check}"


def _spec(suite: Suite, check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        _name(suite.name, check.name),
        asset=_JUDGED[suite.database],
        description=f"{suite.description}: {check.name.replace('_', ' ')}",
        blocking=check.severity == "error",
    )


@dg.asset_check(
    asset=["clever_raw", "syncs"],
    name="every_district_is_complete",
    pool=WAREHOUSE_POOL,
    # Whether a district is refused is known when all has been built and judged.
    additional_deps=[_JUDGED["build"]],
    description="Fails, and stops nothing, when this run could not take a district over.",
)
def every_district_is_complete(
    context: dg.AssetCheckExecutionContext, home: HomeResource
) -> dg.AssetCheckResult:
    """Name each district that is held, suspended, failed, inconsistent or refused; what to do."""
    with duckdb.connect(str(home.home.warehouse), read_only=True) as warehouse:
        lines = warehouse.execute(
            "select district_id, status, error from staging.stg_clever__syncs "
            f"where run_id = ? and status <> 'complete' and district_id not in ({_RETIRED}) "
            "order by district_id",
            [context.run.run_id],
        ).fetchall()
    return dg.AssetCheckResult(
        passed=not lines,
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(f"{plain(district)} is {status}" for district, status, _ in lines),
        metadata={f"{plain(district)} {status}": plain(error) for district, status, error in lines},
    )


@dg.multi_asset_check(
    name="roster_suites",
    specs=[_spec(suite, check) for suite in SUITES for check in suite.checks],
    pool=WAREHOUSE_POOL,
)
def roster_suites(
    home: HomeResource, suites: dg.ResourceParam[SuiteRunner]
) -> Iterator[dg.AssetCheckResult]:
    """Tell how what was built was judged; where nothing was built, what held before still holds.

    The build has judged it itself, to refuse single districts; a step that is run alone does here.
    """
    results = suites.last
    if results is None and (plan := plan_build(home.home)).needed:
        results = suites.judge(since=0 if plan.full else None)
    if results is not None:
        yield from (_result(result) for result in results)
    else:
        yield from (_unchanged(suite, check) for suite in SUITES for check in suite.checks)


def _result(result: CheckResult) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {"evaluated": result.evaluated, "unexpected": result.unexpected}
    if result.sample_ids:
        metadata["sample_ids"] = list(result.sample_ids)
    warns = result.severity == "warn"
    return dg.AssetCheckResult(
        asset_key=_asset(result.suite),
        check_name=_name(result.suite, result.check),
        passed=result.passed,
        severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
    )


def _unchanged(suite: Suite, check: Check) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=_JUDGED[suite.database],
        check_name=_name(suite.name, check.name),
        passed=True,
        metadata={"unchanged": True},
    )


def _asset(suite_name: str) -> dg.AssetKey:
    suite = next(suite for suite in SUITES if suite.name == suite_name)
    return _JUDGED[suite.database]
