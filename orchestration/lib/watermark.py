"""What the histories have seen: the note a build leaves, and whether a newer sync waits."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.lib.dbt_runner import project_fingerprint
from orchestration.lib.home import Home


@dataclass(frozen=True)
class BuildPlan:
    """What a build has to do.

    `sync_id` is the newest complete sync that changed the log, `changes` the rows that came since
    the last build; `full` asks for all history again, because nothing was built yet or by another
    version of the project.
    """

    sync_id: int
    changes: int
    full: bool

    @property
    def needed(self) -> bool:
        """Whether there is anything to build."""
        return self.full or self.changes > 0


def plan_build(home: Home, rebuild: bool = False) -> BuildPlan:
    """Compare the log with the last build's note; opens both files shortly, neither is changed."""
    sync_id, fingerprint = _noted(home) or (0, "")
    full = rebuild or fingerprint != project_fingerprint()
    newest, changes = _changes_since(home, 0 if full else sync_id)
    return BuildPlan(newest, changes, full)


def note_build(home: Home, sync_id: int) -> None:
    """Say that the build and its checks have passed for everything up to `sync_id`."""
    with duckdb.connect(str(home.build)) as connection:
        connection.execute("delete from ops.builds")
        connection.execute("insert into ops.builds values (?, ?)", [sync_id, project_fingerprint()])


def _changes_since(home: Home, sync_id: int) -> tuple[int, int]:
    """The newest complete sync that changed the log, and the changes of all after `sync_id`."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        [(newest, changes)] = connection.execute(
            "select coalesce(max(sync_id), 0), "
            "coalesce(sum(changes) filter (where sync_id > ?), 0) from ("
            "  select sync_id, created + updated + archived + restored as changes"
            "  from clever_raw.syncs where status = 'complete'"
            ") as lines where changes > 0",
            [sync_id],
        ).fetchall()
    return int(newest), int(changes)


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
