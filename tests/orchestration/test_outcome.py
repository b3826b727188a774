"""How the last run ended is known afterwards, whoever started it and however it ended."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from dlt_sources.clever.results import utc_now
from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.definitions import defs
from orchestration.lib.home import Home, home_lock
from orchestration.lib.noting import noting_failures
from orchestration.lib.outcome import (
    has_published,
    last_run,
    note_begun,
    note_ended,
    run_begun,
)
from orchestration.lib.reasons import told
from orchestration.lib.runs import run_job

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def _publish(home: Home) -> None:
    """Swap a published file in."""
    beside = home.root / "new"
    beside.write_text("roster")
    beside.replace(home.published)


def test_without_a_run_there_is_nothing_to_tell(home: Home) -> None:
    assert last_run(home) is None


def test_a_success_makes_up_for_the_failure_before(home: Home) -> None:
    note_begun(home, "daily")
    note_ended(home, "Clever was away.")
    well, said = last_run(home) or (True, "")
    assert not well and "Clever was away." in said

    note_begun(home, "daily")
    note_ended(home)

    well, said = last_run(home) or (False, "")
    assert well and "ended well" in said


def test_a_retraction_that_was_killed_is_not_to_be_said_again(home: Home) -> None:
    note_begun(home, "retract")
    home.lock_file.write_text("0")

    well, said = last_run(home) or (True, "")

    assert not well
    assert "stays taken back: `rollbook rebuild` publishes" in said


def test_the_first_reason_counts(home: Home) -> None:
    note_begun(home, "daily")
    note_ended(home, "The disk is full.")
    note_ended(home)

    assert "The disk is full." in (last_run(home) or (True, ""))[1]


def test_a_failure_before_the_run_has_the_home_is_noted(home: Home) -> None:
    with pytest.raises(ConfigurationError), noting_failures(home, "daily"):
        raise ConfigurationError("ROLLBOOK_TIME_ZONE is wrong.")

    well, said = last_run(home) or (True, "")
    assert not well and "ROLLBOOK_TIME_ZONE is wrong." in said


def test_a_run_under_way_is_told_from_one_that_was_killed(home: Home) -> None:
    with home_lock(home):
        note_begun(home, "daily")
        well, said = last_run(home) or (False, "")
        assert well and f"process {os.getpid()}" in said

    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    home.lock_file.write_text(str(child))

    well, said = last_run(home) or (True, "")
    assert not well and "was killed" in said


@pytest.mark.parametrize("damage", ["", "{", "[1]", '{"job": "daily"}', '{"other": 1}', "\x00\xff"])
def test_a_damaged_note_is_told_and_replaced_by_the_next_run(home: Home, damage: str) -> None:
    note_begun(home, "daily")
    (home.reports / "last_outcome.json").write_bytes(damage.encode("latin-1"))

    well, said = last_run(home) or (True, "")
    assert not well and "damaged" in said

    note_begun(home, "daily")
    note_ended(home)
    assert (last_run(home) or (False, ""))[0]


def test_nothing_was_published_is_said_only_where_it_is_true(home: Home) -> None:
    _publish(home)
    note_begun(home, "daily")
    assert not has_published(home)
    assert "Nothing was published" in str(told(home, ValueError("x")))
    assert "Nothing was published" in str(told(home, OSError(28, "No space left on device")))

    _publish(home)

    assert has_published(home)
    for error in (ValueError("x"), OSError(28, "No space left on device"), dg.Failure("Broken.")):
        assert "The new roster had been published" in str(told(home, error))
        assert "stays as it was" not in str(told(home, error))


def test_nothing_is_claimed_of_the_run_before_where_the_note_cannot_be_written(home: Home) -> None:
    """As on a full disk."""
    note_begun(home, "daily")
    _publish(home)
    note_ended(home)
    shutil.rmtree(home.reports)

    note_begun(home, "daily")

    assert not has_published(home)


def test_a_message_of_another_library_is_never_repeated(home: Home) -> None:
    assert "Ada Lovelace" not in str(told(home, ValueError("bad row: Ada Lovelace")))
    assert str(told(home, RollbookError("Ours."))) == "Ours."


def test_a_run_of_the_schedule_tells_its_failure_and_its_success(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Dagster's daemon runs a job: with its instance, and none of the command's own care."""
    for name in list(os.environ):
        if name.startswith("SOURCES__CLEVER__"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ROLLBOOK_HOME", str(home.root))
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with dg.DagsterInstance.get() as instance:
        ended = defs.resolve_job_def("daily").execute_in_process(
            run_config=_QUIET, instance=instance, raise_on_error=False
        )
        assert not ended.success
        well, said = last_run(home) or (True, "")
        assert not well and "CLIENT_SECRET" in said and "(daily)" in said

        monkeypatch.setenv("ROLLBOOK_SCHOOL_YEAR_START", "13-45")
        ended = _asking_for_the_home.execute_in_process(
            instance=instance, run_config=_QUIET, raise_on_error=False
        )
        assert not ended.success
        assert "ROLLBOOK_SCHOOL_YEAR_START" in (last_run(home) or (True, ""))[1]

        monkeypatch.delenv("ROLLBOOK_SCHOOL_YEAR_START")
        done = _asking_for_the_home.execute_in_process(instance=instance, run_config=_QUIET)
        assert done.success
        well, said = last_run(home) or (False, "")
        assert well and "ended well" in said

        with pytest.raises(KeyboardInterrupt):
            _interrupted.execute_in_process(instance=instance, run_config=_QUIET)
        well, said = last_run(home) or (True, "")
        assert not well and "stopped" in said


_HOME = {"home": (defs.resources or {})["home"]}


@dg.op(required_resource_keys={"home"})
def _succeeds() -> None:
    pass


@dg.op(required_resource_keys={"home"})
def _is_interrupted() -> None:
    raise KeyboardInterrupt


@dg.job(resource_defs=_HOME)
def _asking_for_the_home() -> None:
    _succeeds()


@dg.job(resource_defs=_HOME)
def _interrupted() -> None:
    _is_interrupted()


@pytest.mark.parametrize("file", ["history/runs.db", "schedules/schedules.db"])
def test_damaged_files_of_dagsters_are_told_with_the_way_out(
    home: Home, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(home.root))
    damaged = home.dagster / file
    damaged.parent.mkdir(parents=True)
    damaged.write_text("this is no database " * 500)

    with pytest.raises(RollbookError) as caught:
        run_job(home, "rebuild", {})

    assert "move that folder away" in str(caught.value)
    assert str(home.dagster) in str(caught.value)
    assert "move that folder away" in (last_run(home) or (True, ""))[1]


def test_the_launchpad_is_refused_a_time_ahead_of_the_clock_before_anything_is_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(home.root))
    monkeypatch.setenv("SOURCES__CLEVER__CLIENT_ID", "id")
    monkeypatch.setenv("SOURCES__CLEVER__CLIENT_SECRET", "secret")
    ahead = (utc_now() + timedelta(days=365)).isoformat()

    with pytest.raises(ConfigurationError, match="ahead of the clock"):
        run_job(home, "daily", {"clever_sync": {"config": {"observed_at": ahead}}})

    assert not home.warehouse.exists()
    assert "ahead of the clock" in (last_run(home) or (True, ""))[1]


def test_a_command_killed_before_its_job_is_told_of(home: Home) -> None:
    note_begun(home, "daily")
    note_ended(home)
    if not (child := os.fork()):
        with home_lock(home), run_begun(home, "retract"):
            os._exit(9)
    os.waitpid(child, 0)

    well, sentence = last_run(home) or (True, "")

    assert not well and "(retract)" in sentence and "killed" in sentence


@pytest.mark.parametrize("noted", [False, True])
def test_wrong_usage_found_before_the_job_is_no_run(home: Home, noted: bool) -> None:
    if noted:
        note_begun(home, "daily")
        note_ended(home)
    before = last_run(home)

    with pytest.raises(ConfigurationError), run_begun(home, "retract"):
        raise ConfigurationError("No such sync.")

    assert last_run(home) == before


@pytest.mark.parametrize(
    ("error", "told"), [(RollbookError("Broken."), "Broken."), (KeyboardInterrupt(), "stopped")]
)
def test_a_command_that_fails_before_its_job_is_told_of(
    home: Home, error: BaseException, told: str
) -> None:
    with pytest.raises(type(error)), run_begun(home, "retract"):
        raise error

    well, sentence = last_run(home) or (True, "")
    assert not well and told in sentence
