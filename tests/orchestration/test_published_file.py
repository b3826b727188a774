"""What analysts open is what was built: whatever writers left, whoever reads, wherever they are."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest

from dlt_sources.errors import RollbookError
from orchestration.lib import published_file
from orchestration.lib.home import Home
from orchestration.lib.published_file import NotAsPublishedError, publish
from orchestration.lib.swap import OpenForWritingError, swap_in

_STUDENTS = "select student_id from roster.students where record_status = 'active' order by 1"
#: A process that writes into a file and dies before it has written everything where it belongs.
_WRITE_AND_DIE = """
import duckdb, os, sys
connection = duckdb.connect(sys.argv[1])
connection.execute(sys.argv[2])
os._exit(0)
"""
_HOLD_OPEN = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
"""

#: Root may write whatever the file says, so the process becomes somebody else.
_AS_AN_ANALYST = """
import duckdb, os, sys
if os.geteuid() == 0:
    os.setuid(65534)
assert duckdb.connect(sys.argv[1], read_only=True).execute("from roster.students").fetchall()
try:
    duckdb.connect(sys.argv[1])
except duckdb.IOException as error:
    assert "Permission denied" in str(error), error
else:
    raise AssertionError("it was opened for writing")
"""


@pytest.fixture
def home(built_home: Path, tmp_path: Path) -> Home:
    """A home of its own, with quotes and blanks in its path, published once."""
    copied = shutil.copytree(built_home, tmp_path / "Ana's  home")
    home = Home(copied)
    publish(home)
    return home


def _process(code: str, *arguments: object) -> None:
    subprocess.run([sys.executable, "-c", code, *map(str, arguments)], check=True)


def _write_and_die(file: Path, statement: str) -> None:
    _process(_WRITE_AND_DIE, file, statement)
    assert _wal(file).exists(), "the writer's changes lie beside the file"


def _wal(file: Path) -> Path:
    return file.with_name(file.name + ".wal")


def _students(file: Path) -> list[Any]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return [id_ for (id_,) in connection.execute(_STUDENTS).fetchall()]


def _forget_ben(home: Home) -> None:
    """As a build makes it that knows of Ana only."""
    with duckdb.connect(str(home.build)) as connection:
        connection.execute("delete from roster.student_history where student_id = 'ben'")


def _expect_only_the_published(home: Home) -> None:
    beside = [path.name for path in home.root.glob("rollbook.duckdb*")]
    assert beside == ["rollbook.duckdb"]


# --- what writers left ---------------------------------------------------------------------------


def test_what_somebody_wrote_into_the_old_file_is_not_in_the_new_one(home: Home) -> None:
    _write_and_die(home.published, "delete from roster.student_history where student_id = 'ana'")
    assert _students(home.published) == ["ben"]

    result = publish(home)

    assert result.removed == ("rollbook.duckdb.wal",)
    assert _students(home.published) == ["ana", "ben"]
    _expect_only_the_published(home)


@pytest.mark.parametrize("ending", [".wal", ".wal.checkpoint", ".wal.recovery"])
def test_a_log_that_makes_the_file_unreadable_does_not_stay(home: Home, ending: str) -> None:
    log = home.published.with_name(home.published.name + ending)
    log.write_bytes(b"no log of this file" * 1000)

    publish(home)

    assert _students(home.published) == ["ana", "ben"]
    _expect_only_the_published(home)


def test_what_a_killed_publish_left_is_not_in_the_next_one(home: Home) -> None:
    beside = home.published.with_name("rollbook.duckdb.new")
    shutil.copyfile(home.build, beside)
    _write_and_die(beside, "delete from roster.student_history where student_id = 'ana'")

    publish(home)

    assert _students(home.published) == ["ana", "ben"]
    _expect_only_the_published(home)


def test_what_a_killed_build_committed_is_published(home: Home) -> None:
    _write_and_die(home.build, "delete from roster.student_history where student_id = 'ben'")

    publish(home)

    assert _students(home.published) == ["ana"]
    assert not _wal(home.build).exists()


# --- while somebody has it open ------------------------------------------------------------------


