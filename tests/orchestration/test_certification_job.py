"""The certification in Dagster: a job of its own, a check a case, links to what explains it."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dlt_sources.certification.catalogue import cases
from expectations.certification.verdicts import Finding, Verdict
from orchestration.certification.results import RESULTS, write_results
from orchestration.definitions import defs
from orchestration.defs.certification import certification_cases, certification_report

_WRONG = Finding("F1", "spells: section 601", "0-3", "0-4")


def _verdict(case: str) -> Verdict:
    special = {
        "F1": Verdict("F1", "fails", 3, (_WRONG,)),
        "F42": Verdict("F42", "waits", 0, needs="events"),
    }
    return special.get(case, Verdict(case, "holds", 2))


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dg.AssetCheckResult]:
    """The check results by name, of a certification in which F1 fails."""
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path))
    folder = tmp_path / "reports" / "certification"
    folder.mkdir(parents=True)
    write_results(folder / RESULTS, [_verdict(case.id) for case in cases()])
    results = certification_cases()
    assert isinstance(results, Iterator)
    return {result.check_name: result for result in results}


def test_every_case_is_a_check_of_the_certification_job() -> None:
    job = defs.resolve_job_def("certification")
    checks = {key.name for key in job.asset_layer.asset_graph.asset_check_keys}

    assert checks >= {f"case_{case.id}" for case in cases()}


def test_the_daily_job_certifies_nothing() -> None:
    job = defs.resolve_job_def("daily")

    assert "certification_cases" not in {node.name for node in job.all_node_defs}
    assert "ops__syncs_every_district_is_fresh" in {node.name for node in job.all_node_defs}


def test_a_case_that_fails_shows_expected_and_found(
    results: dict[str, dg.AssetCheckResult],
) -> None:
    failed = results["case_F1"]
    table = failed.metadata["not_as_expected"]
    assert isinstance(table, dg.TableMetadataValue)
    [record] = table.records

    assert not failed.passed
    assert failed.severity == dg.AssetCheckSeverity.ERROR
    assert record.data == {"fact": _WRONG.fact, "expected": "0-3", "found": "0-4"}


def test_a_case_that_waits_warns_and_says_what_for(
    results: dict[str, dg.AssetCheckResult],
) -> None:
    waiting = results["case_F42"]

    assert not waiting.passed
    assert waiting.severity == dg.AssetCheckSeverity.WARN
    assert waiting.metadata["waits_for"].value == "events"


def test_the_data_docs_are_linked(results: dict[str, dg.AssetCheckResult]) -> None:
    holding = results["case_F2"]

    assert holding.passed
    assert str(holding.metadata["data_docs"].value).endswith("/certification/data_docs/index.html")


def test_a_replay_that_ends_early_fails_and_leaves_no_old_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reports" / "certification"
    folder.mkdir(parents=True)
    write_results(folder / RESULTS, [Verdict("F1", "holds", 2)])
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path))
    monkeypatch.setattr("sys.executable", "/bin/false")

    with pytest.raises(dg.Failure, match="ended early"):
        certification_report()
    assert not (folder / RESULTS).exists()


def test_the_schedules_are_nightly_hourly_and_weekly() -> None:
    schedules = {schedule.name: schedule.job_name for schedule in defs.schedules or ()}  # type: ignore[union-attr]

    assert schedules == {"nightly": "daily", "hourly": "freshness", "weekly": "certification"}
