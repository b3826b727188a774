"""A folder is filled as a whole or not at all, and nothing of anybody's is lost for it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.export import folder as module
from orchestration.export.folder import UNFINISHED, whole_folder
from orchestration.lib.full_disk import FullDiskError
from tests.faults.small_disk import SmallDisk, small_disk

LAST = "manifest.json"


def _fill(to: Path) -> None:
    with whole_folder(to, last=LAST) as folder:
        for name in ("a.csv", LAST, "z.csv"):
            (folder / name).write_text(name)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


WHOLE = ["a.csv", LAST, "z.csv"]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk", 2) as mounted:
        yield mounted


def test_a_new_folder_appears_with_everything_in_it(tmp_path: Path) -> None:
    to = tmp_path / "some" / "where" / "new"
    with whole_folder(to, last=LAST) as folder:
        (folder / "a.csv").write_text("a")
        assert not to.exists()

    assert _names(to) == ["a.csv"]
    assert _names(to.parent) == ["new"]


def test_an_empty_folder_stays_what_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be somebody's current one: a new folder of the same name would not be."""
    (tmp_path / "to").mkdir(mode=0o750)
    monkeypatch.chdir(tmp_path / "to")
    before = Path().stat()

    _fill(Path())

    assert _names(Path()) == WHOLE
    assert (Path().stat().st_ino, Path().stat().st_mode) == (before.st_ino, before.st_mode)


def test_a_link_to_an_empty_folder_is_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    _fill(tmp_path / "link")

    assert _names(tmp_path / "real") == WHOLE
    assert (tmp_path / "link").is_symlink()


def test_a_mounted_disk_is_filled(disk: SmallDisk) -> None:
    """It can be neither renamed nor replaced."""
    _fill(disk.root)

    assert _names(disk.root) == WHOLE


@pytest.mark.parametrize("failure", [ValueError, RollbookError, SystemExit])
def test_nothing_stays_of_what_failed(tmp_path: Path, failure: type[BaseException]) -> None:
    (tmp_path / "empty").mkdir()
    for to in (tmp_path / "deep" / "er" / "new", tmp_path / "empty"):
        with pytest.raises(failure), whole_folder(to, last=LAST) as folder:
            (folder / "a.csv").write_text("a")
            raise failure

    assert _names(tmp_path) == ["empty"]
    assert _names(tmp_path / "empty") == []


def test_ctrl_c_says_that_nothing_stays(tmp_path: Path) -> None:
    with (
        pytest.raises(RollbookError, match=r"Stopped. Nothing was exported."),
        whole_folder(tmp_path / "to", last=LAST) as folder,
    ):
        (folder / "a.csv").write_text("a")
        raise KeyboardInterrupt

    assert _names(tmp_path) == []


@pytest.mark.parametrize("failing", range(3))
def test_nothing_stays_if_a_file_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """Ctrl-C between two files of a folder that was there."""
    (tmp_path / "to").mkdir()
    rename = Path.rename
    moved: list[str] = []

    def stopped(self: Path, target: Path) -> Path:
        if len(moved) == failing:
            raise KeyboardInterrupt
        moved.append(target.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", stopped)
    with pytest.raises(KeyboardInterrupt):
        _fill(tmp_path / "to")

    assert moved == ["a.csv", "z.csv"][:failing]
    assert _names(tmp_path / "to") == []


def test_the_manifest_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "to").mkdir()
    rename, moved = Path.rename, []

    def noted(self: Path, target: Path) -> Path:
        moved.append(target.name)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", noted)
    _fill(tmp_path / "to")

    assert moved == ["a.csv", "z.csv", LAST]


@pytest.mark.parametrize("there", ["file", "nowhere", "full"])
def test_what_is_there_is_not_touched(tmp_path: Path, there: str) -> None:
    to = tmp_path / there
    if there == "file":
        to.write_text("mine")
    elif there == "nowhere":
        to.symlink_to("missing")
    else:
        to.mkdir()
        (to / "mine.txt").write_text("mine")
    before = (to.lstat(), _names(tmp_path))

    with pytest.raises(ConfigurationError, match="name a new or an empty") as refused:
        _fill(to)

    assert str(to) in str(refused.value)
    assert (to.lstat(), _names(tmp_path)) == before


def test_what_comes_meanwhile_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for to in (tmp_path / "new", tmp_path / "empty"):
        with (
            pytest.raises(ConfigurationError, match=r"is not empty \(a.csv\)"),
            whole_folder(to, last=LAST) as folder,
        ):
            (folder / "a.csv").write_text("ours")
            to.mkdir(exist_ok=True)
            (to / "a.csv").write_text("mine")

        assert _names(to) == ["a.csv"]
        assert (to / "a.csv").read_text() == "mine"
    assert _names(tmp_path) == ["empty", "new"]


def test_what_a_killed_export_left_is_told(tmp_path: Path) -> None:
    left = tmp_path / "to" / f"{UNFINISHED}0123"
    left.mkdir(parents=True)

    with pytest.raises(ConfigurationError, match=rf"killed has left, {left.name}.*remove that"):
        _fill(tmp_path / "to")


def test_a_folder_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for to, why in (
        (tmp_path / "file" / "to", "Not a directory"),
        (Path("/proc/rollbook/to"), "No such file or directory"),
        (tmp_path / ("x" * 300), "File name too long"),
    ):
        with pytest.raises(ConfigurationError, match=rf"cannot be written \({why}\).*--to"):
            _fill(to)


def test_a_disk_that_is_only_to_be_read_says_so(disk: SmallDisk) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk.root)], check=True)

    for to in (disk.root, disk.root / "new"):
        with pytest.raises(ConfigurationError, match="Read-only file system"):
            _fill(to)


def test_a_full_disk_says_so_and_leaves_nothing(disk: SmallDisk) -> None:
    (disk.root / "empty").mkdir()
    for to in (disk.root / "new", disk.root / "empty"):
        with (
            pytest.raises(FullDiskError, match=r"is full.*Nothing was exported"),
            whole_folder(to, last=LAST) as folder,
        ):
            (folder / "large.csv").write_bytes(bytes(4_000_000))

    assert _names(disk.root) == ["empty"]
    assert _names(disk.root / "empty") == []


def test_files_are_on_the_disk_before_they_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk over the network tells only then that it is full."""
    seen: list[str] = []

    def to_disk(file: Path) -> None:
        assert not (tmp_path / "to").exists()
        seen.append(file.name)
        if file.name == "z.csv":
            raise OSError(28, os.strerror(28))

    monkeypatch.setattr(module, "to_disk", to_disk)
    with pytest.raises(FullDiskError):
        _fill(tmp_path / "to")

    assert seen == ["a.csv", "z.csv"]
    assert _names(tmp_path) == []
