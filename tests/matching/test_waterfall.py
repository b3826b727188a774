"""The chart that explains a case: whole, offline, and without a name unless names are asked for."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from orchestration.lib.home import Home
from orchestration.lib.vega import scripts
from orchestration.matching.suggesting import attached, suggest
from orchestration.matching.waterfall import waterfall, waterfalls
from tests.matching.homes import current, make_home
from tests.matching.people import labelled


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("home"), labelled(200, seed=9, districts=1))
    suggest(made, datetime(2026, 9, 7))
    return made


def test_each_case_has_a_chart_whose_bars_add_up_to_the_score_kept(home: Home) -> None:
    kept: dict[str, list[float]] = {}
    for account_id, weight in current(home, "account_id", "match_weight"):
        kept.setdefault(account_id, []).append(weight)

    with attached(home, read_only=True) as connection:
        charts = waterfalls(connection, sorted(kept))

    assert charts.keys() == kept.keys()
    for account_id, chart in charts.items():
        for number, weight in enumerate(kept[account_id]):
            bars = [bar for bar in chart["data"]["values"] if bar["record_number"] == number]
            *parts, total = [bar["log2_bayes_factor"] for bar in bars]
            assert total == weight == pytest.approx(sum(parts))


def test_names_are_in_it_only_when_asked_for(home: Home) -> None:
    [(account_id, *_), *_] = current(home)
    with attached(home, read_only=True) as connection:
        without = waterfall(connection, account_id)
        named = waterfall(connection, account_id, names=True)
        [(name, last)] = connection.execute(
            "select lower(trim(first_name)), lower(trim(last_name)) "
            "from build.intermediate.open_accounts where account_id = ?", [account_id]
        ).fetchall()  # fmt: skip

    values = {(bar["value_l"], bar["value_r"]) for bar in without["data"]["values"]}
    assert values == {("", "")}
    assert name in json.dumps(named) and last in json.dumps(named)


def test_an_account_without_suggestions_has_no_chart(home: Home) -> None:
    with attached(home, read_only=True) as connection:
        assert waterfalls(connection, ["nobody"]) == {}


def test_the_scripts_draw_without_a_network() -> None:
    html = scripts()

    assert "vegaEmbed" in html
    assert "<script src" not in html


def test_looking_at_charts_changes_nothing(home: Home, tmp_path: Path) -> None:
    before = home.warehouse.read_bytes(), sorted(home.root.iterdir())
    with attached(home, read_only=True) as connection:
        waterfalls(connection, [row[0] for row in current(home)])

    assert (home.warehouse.read_bytes(), sorted(home.root.iterdir())) == before
