"""History and marts: dbt's models as assets, its tests as asset checks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtProject,
    dbt_assets,
)
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from dlt_sources.application.changelog import make_tables as make_application_tables
from dlt_sources.clever import clever_pipeline, make_tables
from dlt_sources.errors import clause
from expectations.process import SuiteRunner
from orchestration.lib.building import build_and_judge
from orchestration.lib.dbt_runner import NodeResult, manifest
from orchestration.lib.matching_counts import Counts, counts_of_build
from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource
from orchestration.lib.watermark import plan_build

Event = dg.MaterializeResult[Any] | dg.AssetCheckResult


class Translator(DagsterDbtTranslator):
    """Groups the models by their folder, so that the graph reads raw, staging, history,
    matching, marts."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder below `models`: staging, history, matching or marts."""
        return str(dbt_resource_props["fqn"][1])

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """A test, as a check that does not gate: the step itself fails when a test does.

        Dagster would otherwise warn of every test that a day without changes need not run.
        """
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec._replace(blocking=False) if spec else None


class TransformConfig(dg.Config):
    """How the histories are derived."""

    rebuild: bool = False


TRANSLATOR = Translator(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))


@dbt_assets(
    manifest=manifest(),
    dagster_dbt_translator=TRANSLATOR,
    name="history",
    pool=WAREHOUSE_POOL,
    exclude="resource_type:unit_test",
)
def history(
    context: dg.AssetExecutionContext,
    config: TransformConfig,
    home: HomeResource,
    suites: dg.ResourceParam[SuiteRunner],
) -> Iterator[Event]:
    """Derive every history from the log, and judge it; a day without changes only says so.

    A district whose rows fail a blocking test or suite is refused, and the others are built. Raises
    dg.Failure when a model fails, or a test for no district's rows; nothing is published then.
    """
    plan = plan_build(home.home, config.rebuild)
    if plan.full:
        make_tables(clever_pipeline(home.home.root))
        make_application_tables(home.home.warehouse)
    results: Sequence[NodeResult] = ()
    if plan.needed:
        run_id, warn = context.run.run_id, context.log.warning
        results = build_and_judge(home.home, plan, suites, run_id, warn).results
    counts = counts_of_build(home.home) if _is_matched_anew(results) else {}
    yield from _events(context, {result.unique_id: result for result in results}, counts)
    _stop_on_failure(results)


#: What the published file is made of; it waits for them and for their blocking checks.
PUBLISHED_MODELS = tuple(
    spec.key for spec in history.specs if spec.group_name in ("history", "matching", "marts")
)


def _events(
    context: dg.AssetExecutionContext, results: Mapping[str, NodeResult], counts: Counts
) -> Iterator[Event]:
    """One event per asset, parents first, as Dagster demands; then one per test that ran.

    With `counts` the UI draws how accounts stand over time, for each table of matching.
    """
    models = {
        TRANSLATOR.get_asset_spec(manifest(), unique_id, None).key: unique_id
        for unique_id, node in manifest()["nodes"].items()
        if node["resource_type"] == "model"
    }
    for key in context.job_def.asset_layer.asset_graph.toposorted_asset_keys:
        if key in models and key in context.selected_asset_keys:
            result = results.get(models[key])
            counted = counts.get(key.path[-1], {}) if key.path[0] == "matching" else {}
            if result is None and key in PUBLISHED_MODELS:
                yield dg.MaterializeResult(asset_key=key, metadata={"unchanged": True, **counted})
            elif result is not None and result.ok:
                metadata = {"seconds": result.seconds, **counted}
                yield dg.MaterializeResult(asset_key=key, metadata=metadata)
    for result in results.values():
        check = get_asset_check_key_for_test(manifest(), TRANSLATOR, result.unique_id, None)
        if check is not None and result.status != "skipped":
            yield _check_result(check, result)


def _check_result(check: dg.AssetCheckKey, result: NodeResult) -> dg.AssetCheckResult:
    severity = (
        dg.AssetCheckSeverity.WARN if result.status == "warn" else dg.AssetCheckSeverity.ERROR
    )
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=result.status == "pass",
        severity=severity,
        metadata={"failing_rows": result.failures or 0, "seconds": result.seconds},
    )


def _is_matched_anew(results: Sequence[NodeResult]) -> bool:
    """Whether the build is well and has made a table of matching: its counts may be others."""
    made = (result.unique_id for result in results if result.status == "success")
    return all(map(_is_well, results)) and any(
        "matching" in manifest()["nodes"][unique_id]["fqn"] for unique_id in made
    )


def _is_well(result: NodeResult) -> bool:
    return result.ok or result.status == "skipped"


def _stop_on_failure(results: Sequence[NodeResult]) -> None:
    failed = [result for result in results if not _is_well(result)]
    if failed:
        reasons = "; ".join(_told(result) for result in failed[:5])
        raise dg.Failure(
            f"{len(failed)} of {len(results)} models and tests failed, the published roster "
            f"stays as it was. {reasons}.",
            allow_retries=False,
        )


def _told(result: NodeResult) -> str:
    """What failed, for how many rows, and what to do where a test knows that."""
    remedy = manifest()["nodes"][result.unique_id]["config"].get("meta", {}).get("remedy")
    if not remedy:
        return f"{result.name}: {clause(result.reason)}"
    return f"{result.name}: {result.failures or 0:,} rows. {clause(remedy)}"
