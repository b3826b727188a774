"""What the histories have seen: the note a build leaves, and whether a newer sync waits."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.lib.build_note import BuildNote, read_note, write_note
from orchestration.lib.dbt_runner import project_fingerprint
from orchestration.lib.home import Home


@dataclass(frozen=True)
class BuildPlan:
    """What a build has to do.

    `sync_id` is the newest complete sync that changed Clever's log, or the newest retraction or
    decision on a match; `load_id` the newest load that changed the application's, `changes` the
    rows that came since the last build in all of them. `full` asks for all history again: nothing
    was built yet, or by another version of the project, something was taken back since, or most of
    the accounts are new, as when an application comes to a roster: then that takes less time.
    """

    sync_id: int
    load_id: int
    changes: int
    full: bool

    @property
    def needed(self) -> bool:
        """Whether there is anything to build."""
        return self.full or self.changes > 0


def plan_build(home: Home, rebuild: bool = False) -> BuildPlan:
    """Compare the logs with the last build's note; opens both files shortly, neither is changed."""
    note = read_note(home) or BuildNote()
    sync_id, load_id = note.sync_id, note.load_id
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        retraction_id = newest_retraction(connection)
        full = (
            rebuild
            or note.fingerprint != project_fingerprint()
            or retraction_id > sync_id
            or _accounts_are_new(connection, load_id)
        )
        if full:
            sync_id, load_id = 0, 0
        newest_sync, synced = _since(connection, _SYNCS, sync_id)
        newest_load, loaded = _since(connection, _LOADS, load_id)
        newest_decision, decided = _since(connection, _DECISIONS, sync_id)
    newest = max(newest_sync, newest_decision, retraction_id)
    return BuildPlan(newest, newest_load, synced + decided + loaded, full)


def note_build(home: Home, sync_id: int, load_id: int = 0) -> None:
    """Say that the build and its checks have passed for everything up to `sync_id`, `load_id`."""
    write_note(home, BuildNote(sync_id, load_id, project_fingerprint()))


#: Numbers and changes of the syncs and loads that count. A path that Clever never sent before is
#: news too: roles in a form nobody knows change no record.
_SYNCS = """
    select
        sync_id as number,
        created + updated + archived + restored + coalesce(drift.paths, 0) as changes
    from clever_raw.syncs
    left join (
        select district_id, sync_id, count(*) as paths
        from (
            select district_id, min(sync_id) as sync_id
            from clever_raw.schema_drift group by district_id, object, path, kind
        ) as first_seen
        group by district_id, sync_id
    ) as drift using (district_id, sync_id)
    where status = 'complete'
"""
#: A decision on a match is news, too; its number is of one sequence with those of syncs.
_DECISIONS = "select decision_id as number, 1 as changes from matching_raw.decisions"
_LOADS = """
    select load_id as number, created + updated + restored + withdrawn as changes
    from application_raw.loads where status = 'complete'
"""


def _since(connection: duckdb.DuckDBPyConnection, lines: str, number: int) -> tuple[int, int]:
    """The newest line that changed its log, and the changes of all after `number`."""
    try:
        [(newest, changes)] = connection.execute(
            "select coalesce(max(number), 0), "
            "coalesce(sum(changes) filter (where number > ?), 0) "
            f"from ({lines}) as lines where changes > 0",
            [number],
        ).fetchall()
    except duckdb.CatalogException:  # An application has never been read.
        return 0, 0
    return int(newest), int(changes)


def _accounts_are_new(connection: duckdb.DuckDBPyConnection, load_id: int) -> bool:
    """Whether more than half of what was told of many accounts was told after that load."""
    try:
        [(are_new,)] = connection.execute(
            "select count(*) > 10000 and count(*) filter (where load_id > ?) * 2 > count(*) "
            "from application_raw.accounts",
            [load_id],
        ).fetchall()
    except duckdb.CatalogException:  # An application has never been read.
        return False
    return bool(are_new)


def newest_retraction(connection: duckdb.DuckDBPyConnection) -> int:
    """Its number, which is of one sequence with those of syncs: 0 if there is none."""
    try:
        [(newest,)] = connection.execute(
            "select coalesce(max(retraction_id), 0) from clever_raw.retractions"
        ).fetchall()
    except duckdb.CatalogException:  # The log is of an older version, which knew none.
        return 0
    return int(newest)
