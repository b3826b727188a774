"""Great Expectations' part: an expectation a case, a suite a table, and their documentation.

The second place that touches Great Expectations; the first is `expectations.judge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from dlt_sources.certification.catalogue import Case
from expectations.certification.docs import keep_to_itself
from expectations.certification.verdicts import Finding, Verdict
from expectations.judge import load_great_expectations

TABLES = {
    "A": "Scenarios of Clever's certification sandbox with known numbers",
    "B": "Further oddities of Clever's certification sandbox",
    "C": "Cases stated by Clever's documentation",
    "D": "Further shapes of data",
    "F": "Life over the days",
    "M": "Existing users, districts and schools meet Clever",
    "L": "The same under a new Clever ID",
    "P": "What people do in the application, and what a sync leaves of it",
}


def judge(cases: Sequence[Case], findings: Sequence[Finding], docs: Path) -> list[Verdict]:
    """Judge every case by its findings, and write Data Docs into the folder `docs`.

    A case with a finding that is not as expected fails, one without any finding waits.
    """
    failing = _judged(cases, findings, docs)
    keep_to_itself(docs, {_suite(table): title for table, title in TABLES.items()})
    return [_verdict(case, findings, case.id in failing) for case in cases]


def _verdict(case: Case, findings: Sequence[Finding], fails: bool) -> Verdict:
    own = [finding for finding in findings if finding.case == case.id]
    if fails:
        wrong = tuple(finding for finding in own if not finding.holds)
        return Verdict(case.id, "fails", len(own), wrong)
    if not own:
        return Verdict(case.id, "waits", 0, needs=case.needs or "days that were not replayed")
    return Verdict(case.id, "holds", len(own))


def _suite(table: str) -> str:
    return f"certification_{table}"


@cache
def case_expectation() -> type[Any]:
    """The expectation of a case, made when Great Expectations is first needed."""
    gx = load_great_expectations()

    class ExpectCaseToHold(gx.expectations.ExpectColumnPairValuesToBeEqual):  # type: ignore[misc, name-defined]
        """Expect every fact of a certification case to be found as the catalogue says."""

        column_A: str = "expected"  # noqa: N815
        column_B: str = "found"  # noqa: N815

    return ExpectCaseToHold


def _judged(cases: Sequence[Case], findings: Sequence[Finding], docs: Path) -> set[str]:
    """The cases that fail."""
    context = _context(docs)
    failing: set[str] = set()
    for table, title in TABLES.items():
        own = [case for case in cases if case.table == table]
        rows = [finding for finding in findings if finding.case in {case.id for case in own}]
        if rows:
            failing |= _judged_table(context, _suite(table), title, own, rows)
    return failing


def _judged_table(
    context: Any, name: str, title: str, cases: Sequence[Case], findings: Sequence[Finding]
) -> set[str]:
    gx = load_great_expectations()
    executed = {finding.case for finding in findings}
    suite = gx.ExpectationSuite(
        name=name,
        notes=title,
        expectations=[_expectation(case) for case in cases if case.id in executed],
    )
    asset = context.data_sources.add_pandas(name).add_dataframe_asset("findings")
    validation = gx.ValidationDefinition(
        name=name,
        data=asset.add_batch_definition_whole_dataframe("all"),
        suite=context.suites.add(suite),
    )
    checkpoint = gx.Checkpoint(
        name=name,
        validation_definitions=[context.validation_definitions.add(validation)],
        actions=[gx.checkpoint.UpdateDataDocsAction(name="docs")],
        result_format={"result_format": "SUMMARY"},
    )
    result = context.checkpoints.add(checkpoint).run({"dataframe": _frame(findings)})
    return {
        str(each.expectation_config.meta["case"])
        for validated in result.run_results.values()
        for each in validated.results
        if not each.success
    }


def _expectation(case: Case) -> Any:
    from great_expectations.expectations.row_conditions import Column

    return case_expectation()(
        row_condition=Column("case") == case.id,
        description=f"{case.id}: {case.title}. {case.must}.",
        meta={"case": case.id},
    )


def _frame(findings: Sequence[Finding]) -> pd.DataFrame:
    columns = ("case", "fact", "expected", "found")
    return pd.DataFrame([{name: getattr(each, name) for name in columns} for each in findings])


def _context(docs: Path) -> Any:
    gx = load_great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    for site in list(context.get_site_names()):
        context.delete_data_docs_site(site)
    context.add_data_docs_site(
        site_name="certification",
        site_config={
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(docs.resolve()),
            },
        },
    )
    return context
