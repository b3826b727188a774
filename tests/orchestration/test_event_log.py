"""The event log with kept connections writes what Dagster's own reads, waits for the disk only
where SQLite has to, and lets go of old files."""

from pathlib import Path

import dagster as dg
import yaml
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.lib.event_log import KeptConnectionsEventLog
from orchestration.lib.home import Home


@dg.asset
def roll() -> None:
    """Anything that leaves events."""


def _open_files() -> int:
    return sum(
        link.resolve().suffix == ".db" for link in Path("/proc/self/fd").iterdir() if link.exists()
    )


def test_the_instance_uses_it_and_dagsters_own_log_reads_the_same_files(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    settings = yaml.safe_load((home.dagster / "dagster.yaml").read_text())["event_log_storage"]
    settings["config"] = {"dagster_home": str(home.dagster)}

    with dg.DagsterInstance.local_temp(
        str(home.dagster), overrides={"event_log_storage": settings}
    ) as instance:
        assert isinstance(instance.event_log_storage, KeptConnectionsEventLog)
        run_id = dg.materialize([roll], instance=instance).run_id
        written = [entry.message for entry in instance.all_logs(run_id)]

    own = SqliteEventLogStorage(str(home.dagster / "history" / "runs"))
    assert [entry.message for entry in own.get_logs_for_run(run_id)] == written != []
    assert own.get_latest_materialization_events([roll.key])[roll.key] is not None


def test_however_many_runs_are_looked_at_few_files_stay_open(tmp_path: Path) -> None:
    log = KeptConnectionsEventLog(str(tmp_path))
    before = _open_files()

    for number in range(30):
        assert log.get_logs_for_run(f"run-{number}") == []

    # Making a file takes two connections to it.
    assert _open_files() - before <= 8 * 2


def test_a_statement_waits_for_no_disk_and_yet_a_lost_machine_loses_no_file(tmp_path: Path) -> None:
    """With the write-ahead log SQLite needs to wait only when it carries that over: `normal`."""
    log = KeptConnectionsEventLog(str(tmp_path))

    for shard in ("index", "run-1"):
        with log._connect(shard) as connection:
            # A connection that was there before the file's log sees it from its first look on.
            connection.exec_driver_sql("select count(*) from event_logs")
            assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("pragma synchronous").scalar() == 1
