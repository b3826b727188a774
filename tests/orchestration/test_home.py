"""The home: one run at a time, and nothing a killed run leaves behind stops the next."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from dlt_sources.errors import ConfigurationError
from orchestration.lib.home import Home, HomeInUseError, current_home, home_lock
from orchestration.lib.resources import WAREHOUSE_POOL, settle_dead_runs

_HOLD = """
import sys
from pathlib import Path
from orchestration.lib.home import Home, home_lock
with home_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def holder(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the home's lock until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_is_told_who_holds_the_home(home: Home, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(HomeInUseError, match=f"process {holder.pid}"), home_lock(home):
        pytest.fail("two runs held the home at once")


def test_a_killed_run_lets_go_of_the_home(home: Home, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with home_lock(home):
        assert home.lock_file.read_text() == str(os.getpid())


def test_the_command_and_the_job_it_runs_share_the_lock(home: Home) -> None:
    with home_lock(home), home_lock(home):
        pass
    with home_lock(home):
        pass


def test_a_home_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="set ROLLBOOK_HOME"):
        Home(tmp_path / "file").prepare()


def test_without_a_setting_the_home_lies_in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROLLBOOK_HOME", raising=False)

    assert current_home().root.parts[-2:] == ("data", "local")


def test_the_slot_of_a_killed_run_is_freed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Dagster's daemon nobody else would: every later run would wait in silence."""
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        dead = instance.create_run_for_job(_noop, status=dg.DagsterRunStatus.STARTED)
        storage = instance.event_log_storage
        storage.initialize_concurrency_limit_to_default(WAREHOUSE_POOL)
        claim = storage.claim_concurrency_slot(WAREHOUSE_POOL, dead.run_id, "load")
        assert claim.is_claimed

        settle_dead_runs(instance, alive=None)

        assert storage.get_concurrency_info(WAREHOUSE_POOL).claimed_slots == []
        settled = instance.get_run_by_id(dead.run_id)
        assert settled and settled.status == dg.DagsterRunStatus.FAILURE


@dg.job
def _noop() -> None:
    pass
