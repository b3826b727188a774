"""Splink's waterfall charts of the cases on the page."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from orchestration.lib.home import Home
from orchestration.review.cases import Case
from orchestration.review.page import Charts


def charts_of(home: Home, cases: Sequence[Case], names: bool) -> Charts | None:
    """Charts of the accounts that were scored; None while a run has the files they are made of.

    There are none in a home that has only what was published.
    """
    scored = [case.id for case in cases if _was_scored(case)]
    if not (scored and home.build.exists() and home.warehouse.exists()):
        return Charts()
    from orchestration.lib.vega import scripts
    from orchestration.matching.suggesting import attached
    from orchestration.matching.waterfall import waterfalls

    try:
        with attached(home, read_only=True) as connection:
            return Charts(waterfalls(connection, scored, names), scripts())
    except duckdb.IOException:
        return None


def _was_scored(case: Case) -> bool:
    return case.object == "account" and any(
        each.probability is not None for each in case.candidates
    )
