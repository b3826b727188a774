"""The real command against the real sandbox server, in homes of their own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg
import duckdb
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluation

from dlt_sources.application.settings import sample_url
from dlt_sources.sandbox import Sandbox, serve
from tests.forks import start_warm
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
        """Run `rollbook`; a setting given as '' is not set at all.

        In a fork (`tests/forks.py`), unless its own settings say when runs are scheduled.
        """
        settings = self.environment(**environment)
        if any(name.startswith("ROLLBOOK_") for name in environment):
            command = self.command(*arguments)
            return subprocess.run(
                command, env=settings, capture_output=True, text=True, check=False
            )
        with TemporaryDirectory() as folder:
            output = Path(folder)
            _, wait = start_warm(list(arguments), settings, output)
            code = wait(None)
            assert code is not None
            said = [(output / name).read_text() for name in ("stdout", "stderr")]
        return subprocess.CompletedProcess(list(arguments), code, *said)

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

    def query(self, sql: str) -> list[tuple[Any, ...]]:
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


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Path:
    """A home that has seen the first day of the sample; to be copied."""

    def play(folder: Path) -> None:
        ended = Installation(folder / "home", sandbox).sync_day(1)
        assert ended.returncode == 0, ended.stderr

    return once(tmp_path_factory, "first-day", play) / "home"


@pytest.fixture
def after_day_1(tmp_path: Path, sandbox: Sandbox, first_day: Path) -> Installation:
    """A home of its own that has seen the first day of the sample."""
    sandbox.set_day(1)
    return Installation(shutil.copytree(first_day, tmp_path / "home"), sandbox)


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, first_day: Path
) -> Installation:
    """A home that has seen the first three days of the sample."""

    def play(folder: Path) -> None:
        installation = Installation(shutil.copytree(first_day, folder / "home"), sandbox)
        for day in (2, 3):
            ended = installation.sync_day(day)
            assert ended.returncode == 0, ended.stderr

    home = tmp_path_factory.mktemp("played") / "home"
    shutil.copytree(once(tmp_path_factory, "played", play) / "home", home)
    sandbox.set_day(3)
    return Installation(home, sandbox)
