"""What the histories have seen: the note a build leaves, and whether a newer sync waits."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.lib.dbt_runner import project_fingerprint
from orchestration.lib.home import Home


@dataclass(frozen=True)
class BuildPlan:
    """What a build has to do.

    `sync_id` is the newest complete sync that changed the log; `full` asks for all history again,
    because nothing was built yet or by another version of the project.
    """

    sync_id: int
    needed: bool
    full: bool


def plan_build(home: Home, rebuild: bool = False) -> BuildPlan:
    """Compare the log with the last build's note; opens both files shortly, neither is changed."""
    newest = _newest_change(home)
    noted = _noted(home)
    full = rebuild or noted is None or noted[1] != project_fingerprint()
    return BuildPlan(newest, full or noted is None or newest > noted[0], full)


def note_build(home: Home, sync_id: int) -> None:
    """Say that the build and its checks have passed for everything up to `sync_id`."""
    with duckdb.connect(str(home.build)) as connection:
        connection.execute("delete from ops.builds")
        connection.execute("insert into ops.builds values (?, ?)", [sync_id, project_fingerprint()])


def _newest_change(home: Home) -> int:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        row = connection.execute(
            "select coalesce(max(sync_id), 0) from clever_raw.syncs "
            "where status = 'complete' and created + updated + archived + restored > 0"
        ).fetchone()
    return int(row[0]) if row else 0


def _noted(home: Home) -> tuple[int, str] | None:
    if not home.build.exists():
        return None
    with duckdb.connect(str(home.build), read_only=True) as connection:
        try:
            row = connection.execute(
                "select sync_id, fingerprint from ops.builds order by sync_id desc limit 1"
            ).fetchone()
        except duckdb.CatalogException:
            return None
    return (int(row[0]), str(row[1])) if row else None
