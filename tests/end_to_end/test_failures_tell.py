"""Failures tell, through the real command: what happened, what was kept, and what to do."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import duckdb
import psutil
import pytest

from dlt_sources.sandbox import Fault, serve
from tests.clever.world import ELM, OAK, World, school, section, student
from tests.end_to_end.conftest import Installation

_ELM_NAME, _OAK_NAME = "[/]x", "Demo [sandbox]"
_ACTIVE = "select count(*) from roster.students where record_status = 'active'"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A home synced once, by the clock, in a folder whose name no tool likes."""
    folder = tmp_path_factory.mktemp("told")
    world = World(folder / "dataset")
    elm = {"schools": [school()], "sections": [section(1, range(3))]}
    everybody = {"users": [student(number) for number in range(3)]}
    world.day(1, {**elm, **everybody}, {"users": [student(500, OAK)]}, name=_ELM_NAME)
    world.day(2, {"users": [student(number, grade="4") for number in range(3)]}, name=_ELM_NAME)
    (world.folder / "days/01/oak/district.json").write_text(
        (world.folder / "days/01/oak/district.json").read_text().replace("Oak", _OAK_NAME)
    )
    (world.folder / "days/02/oak/district.json").write_text(
        (world.folder / "days/02/oak/district.json").read_text().replace("Oak", _OAK_NAME)
    )
    with serve(world.folder) as sandbox:
        installation = Installation(folder / ODD_NAME, sandbox)
        ended = installation.run("sync")
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr == ""
        assert _ELM_NAME in ended.stdout and _OAK_NAME in ended.stdout
        yield installation


#: Of the letters that mean something to a shell, SQL, YAML, Jinja or a URL, those that are fine.
ODD_NAME = 'a & b  {{ c }} "d" $e #f; ü'


def _committed(home: Path) -> tuple[object, ...]:
    """What the logs hold, and which roster is published."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as log:
        lines = log.execute(
            "select (select count(*) from clever_raw.syncs), "
            "(select count(*) from application_raw.loads)"
        ).fetchall()
    return lines[0], (home / "rollbook.duckdb").stat().st_ino


def _one_line(ended: subprocess.CompletedProcess[str]) -> str:
    [line] = ended.stderr.strip().splitlines()
    return line


def test_a_time_ahead_of_the_clock_commits_nothing(told: Installation) -> None:
    before = _committed(told.home)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()

    ended = told.run("sync", "--observed-at", tomorrow)

    assert ended.returncode == 2
    assert "ahead of the clock" in _one_line(ended) and "--ahead-of-clock" in _one_line(ended)
    assert _committed(told.home) == before


def test_a_clock_ahead_of_clevers_commits_nothing_of_the_application_either(
    told: Installation,
) -> None:
    before = _committed(told.home)
    past = format_datetime(datetime.now(UTC) - timedelta(hours=3), usegmt=True)
    told.sandbox.inject(Fault("date", "/oauth/tokens", date=past))

    ended = told.run("sync")
    told.sandbox.clear_faults()

    assert ended.returncode == 2, ended.stderr
    assert "clock of this machine is 3 h" in _one_line(ended)
    assert _committed(told.home) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_walk_says_one_line_and_leaves_nobody_behind(
    told: Installation, number: signal.Signals
) -> None:
    before = _committed(told.home)
    asked = len(told.sandbox.requests)
    told.sandbox.inject(Fault("slow", "/users", delay=60, times=9))
    run = _start(told)
    while not any("/users" in request for request in told.sandbox.requests[asked:]):
        assert run.poll() is None
        time.sleep(0.01)
    children = psutil.Process(run.pid).children(recursive=True)

    ended = _stop(run, number)
    told.sandbox.clear_faults()

    assert ended.returncode == 128 + number
    assert "Stopped. Nothing was published" in _one_line(ended)
    assert not psutil.wait_procs(children, timeout=10)[1]
    assert _committed(told.home) == before
    assert "Stopped. Nothing was published" in told.run("status").stderr


def _command(process: psutil.Process) -> str:
    """The command line of a process, blank once it has ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_a_build_that_is_stopped_ends_its_checks_and_the_next_run_is_fine(
    told: Installation,
) -> None:
    told.sandbox.set_day(2)
    run = _start(told)
    children: list[psutil.Process] = []
    while not any("expectations" in _command(child) for child in children):
        assert run.poll() is None
        children = psutil.Process(run.pid).children(recursive=True)
        time.sleep(0.01)

    ended = _stop(run, signal.SIGTERM)

    assert ended.returncode == 128 + signal.SIGTERM
    assert "Nothing was published" in _one_line(ended)
    assert not psutil.wait_procs(children, timeout=10)[1]

    again = told.run("sync")

    assert again.returncode == 0, again.stderr
    assert told.query("select distinct grade from roster.students where district_id = "
                      f"'{ELM}'") == [("4",)]  # fmt: skip
    assert "ended well" in told.run("status").stdout


