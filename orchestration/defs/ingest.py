"""From Clever's API to the change log: read what is known, walk, load.

The three are steps of one graph because only the first and the last may open the warehouse; the
walk in between takes the longest and needs none of it.
"""

import getpass
from collections.abc import Iterator
from typing import Any

import dagster as dg

from dlt_sources.clever.clock import read_time
from dlt_sources.clever.objects import CLEVER_OBJECTS
from expectations.process import SuiteRunner
from orchestration.lib.building import get_ready
from orchestration.lib.checking import check_sync
from orchestration.lib.memory import give_back
from orchestration.lib.phases import phase
from orchestration.lib.resources import WAREHOUSE_POOL, HomeResource, Progress

_DESCRIPTIONS = {
    **{
        item.name: f"The change log of {item.name}: one row per change a complete walk observed."
        for item in CLEVER_OBJECTS
    },
    "syncs": "One line per district and sync; a complete one makes the sync's rows visible.",
    "sync_counts": "What each complete sync saw and changed, per list of Clever's.",
    "turnover": "What came, changed and went by object type, and what the safety limits say of it.",
    "schema_drift": "Paths that Clever never sent before, without their values.",
    "retirements": "Which districts left for good, by whose decision, and which came back.",
    "rejected_records": "Records that could not be kept, with the reason and without the content.",
}


class WalkConfig(dg.Config):
    """What to walk; everything of every district, unless told otherwise.

    `observed_at` is UTC in ISO 8601, now if not given. With `approve_removals` what passes a safety
    limit is taken over this once; `approved_by` is recorded, by default the user of the machine.
    A time ahead of the clock is refused unless `ahead_of_clock` insists on it.
    """

    districts: list[str] = []
    observed_at: str | None = None
    ahead_of_clock: bool = False
    approve_removals: bool = False
    approved_by: str | None = None

    @property
    def approver(self) -> str | None:
        """Who approves what passes a limit; None if nobody does."""
        return (self.approved_by or getpass.getuser()) if self.approve_removals else None


@dg.op(pool=WAREHOUSE_POOL, description="Take a sync number and read how each district stands.")
def read_known(context: dg.OpExecutionContext, config: WalkConfig, home: HomeResource) -> Any:
    """The start of a sync: its number and the caches of what is known, ready on disk.

    Raises ConfigurationError before anything is read or written: for the sync's time or a setting.
    """
    from dlt_sources.clever import begin_sync, clever_pipeline

    check_sync(config.observed_at, config.ahead_of_clock)
    with phase(home.home, "known"):
        return begin_sync(clever_pipeline(home.home.root), home.home.root, context.run_id)


@dg.op(description="Walk every district through Clever's API; only HTTP and files, no warehouse.")
def walk(
    config: WalkConfig, home: HomeResource, progress: dg.ResourceParam[Progress], start: Any
) -> Any:
    """The changes of each district, in files of the run's folder."""
    from dlt_sources.clever import clever_settings, walk_districts

    with phase(home.home, "walk"):
        return walk_districts(
            clever_settings(),
            start,
            observed_at=read_time(config.observed_at),
            only=tuple(config.districts),
            approved_by=config.approver,
            ahead_of_clock=config.ahead_of_clock,
            progress=progress,
        )


@dg.op(
    pool=WAREHOUSE_POOL,
    out={name: dg.Out(dg.Nothing) for name in _DESCRIPTIONS},
    description="Load all complete districts at once, then commit each by its line in syncs.",
)
def load(
    home: HomeResource, suites: dg.ResourceParam[SuiteRunner], walked: Any
) -> Iterator[dg.Output[None]]:
    """One load, one commit; the metadata says what changed."""
    from dlt_sources.clever import clever_pipeline, load_sync

    # With anything to load there is something to build, and a load keeps one core busy.
    if coming := sum(line.rows for line in walked.districts):
        get_ready(home.home, suites, coming)
    with phase(home.home, "load"):
        result = load_sync(clever_pipeline(home.home.root), walked)
        give_back()
    for name in _DESCRIPTIONS:
        yield dg.Output(None, name, metadata=result.metadata(name))


def _outs() -> dict[str, dg.AssetOut]:
    return {
        name: dg.AssetOut(
            key=["clever_raw", name],
            kinds={"dlt", "duckdb"},
            description=description,
            dagster_type=dg.Nothing,
        )
        for name, description in _DESCRIPTIONS.items()
    }


@dg.config_mapping
def _walk_config(config: WalkConfig) -> dict[str, Any]:
    """The launchpad asks for the districts directly, not for an op inside the graph."""
    given = config.model_dump()
    return {"read_known": {"config": given}, "walk": {"config": given}}


@dg.graph_multi_asset(name="clever_sync", group_name="raw", outs=_outs(), config=_walk_config)
def clever_sync() -> Any:
    """Clever's lists, copied into the change log."""
    return load(walk(read_known()))