@contextmanager
def _held_open(file: Path) -> Iterator[None]:
    command = [sys.executable, "-c", _HOLD_OPEN, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout and holder.stdout.readline() == b"open\n"
        try:
            yield
        finally:
            holder.communicate(b"\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can open it for writing")
def test_nothing_is_published_while_somebody_may_write(home: Home) -> None:
    before = home.published.read_bytes()
    _forget_ben(home)
    with (
        _held_open(home.published),
        pytest.raises(OpenForWritingError, match=r"open for writing.*Nothing was published"),
    ):
        publish(home)

    assert home.published.read_bytes() == before
    _expect_only_the_published(home)
    publish(home)
    assert _students(home.published) == ["ana"]


def test_the_published_file_is_not_for_writing(home: Home) -> None:
    """Whoever forgets `read_only` is told at once; root alone may pass."""
    assert not stat.S_IMODE(home.published.stat().st_mode) & 0o222
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = shutil.copy2(home.published, Path(folder) / "rollbook.duckdb")
        _process(_AS_AN_ANALYST, file)
        assert [path.name for path in Path(folder).iterdir()] == ["rollbook.duckdb"]


# --- where it stops ------------------------------------------------------------------------------


class _MachineStoppedError(Exception):
    """Nothing happens after this."""


def _stop(*_: object) -> None:
    raise _MachineStoppedError


@pytest.mark.parametrize("step", ["chmod", "replace"])
def test_a_stop_before_the_swap_leaves_the_old_file_as_it_was_published(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _forget_ben(home)
    with monkeypatch.context() as patch, pytest.raises(_MachineStoppedError):
        patch.setattr(Path, step, _stop)
        publish(home)
    assert _students(home.published) == ["ana", "ben"]


def test_what_fails_after_the_swap_does_not_say_that_nothing_was_published(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swap_and_spoil(new: Path, published: Path) -> list[Path]:
        removed = swap_in(new, published)
        published.chmod(0o644)
        published.write_bytes(b"something else")
        return removed

    monkeypatch.setattr(published_file, "swap_in", swap_and_spoil)
    with pytest.raises(NotAsPublishedError, match="was replaced by the new roster") as raised:
        publish(home)
    assert "othing was published" not in str(raised.value)


def test_a_folder_that_cannot_be_flushed_does_not_undo_a_swap(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def flush_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        flush(descriptor)

    _forget_ben(home)
    monkeypatch.setattr(os, "fsync", flush_files)
    publish(home)
    assert _students(home.published) == ["ana"]


def test_another_file_in_its_place_is_not_taken_for_the_new_one(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    older = shutil.copyfile(home.published, tmp_path / "older.duckdb")

    def swap_and_restore(new: Path, published: Path) -> list[Path]:
        removed = swap_in(new, published)
        older.replace(published)
        return removed

    monkeypatch.setattr(published_file, "swap_in", swap_and_restore)
    with pytest.raises(NotAsPublishedError, match="by something else since"):
        publish(home)


# --- who has the old one open --------------------------------------------------------------------


def test_a_process_sees_the_new_file_when_it_has_closed_all_connections(home: Home) -> None:
    """As the guide says; DuckDB gives a process the file it has open already."""
    one = duckdb.connect(str(home.published), read_only=True)
    _forget_ben(home)
    publish(home)

    with duckdb.connect(str(home.published), read_only=True) as two:
        assert two.execute(_STUDENTS).fetchall() == [("ana",), ("ben",)]
    one.close()
    assert _students(home.published) == ["ana"]


def test_detach_and_attach_shows_the_new_file(home: Home) -> None:
    with duckdb.connect() as connection:
        attach = f"attach '{str(home.published).replace(chr(39), chr(39) * 2)}' as r (read_only)"
        connection.execute(attach)
        _forget_ben(home)
        publish(home)
        count = "select count(*) from r.roster.students where record_status = 'active'"
        before = connection.execute(count).fetchone()
        connection.execute("detach r")
        connection.execute(attach)
        assert (before, connection.execute(count).fetchone()) == ((2,), (1,))


def test_days_that_were_not_built_are_not_asked_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the days of a zone `_on` would answer that nobody was there."""
    publish(home)
    before = home.published.read_bytes()
    monkeypatch.setenv("ROLLBOOK_TIME_ZONE", "America/Chicago")

    with pytest.raises(RollbookError, match="no days of America/Chicago: run `rollbook rebuild`"):
        publish(home)

    assert home.published.read_bytes() == before
