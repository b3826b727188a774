"""Suggestions for open accounts: after the roster is published, and never in its way."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

import dagster as dg
import duckdb

from dlt_sources.clever.results import utc_now
from orchestration.lib.home import Home
from orchestration.lib.phases import phase
from orchestration.lib.published_file import publish
from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource
from orchestration.matching.suggesting import suggest

_KEY = dg.AssetKey(["matching", "suggestions"])
_CHECK = "open_accounts_are_scored"


@dg.asset(
    key=_KEY,
    group_name="suggestions",
    kinds={"duckdb"},
    deps=[dg.AssetKey(["published", "rollbook"])],
    check_specs=[
        dg.AssetCheckSpec(
            _CHECK,
            asset=_KEY,
            description="Warns, and stops nothing, when new open accounts could not be scored.",
        )
    ],
    pool=WAREHOUSE_POOL,
    description="Which users an account without a match may belong to; a person decides.",
)
def match_suggestions(
    context: dg.AssetExecutionContext, home: HomeResource
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """Score what is new, and show it. Whatever goes wrong is a warning: the roster is published."""
    failed = None
    counts: dict[str, Any] = {}
    try:
        with phase(home.home, "matching"):
            suggested = suggest(home.home, _observed_at(home.home))
        if suggested.scored:
            with phase(home.home, "publish"):
                publish(home.home)
        counts = {"unchanged": True} if suggested.open_accounts is None else asdict(suggested)
    except Exception as error:
        # Its text may hold values of people's; its kind says enough.
        failed = type(error).__name__
        context.log.warning(f"Open accounts could not be scored ({failed}); nothing was kept.")
    yield dg.MaterializeResult(asset_key=_KEY, metadata=counts)
    yield dg.AssetCheckResult(
        asset_key=_KEY,
        check_name=_CHECK,
        passed=failed is None,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"It failed with {failed}; the next run tries again." if failed else None,
    )


def _observed_at(home: Home) -> datetime:
    """The time (UTC) of the newest sync: what was open then was scored."""
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        [(moment,)] = warehouse.execute(
            "select max(observed_at) from clever_raw.syncs where status = 'complete'"
        ).fetchall()
    return moment or utc_now()
