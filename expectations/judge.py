"""Where suites meet Great Expectations, so that its API may change without them."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import pandas as pd

from dlt_sources.errors import RollbookError
from expectations.model import Suite


def load_great_expectations() -> ModuleType:
    """Great Expectations itself, imported on first use: it costs four seconds of one core."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with _no_garbage_collection():
        import great_expectations
    return great_expectations


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """The import makes some million objects and no garbage; collecting meanwhile costs a fifth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def _frames() -> Any:
    """Where frames become batches, in memory: nothing is written, shown or sent."""
    context = load_great_expectations().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    frames = context.data_sources.add_pandas("rollbook").add_dataframe_asset("frames")
    return frames.add_batch_definition_whole_dataframe("all")


def failing_rows(suite: Suite, frame: pd.DataFrame) -> dict[str, list[int]]:
    """Judges the frame; for each check by name the positions of the rows that fail it.

    Raises RollbookError if a check could not be judged. The reason Great Expectations gives may
    quote a value, so it stays here.
    """
    gx = load_great_expectations()
    expectations = [
        getattr(gx.expectations, check.expects)(**check.arguments, meta={"check": check.name})
        for check in suite.checks
    ]
    judged = (
        _frames()
        .get_batch({"dataframe": frame})
        .validate(
            gx.ExpectationSuite(name=suite.name, expectations=expectations),
            result_format={"result_format": "COMPLETE", "include_unexpected_rows": False},
        )
    )
    return dict(_positions(suite, result) for result in judged.results)


def _positions(suite: Suite, result: Any) -> tuple[str, list[int]]:
    name = str(result.expectation_config.meta["check"])
    positions = result.result.get("unexpected_index_list")
    if not result.success and not positions:
        raise RollbookError(
            f"Check {name} of suite {suite.name} could not be judged. Nothing was published; "
            "this is a fault in the suite or in Great Expectations, not in the data."
        )
    return name, [int(position) for position in positions or ()]
