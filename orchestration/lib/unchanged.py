"""What a daily build may leave out, because it would make it again as it is.

A table says beside its description of what it is made, under `meta`:

    changes_with: [sections, users]     it changes only with news in these logs
    empty_without: [progress]           it has no row while these logs have none
    daily: false                        a daily build never changes it

A table without any of these is always built. A view stays as it is if it says so, or all that it
reads does, and a test goes with what it judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from orchestration.lib.build_note import BuildNote, read_note
from orchestration.lib.home import Home

#: The schema of each log, and what numbers its rows.
_LOGS = {
    **dict.fromkeys(
        ("districts", "schools", "terms", "courses", "sections", "users"), ("clever_raw", "sync_id")
    ),
    **dict.fromkeys(
        ("accounts", "manual_edits", "progress", "crm_districts", "crm_schools", "match_decisions"),
        ("application_raw", "load_id"),
    ),
    "decisions": ("matching_raw", "decision_id"),
}


def unchanged(home: Home, manifest: Mapping[str, Any]) -> list[str]:
    """The names of tables and tests that a daily build of the home's files may leave out.

    None before the first successful build. The same watermarks decide as in `touched_records`,
    so that whatever an incremental model would make again is never left out.
    """
    note = read_note(home)
    if note is None or not note.sync_id:
        return []
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        filled = logs_after(warehouse, BuildNote())
        news = logs_after(warehouse, note)
    nodes = manifest["nodes"]

    def stays(unique_id: str) -> bool:
        node = nodes.get(unique_id, {"resource_type": "source"})
        if node["resource_type"] == "test":
            return stays(str(node.get("attached_node")))
        if node["resource_type"] != "model":
            return False
        if _stays(node["config"]["meta"], filled, news):
            return True
        if node["config"]["materialized"] == "view":
            parents = node["depends_on"]["nodes"]
            return bool(parents) and all(map(stays, parents))
        return False

    return sorted(node["name"] for unique_id, node in nodes.items() if stays(unique_id))


def _stays(meta: Mapping[str, Any], filled: set[str], news: set[str]) -> bool:
    return (
        meta.get("daily") is False
        or ("changes_with" in meta and news.isdisjoint(meta["changes_with"]))
        or ("empty_without" in meta and filled.isdisjoint(meta["empty_without"]))
    )


def logs_after(warehouse: duckdb.DuckDBPyConnection, note: BuildNote) -> set[str]:
    """The logs with a row numbered higher than what a build has seen."""
    seen = {"sync_id": note.sync_id, "load_id": note.load_id, "decision_id": note.sync_id}
    having = " union all ".join(
        f"select '{log}' "
        f"where exists (select 1 from {schema}.{log} where {number} > {seen[number]})"
        for log, (schema, number) in _LOGS.items()
    )
    return {log for (log,) in warehouse.execute(having).fetchall()}
