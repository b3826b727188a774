"""The certification as an asset: a replay in a process of its own, and a check for every case."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from dlt_sources.certification.catalogue import Case, cases
from expectations.certification.verdicts import Verdict
from orchestration.certification.results import RESULTS, read_results
from orchestration.lib.home import current_home
from orchestration.lib.settings import PROJECT_ROOT

GROUP = "certification"
_REPORT = dg.AssetKey([GROUP, "report"])


@dg.asset(
    key=_REPORT,
    group_name=GROUP,
    kinds={"duckdb", "dbt"},
    description="Every certification case, replayed in a scratch home beside the live one.",
)
def certification_report() -> dg.MaterializeResult[Any]:
    """Run `rollbook certify`; raises dg.Failure when it could not be run to its end."""
    folder = _folder()
    (folder / RESULTS).unlink(missing_ok=True)
    # A process of its own: the replay is forty runs of the daily job, with settings of their own.
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "certify"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "ROLLBOOK_HOME": str(current_home().root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if not (folder / RESULTS).exists():
        raise dg.Failure(f"The replay ended early: {ended.stderr.strip()[-500:]}")
    return dg.MaterializeResult(metadata=_links(folder))


def _name(case: Case) -> str:
    return f"case_{case.id}"


@dg.multi_asset_check(
    name="certification_cases",
    specs=[
        dg.AssetCheckSpec(_name(case), asset=_REPORT, description=f"{case.title}: {case.must}")
        for case in cases()
    ],
)
def certification_cases() -> Iterator[dg.AssetCheckResult]:
    """Tell how each case came out: what was expected, and what was found instead."""
    folder = _folder()
    verdicts = {verdict.case: verdict for verdict in read_results(folder / RESULTS)}
    yield from (_result(case, verdicts[case.id], folder) for case in cases())


def _result(case: Case, verdict: Verdict, folder: Path) -> dg.AssetCheckResult:
    metadata: dict[str, Any] = {"facts": verdict.asked, **_links(folder)}
    if verdict.needs:
        metadata["waits_for"] = verdict.needs
    if verdict.wrong:
        records = [
            dg.TableRecord({"fact": each.fact, "expected": each.expected, "found": each.found})
            for each in verdict.wrong
        ]
        metadata["not_as_expected"] = dg.MetadataValue.table(records)
    fails = verdict.outcome == "fails"
    return dg.AssetCheckResult(
        asset_key=_REPORT,
        check_name=_name(case),
        passed=verdict.outcome == "holds",
        severity=dg.AssetCheckSeverity.ERROR if fails else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _folder() -> Path:
    return current_home().reports / GROUP


def _links(folder: Path) -> dict[str, Any]:
    return {
        "report": dg.MetadataValue.url((folder / "report.html").as_uri()),
        "data_docs": dg.MetadataValue.url((folder / "data_docs" / "index.html").as_uri()),
    }
