"""A home: the folder in which runs keep everything, and the lock for one run at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.lib.full_disk import FullDiskError, is_full_disk
from orchestration.lib.settings import PROJECT_ROOT, home_folder, school_year_start

_INSTANCE_SETTINGS = PROJECT_ROOT / "orchestration" / "dagster.yaml"

#: The lock files this process holds; the command takes the lock before the job's own resource does.
_held: dict[Path, IO[str]] = {}


class HomeInUseError(RollbookError):
    """Another run is using the home; nothing was started."""


@dataclass(frozen=True)
class Home:
    """The paths of a home; nothing is created before `prepare`."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The raw log and the staging views; only runs open it."""
        return self.root / "warehouse.duckdb"

    @property
    def build(self) -> Path:
        """What dbt derives; only runs open it."""
        return self.root / "build.duckdb"

    @property
    def published(self) -> Path:
        """What analysts read; replaced as a whole."""
        return self.root / "rollbook.duckdb"

    @property
    def masked(self) -> Path:
        """The published file with pseudonyms; replaced as a whole, or not there."""
        return self.root / "rollbook_masked.duckdb"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return self.root / "dagster"

    @property
    def dbt(self) -> Path:
        """dbt's compiled files and logs."""
        return self.root / "dbt"

    @property
    def reports(self) -> Path:
        """What runs tell about themselves."""
        return self.root / "reports"

    @property
    def lock_file(self) -> Path:
        """Locked by the run that uses the home; holds that run's process number."""
        return self.root / "lock"

    def prepare(self) -> None:
        """Create the folders and put the instance's settings where Dagster looks for them.

        Raises ConfigurationError when the home cannot be written, FullDiskError for want of room.
        """
        try:
            for folder in (self.dagster, self.dbt, self.reports):
                folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_INSTANCE_SETTINGS, self.dagster / "dagster.yaml")
            self.lock_file.touch()
        except OSError as error:
            if is_full_disk(error):
                raise FullDiskError(self.root) from None
            raise ConfigurationError(
                f"The home {self.root} cannot be written ({error.strerror}); "
                "set ROLLBOOK_HOME to a folder this user may write."
            ) from None

    def set_environment(self) -> None:
        """Tell Dagster, dlt and dbt where the home is, what is set, and to keep to themselves."""
        os.environ["ROLLBOOK_HOME"] = str(self.root)
        os.environ["ROLLBOOK_SCHOOL_YEAR_START"] = school_year_start()
        os.environ["DAGSTER_HOME"] = str(self.dagster)
        os.environ.setdefault("DLT_PROJECT_DIR", str(PROJECT_ROOT))
        os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
        os.environ.setdefault("DO_NOT_TRACK", "1")


#: The home of `make run`: its own, so that a real roster is never mixed with the sample.
SAMPLE_HOME = Home(PROJECT_ROOT / "data" / "local" / "sample")


def current_home() -> Home:
    """The home that ROLLBOOK_HOME names, else `data/local` in the project."""
    return Home(home_folder())


@contextmanager
def home_lock(home: Home) -> Iterator[None]:
    """Hold the home for one run; the operating system releases it if the process dies.

    Raises HomeInUseError when another process holds it. Taking it twice in a process is fine.
    """
    if home.root in _held:
        yield
        return
    with home.lock_file.open("r+") as lock:
        _lock_or_refuse(home, lock)
        _held[home.root] = lock
        try:
            yield
        finally:
            del _held[home.root]


def _lock_or_refuse(home: Home, lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise HomeInUseError(
            f"Another run (process {lock.read().strip() or 'unknown'}) is using {home.root}; "
            "wait until it has ended and start again. Nothing was changed."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
