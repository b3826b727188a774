"""The asset in the daily job: after publishing, told in counts, and never the roster's trouble."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.defs.matching import match_suggestions
from orchestration.lib.home import Home
from orchestration.lib.resources import HomeResource
from tests.matching.homes import current, make_home
from tests.matching.people import labelled

PUBLISHED = dg.AssetKey(["published", "rollbook"])
SUGGESTIONS = dg.AssetKey(["matching", "suggestions"])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path))
    # The home is made by hand and holds only what is scored: there is no roster to publish.
    monkeypatch.setattr("orchestration.defs.matching.publish", lambda _: None)
    return make_home(tmp_path, labelled(60, seed=2, districts=1))


def _run() -> dg.ExecuteInProcessResult:
    return dg.materialize([match_suggestions], resources={"home": HomeResource()})


def _metadata(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    [event] = result.asset_materializations_for_node("matching__suggestions")
    return {name: value.value for name, value in event.metadata.items()}


def test_a_run_tells_counts_and_no_names(home: Home) -> None:
    result = _run()

    assert result.success
    counts = _metadata(result)
    assert counts == {"open_accounts": 60, "scored": 60, "suggestions": len(current(home)),
                      "with_a_candidate": len({row[0] for row in current(home)})}  # fmt: skip
    assert [check.passed for check in result.get_asset_check_evaluations()] == [True]


def test_an_error_is_a_warning_without_anybody_s_data_and_the_run_ends_well(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("could not convert 'Ana Okafor'")

    monkeypatch.setattr("orchestration.matching.suggesting.score_chosen", broken)

    result = _run()

    [check] = result.get_asset_check_evaluations()
    assert result.success
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "ValueError" in (check.description or "")
    told = " ".join(str(event) for event in result.all_events)
    assert "Ana" not in told and "Okafor" not in told


def test_a_home_without_a_build_is_a_warning(home: Home) -> None:
    home.build.unlink()

    result = _run()

    assert result.success
    assert [check.passed for check in result.get_asset_check_evaluations()] == [False]


def test_it_comes_after_publishing_and_nothing_waits_for_it() -> None:
    graph = defs.resolve_asset_graph()

    assert graph.get(SUGGESTIONS).parent_keys == {PUBLISHED}
    assert graph.get(SUGGESTIONS).child_keys == set()
    assert not any(
        graph.get(check).blocking
        for check in graph.asset_check_keys
        if check.asset_key == SUGGESTIONS
    )
    daily = defs.resolve_job_def("daily")
    assert SUGGESTIONS in daily.asset_layer.executable_asset_keys