def test_a_wrong_setting_is_refused_at_once_and_told_by_the_status(told: Installation) -> None:
    before = _committed(told.home)

    for wrong in ({"ROLLBOOK_SCHOOL_YEAR_START": "13-45"}, {"ROLLBOOK_TIME_ZONE": "Mars/Phobos"}):
        ended = told.run("sync", **wrong)
        [name] = wrong

        assert ended.returncode == 2
        assert name in _one_line(ended)
        assert name in told.run("status").stderr
    assert _committed(told.home) == before


def test_a_district_that_left_is_retired_and_returns_without_loss(told: Installation) -> None:
    refused = Fault("status", "*", status=401, times=1_000, district=ELM)
    told.sandbox.inject(refused)
    students = told.query(f"from roster.student_history where district_id = '{ELM}' order by all")
    assert told.run("sync").returncode == 3

    ended = told.run("retire", "--district", ELM, "--reason", "It left [us]\x1b[2J.")

    assert ended.returncode == 0, ended.stderr
    elm = next(each for each in json.loads(told.run("status", "--json").stdout)
               if each["district_id"] == ELM)  # fmt: skip
    assert elm["retired_at"] is not None and not elm["stale"]
    shown = told.run("status")
    assert "retired" in shown.stdout and f"{_ELM_NAME} is" not in shown.stdout
    assert told.run("sync").returncode == 0, "nobody waits for it any more"
    assert (
        told.query(f"from roster.student_history where district_id = '{ELM}' order by all")
        == students
    )

    told.sandbox.clear_faults()
    assert told.run("sync").returncode == 0
    assert told.query("select action from ops.retirements order by retirement_id") == [
        ("retired",), ("returned",)
    ]  # fmt: skip
    assert told.query("select count(*) from ops.district_status where retired_at is null") == [(2,)]
    assert told.query(f"{_ACTIVE} and district_id = '{ELM}'") == [(3,)]


def test_retiring_wants_a_district_it_knows_and_a_reason(told: Installation) -> None:
    unknown = told.run("retire", "--district", "nobody", "--reason", "gone")
    silent = told.run("retire", "--district", ELM, "--reason", " ")
    undone = told.run("retire", "--district", ELM, "--reason", "came back", "--undo")

    assert [each.returncode for each in (unknown, silent, undone)] == [2, 2, 2]
    assert "never synced" in _one_line(unknown)
    assert "say why" in _one_line(silent)
    assert "not retired" in _one_line(undone)


