"""The real command against the real sandbox server, in homes of their own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation

from dlt_sources.application.settings import sample_url
from dlt_sources.sandbox import Sandbox, serve
from tests.shared import once

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
_ROLLBOOK = Path(sys.executable).with_name("rollbook")


@dataclass(frozen=True)
class Installation:
    """A home and the sandbox it syncs with; the application's file, by default the sample's."""

    home: Path
    sandbox: Sandbox
    application: Path | None = None

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `rollbook`; a setting given as '' is not set at all."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def command(self, *arguments: str) -> list[str]:
        """The command as it is installed."""
        return [str(_ROLLBOOK), *arguments]

    def environment(self, **environment: str) -> dict[str, str]:
        """The settings of a run; one given as '' is not set at all."""
        settings = {
            **{name: value for name, value in os.environ.items() if "SOURCES__" not in name},
            "ROLLBOOK_HOME": str(self.home),
            "SOURCES__CLEVER__API_URL": self.sandbox.url,
            "SOURCES__CLEVER__OAUTH_URL": self.sandbox.url,
            "SOURCES__CLEVER__CLIENT_ID": self.sandbox.client_id,
            "SOURCES__CLEVER__CLIENT_SECRET": self.sandbox.client_secret,
            "SOURCES__APPLICATION__DATABASE_URL": (
                f"sqlite:///{self.application}" if self.application else sample_url()
            ),
            "COLUMNS": "200",
            **environment,
        }
        return {name: value for name, value in settings.items() if value}

    def sync_day(
        self, day: int, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Move the sandbox to a day of the sample and sync at that day's 02:00 UTC."""
        self.sandbox.set_day(day)
        when = ("--observed-at", observed_at(day), "--ahead-of-clock")
        return self.run("sync", *when, *arguments, **environment)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the published file, as analysts do."""
        with duckdb.connect(str(self.home / "rollbook.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def last_check(self, schema: str, table: str, name: str) -> AssetCheckEvaluation:
        """How a check of a table ended in the newest run, as the UI shows it."""
        check = dg.AssetCheckKey(dg.AssetKey([schema, table]), name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", str(self.home / "dagster"))
            instance = dg.DagsterInstance.get()
        with instance:
            [record] = instance.event_log_storage.get_asset_check_execution_history(check, limit=1)
        assert record.event is not None and record.event.dagster_event is not None
        return record.event.dagster_event.asset_check_evaluation_data


def observed_at(day: int) -> str:
    """When a day of the sample is synced."""
    about = json.loads((SAMPLE / "days" / f"{day:02}" / "day.json").read_text())
    return f"{about['date']}T02:00:00"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with serve(SAMPLE, day=1) as sandbox:
        yield sandbox


@pytest.fixture
def empty(tmp_path: Path, sandbox: Sandbox) -> Installation:
    """A home that has never been used."""
    sandbox.set_day(1)
    return Installation(tmp_path / "home", sandbox)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Installation:
    """A home that has seen the first three days of the sample."""

    def play(folder: Path) -> None:
        installation = Installation(folder / "home", sandbox)
        for day in (1, 2, 3):
            ended = installation.sync_day(day)
            assert ended.returncode == 0, ended.stderr

    home = tmp_path_factory.mktemp("played") / "home"
    shutil.copytree(once(tmp_path_factory, "played", play) / "home", home)
    sandbox.set_day(3)
    return Installation(home, sandbox)
