"""The note that a successful build leaves in its file: up to where it has seen the logs."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.lib.home import Home
from orchestration.lib.swap import WITHOUT_VACUUM


@dataclass(frozen=True)
class BuildNote:
    """The newest sync and load that were seen, and the version of the project that built."""

    sync_id: int = 0
    load_id: int = 0
    fingerprint: str = ""


def read_note(home: Home) -> BuildNote | None:
    """The note of the last successful build; None before the first."""
    if not home.build.exists():
        return None
    with duckdb.connect(str(home.build), read_only=True) as build:
        try:
            row = build.execute(
                "select sync_id, "
                "(select coalesce(max(load_id), 0) from ops.application_builds), fingerprint "
                "from ops.builds order by sync_id desc limit 1"
            ).fetchone()
        except duckdb.CatalogException:
            return None
    return BuildNote(*row) if row else None


def write_note(home: Home, note: BuildNote) -> None:
    """Say that the build and its checks have passed for everything up to there."""
    with duckdb.connect(str(home.build), config=WITHOUT_VACUUM) as build:
        build.begin()
        build.execute("delete from ops.builds")
        build.execute("insert into ops.builds values (?, ?)", [note.sync_id, note.fingerprint])
        build.execute("delete from ops.application_builds")
        build.execute("insert into ops.application_builds values (?)", [note.load_id])
        build.commit()