def test_what_is_refused_while_a_run_works_says_so_and_leaves_it_alone(told: Installation) -> None:
    """No command opens the warehouse before it has the home: a run may be about to write."""
    before = _committed(told.home), (told.home / "reports/last_outcome.json").read_text()
    commands = (
        ("rebuild",),
        ("retract", "--district", ELM, "--since", "1", "--reason", "why", "--yes"),
        ("retire", "--district", ELM, "--reason", "gone"),
    )
    with (told.home / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with duckdb.connect(str(told.home / "warehouse.duckdb")):
            refused = [told.run(*command) for command in commands]

    for ended in refused:
        assert ended.returncode == 1
        assert _one_line(ended).startswith("rollbook: Another run (process")
    assert before == (
        _committed(told.home), (told.home / "reports/last_outcome.json").read_text()
    )  # fmt: skip


def test_a_reason_that_is_no_text_changes_nothing(told: Installation) -> None:
    before = _committed(told.home)
    command = [*told.command("retract", "--district", ELM, "--since", "1", "--yes"), "--reason"]
    ended = subprocess.run(
        [*map(os.fsencode, command), b"\xff\xfe"],
        env=told.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "--reason is no text" in _one_line(ended)
    assert _committed(told.home) == before


def test_damaged_files_are_told_in_a_sentence(told: Installation, tmp_path: Path) -> None:
    """A home of which every file that `status` reads is something else."""
    damaged = Installation(tmp_path / "home", told.sandbox)
    (damaged.home / "reports").mkdir(parents=True)
    for name in ("rollbook.duckdb", "warehouse.duckdb", "reports/last_outcome.json"):
        (damaged.home / name).write_text("not what it should be")

    status = damaged.run("status")
    rebuild = damaged.run("rebuild")

    assert status.returncode == 1
    assert [line for line in status.stderr.splitlines() if "cannot be read" in line]
    assert [line for line in status.stderr.splitlines() if "last_outcome.json is damaged" in line]
    assert "Traceback" not in status.stderr
    assert rebuild.returncode == 2
    told_of = _one_line(rebuild)
    assert str(damaged.home / "warehouse.duckdb") in told_of
    assert "it is damaged" in told_of and "backup" in told_of


@pytest.mark.parametrize("tables", ["", "create schema clever_raw"])
def test_a_warehouse_without_a_log_has_nothing_to_rebuild(
    told: Installation, tmp_path: Path, tables: str
) -> None:
    empty = Installation(tmp_path / "home", told.sandbox)
    empty.home.mkdir()
    with duckdb.connect(str(empty.home / "warehouse.duckdb")) as warehouse:
        warehouse.execute(tables or "select 1")

    ended = empty.run("rebuild")

    assert ended.returncode == 2
    assert "rollbook sync" in _one_line(ended)


def test_the_log_is_whole_in_a_backup_of_a_killed_run(told: Installation, tmp_path: Path) -> None:
    """docs/operations.md says what to copy: both files, where there are two."""
    code = (
        "import duckdb, os, signal, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute('create table main.note as select 1'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    copy = tmp_path / "warehouse.duckdb"
    copy.write_bytes((told.home / "warehouse.duckdb").read_bytes())
    subprocess.run(["python3", "-c", code, str(copy)], check=False, env=_python())
    wal = copy.with_name(copy.name + ".wal")
    assert wal.exists()

    backup = tmp_path / "backup" / copy.name
    backup.parent.mkdir()
    for file in (copy, wal):
        (backup.parent / file.name).write_bytes(file.read_bytes())

    with duckdb.connect(str(backup)) as restored:
        assert restored.execute("select * from main.note").fetchall() == [(1,)]


def _python() -> dict[str, str]:
    import sys

    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def test_a_run_that_published_is_no_failure_because_nobody_could_be_told(
    told: Installation,
) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            told.command("sync"),
            env=told.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert ended.returncode == 0, ended.stderr
    assert "could not be written" in _one_line(ended)
    assert "ended well" in told.run("status").stdout


def _start(installation: Installation) -> subprocess.Popen[str]:
    return subprocess.Popen(
        installation.command("sync"),
        env=installation.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests under nohup has told all their children to ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )


def _stop(run: subprocess.Popen[str], number: signal.Signals) -> subprocess.CompletedProcess[str]:
    """Send a signal, and wait for the end: not for what the run itself was waiting for."""
    run.send_signal(number)
    stdout, stderr = run.communicate(timeout=30)
    return subprocess.CompletedProcess([], run.returncode, stdout, stderr)
