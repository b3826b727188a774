"""The real thing, driven as a daily run drives it: walk, load, build, note; without checks."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from dlt_sources.application.changelog import make_tables
from dlt_sources.clever import (
    SyncResult,
    begin_sync,
    clever_pipeline,
    clever_settings,
    load_sync,
    walk_districts,
)
from dlt_sources.clever.retractions import Preview
from dlt_sources.sandbox import Sandbox, serve
from orchestration.lib.dbt_runner import NodeResult, build
from orchestration.lib.home import Home
from orchestration.lib.retracting import preview_retraction, retract
from orchestration.lib.watermark import note_build, plan_build

from .contract import ASSOCIATIONS, KINDS, OBJECTS
from .dataset import CLIENT_ID, CLIENT_SECRET

_MODELS_ONLY = ("--exclude", "resource_type:test", "resource_type:unit_test")
_FIRST_HALF = ("path:models/history/spells", "user_history", "student_history")
_HISTORIES = {
    **{f"build.roster.{kind.singular}_history": kind.key for kind in KINDS},
    **{f"build.roster.{name}_history": columns[0] for name, columns in ASSOCIATIONS.items()},
}
_RAW = "warehouse.clever_raw"
_NUMBER = f"select nextval('{_RAW}.sync_ids')"
_LEFT_BEHIND = """
    insert into {log}
    select * replace (
        {number} as sync_id, 'removed' as change, null as payload,
        observed_at + interval 1 minute as observed_at
    )
    from {log} where sync_id = {latest}
"""
_HELD = f"""
    insert into {_RAW}.syncs
    select * replace ({{number}} as sync_id, 'held' as status)
    from {_RAW}.syncs where sync_id = {{latest}}
"""
#: What is drawn changes from day to day as no real district does.
WITHOUT_LIMITS = {
    "SOURCES__CLEVER__LIMITS": json.dumps(
        {"removed": 1, "updated": 1, "rejected": 1, "objects": {"enrollments": {"removed": 1}}}
    )
}
_REASON = "a wrong night"
#: Nobody's id.
_NOBODY = "0" * 24


@dataclass(frozen=True)
class Pipeline:
    """A home of its own and the sandbox it syncs from."""

    home: Home
    sandbox: Sandbox

    def sync(self, day: int, at: datetime, only: Sequence[str]) -> SyncResult:
        """Walk and load the districts named, as they are on a day of the dataset."""
        self.sandbox.set_day(day)
        pipeline = clever_pipeline(self.home.root)
        start = begin_sync(pipeline, self.home.root, f"round-{day}")
        walked = walk_districts(
            clever_settings(), start, observed_at=at, only=tuple(only), ahead_of_clock=True
        )
        return load_sync(pipeline, walked)

    def retract(self, district_id: str, since: int) -> Preview:
        """Take a district's syncs back from one on; what was shown of it before."""
        seen = preview_retraction(self.home, [district_id], since, _REASON)
        retract(self.home, seen, _REASON, "nobody", f"retraction-of-{district_id}-{since}")
        return seen[0]

    def lose_caches(self) -> None:
        """Remove what is only kept to be quick."""
        shutil.rmtree(self.home.root / "index")

    def leave_rows_behind(self, latest: int, held: bool) -> None:
        """Put rows into the log that never were committed: whatever had news, removed.

        They follow the `latest` sync under a number of their own, either without a line in `syncs`,
        as after a crash, or with one that says held.
        """
        with self.opened(read_only=False) as connection:
            [(number,)] = connection.execute(_NUMBER).fetchall()
            what = {"number": number, "latest": latest}
            for name in OBJECTS:
                connection.execute(_LEFT_BEHIND.format(log=f"{_RAW}.{name}", **what))
            if held:
                connection.execute(_HELD.format(**what))

    def build(self) -> bool:
        """Derive the histories from what is new; whether anything was."""
        plan = plan_build(self.home)
        if not plan.needed:
            return False
        if plan.full:
            make_tables(self.home.warehouse)
            _expect_success(build(self.home, ["--full-refresh", *_MODELS_ONLY]))
        else:
            with self._rows_of_nobody():
                _expect_success(build(self.home, [*_MODELS_ONLY, "config.materialized:view"]))
        note_build(self.home, plan.sync_id)
        return True

    def break_off_build(self) -> None:
        """Build some of the histories and note nothing, as a build that fails half way does."""
        _expect_success(build(self.home, [*_MODELS_ONLY, "--select", *_FIRST_HALF]))

    @contextmanager
    def _rows_of_nobody(self) -> Iterator[None]:
        """Put a row of nobody's into every history with rows; expect and remove it in the end.

        A build that touches only what has news leaves it where it is.
        """
        planted = {}
        with self.opened(read_only=False) as connection:
            for table, key in _HISTORIES.items():
                row = f"select * replace ('{_NOBODY}' as {key}) from {table} limit 1"
                planted[table] = connection.execute(f"insert into {table} {row}").fetchone()
        yield
        with self.opened(read_only=False) as connection:
            for table, key in _HISTORIES.items():
                gone = connection.execute(f"delete from {table} where {key} = '{_NOBODY}'")
                assert gone.fetchone() == planted[table], f"{table} was built as a whole"

    def rebuild(self) -> None:
        """Derive everything again from the log, with every data test."""
        _expect_success(
            build(self.home, ["--full-refresh", "--exclude", "resource_type:unit_test"])
        )

    @contextmanager
    def opened(self, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """Both files under the names they have while dbt runs."""
        mode = "read_only" if read_only else "read_write"
        with duckdb.connect() as connection:
            for name, file in (("warehouse", self.home.warehouse), ("build", self.home.build)):
                if file.exists():
                    connection.execute(f"attach '{file}' as {name} ({mode})")
            yield connection


def _expect_success(results: list[NodeResult]) -> None:
    failed = [f"{result.name}: {result.message}" for result in results if not result.ok]
    assert not failed, "\n".join(failed)
    assert results, "dbt had nothing to do"


@contextmanager
def pipeline(
    folder: Path, dataset: Path, limits: Mapping[str, str] = WITHOUT_LIMITS
) -> Iterator[Pipeline]:
    """A pipeline in an empty folder; settings stand in the environment, as for a daily run."""
    before = dict(os.environ)
    home = Home(folder)
    home.prepare()
    home.set_environment()
    try:
        with serve(dataset) as sandbox:
            os.environ.update({**_settings(sandbox), **limits})
            yield Pipeline(home, sandbox)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _settings(sandbox: Sandbox) -> dict[str, str]:
    return {
        "SOURCES__CLEVER__API_URL": sandbox.url,
        "SOURCES__CLEVER__OAUTH_URL": sandbox.url,
        "SOURCES__CLEVER__CLIENT_ID": CLIENT_ID,
        "SOURCES__CLEVER__CLIENT_SECRET": CLIENT_SECRET,
        "SOURCES__APPLICATION__DATABASE_URL": "none",
    }
