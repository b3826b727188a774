"""The application's own data, copied into its change log beside Clever's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dagster as dg
import duckdb

from dlt_sources.application.columns import APPLICATION_TABLES, MATCHING_SCHEMA, SCHEMA
from dlt_sources.clever.results import utc_now
from dlt_sources.errors import clause
from orchestration.lib.home import Home
from orchestration.lib.phases import phase
from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource

_DESCRIPTIONS = {
    "progress": "The change log of progress: what students did in the application.",
    "accounts": "The change log of the application's accounts, those from before Clever included.",
    "manual_edits": "The change log of what teachers and admins changed by hand.",
    "crm_districts": "The change log of the districts served before Clever.",
    "crm_schools": "The change log of the schools served before Clever.",
    "match_decisions": "The change log of what people decided of matches in the application.",
    "loads": "One line per load and table: what changed, or why the load failed.",
}
#: What people and the model say of matches stands beside what the application tells.
_OF_MATCHING = {
    "decisions": "What people decided of matches by `rollbook matches decide`.",
    "scored_accounts": "Which open accounts were scored.",
    "suggestions": "How likely users are those of open accounts.",
}
_SYNCS = dg.AssetKey(["clever_raw", "syncs"])
_READ = "application_data_is_up_to_date"


@dataclass(frozen=True)
class _Warning:
    """A check that warns where a load's lines have a count of something."""

    check: str
    count: str
    what: str
    description: str


_WARNINGS = (
    _Warning(
        "application_values_are_readable",
        "unreadable",
        "values",
        "Warns of values that do not fit their column's type and are NULL now.",
    ),
    _Warning(
        "application_cursors_are_plausible",
        "cursors_ahead",
        "rows with a cursor in the future",
        "Warns of rows whose cursor is a time more than a day ahead of the load.",
    ),
    _Warning(
        "application_rows_have_ids",
        "left_out",
        "rows without an ID of their own, which are left out",
        "Warns of rows without an ID, or with one that others have: not loaded.",
    ),
)


class LoadConfig(dg.Config):
    """`reconcile` compares every table as a whole with its log, whether or not that is due."""

    reconcile: bool = False


@dg.multi_asset(
    name="application_sync",
    specs=[
        dg.AssetSpec(
            [schema, name],
            group_name="raw",
            kinds={"dlt", "duckdb"},
            description=description,
            # A load waits until the walk is accepted, and takes the time of its sync.
            deps=[_SYNCS],
        )
        for schema, tables in ((SCHEMA, _DESCRIPTIONS), (MATCHING_SCHEMA, _OF_MATCHING))
        for name, description in tables.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            _READ,
            asset=[SCHEMA, "loads"],
            description="Fails, and stops nothing, when the application's database was not read.",
        ),
        *(
            dg.AssetCheckSpec(each.check, asset=[SCHEMA, "loads"], description=each.description)
            for each in _WARNINGS
        ),
    ],
    pool=WAREHOUSE_POOL,
)
def application_sync(
    context: dg.AssetExecutionContext, config: LoadConfig, home: HomeResource
) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
    """Load what is new. A database that cannot be read fails the check, and changes nothing else.

    The roster waits for this step, so it does not fail itself: a roster without the newest progress
    is better than none.
    """
    from dlt_sources.application.syncing import sync_application

    with phase(home.home, "application"):
        lines = sync_application(
            home.home.root,
            run_id=context.run.run_id,
            observed_at=_moment(home.home, context.run.run_id),
            reconcile=config.reconcile,
        )
    by_table = {line.table_name: line for line in lines}
    for table in APPLICATION_TABLES:
        line = by_table.get(table.name)
        metadata = line.metadata() if line else {"status": "there is no application"}
        yield dg.MaterializeResult(asset_key=[SCHEMA, table.name], metadata=metadata)
    yield dg.MaterializeResult(asset_key=[SCHEMA, "loads"])
    for name in _OF_MATCHING:
        yield dg.MaterializeResult(asset_key=[MATCHING_SCHEMA, name])
    errors = sorted({line.error for line in lines if line.error})
    for error in errors:
        context.log.error(error)
    yield _check(_READ, errors, dg.AssetCheckSeverity.ERROR)
    for each in _WARNINGS:
        told = [
            f"{line.table_name}: {count:,} {each.what}"
            for line in lines
            if (count := getattr(line, each.count))
        ]
        yield _check(each.check, told, dg.AssetCheckSeverity.WARN)


def _moment(home: Home, run_id: str) -> datetime:
    """The time (UTC) of the run's sync, or now if it has none."""
    with duckdb.connect(str(home.warehouse)) as warehouse:
        try:
            [(moment,)] = warehouse.execute(
                "select max(observed_at) from clever_raw.syncs where run_id = ?", [run_id]
            ).fetchall()
        except duckdb.CatalogException:  # The application is loaded before any sync.
            moment = None
    return moment or utc_now()


def _check(
    name: str, complaints: Sequence[str], severity: dg.AssetCheckSeverity
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=[SCHEMA, "loads"],
        check_name=name,
        passed=not complaints,
        severity=severity,
        description="; ".join([*map(clause, complaints[:-1]), *complaints[-1:]]),
    )
