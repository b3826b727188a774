"""The parameters are made once, by a script that gives the same bytes, and never in a run."""

from __future__ import annotations

import ast
import json
from pathlib import Path

from orchestration.matching import scoring
from orchestration.matching.comparisons import COMPARISONS
from tests.matching.train import parameters, training_people

_PACKAGE = Path(scoring.__file__).parent


def test_the_script_run_twice_gives_the_same_bytes() -> None:
    once, twice = (parameters(training_people((300, 700))) for _ in range(2))

    assert once == twice


def test_the_file_in_the_repository_is_what_the_script_makes() -> None:
    from tests.matching.train import _SIZES

    assert parameters(training_people(_SIZES)) == scoring.PARAMETERS.read_bytes()


def test_every_comparison_has_its_weights_the_best_for_and_the_worst_against() -> None:
    settings = json.loads(scoring.PARAMETERS.read_bytes())

    assert [each["output_column_name"] for each in settings["comparisons"]] == [
        column for column, _, _ in COMPARISONS
    ]
    for each in settings["comparisons"]:
        _, best, *_, worst = each["comparison_levels"]
        assert best["m_probability"] > best["u_probability"]
        assert worst["m_probability"] < worst["u_probability"]


def test_nothing_that_a_run_imports_trains() -> None:
    """Splink's training is a component of its own, and no module of the package names it."""
    for file in _PACKAGE.glob("*.py"):
        named = {
            node.attr for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Attribute)
        }  # fmt: skip
        assert not named & {"training", "estimate_u_using_random_sampling"}, file
