"""A dataset: what Clever would say about some districts, day by day, in files a person can read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from dlt_sources.errors import ConfigurationError
from dlt_sources.sandbox.records import RecordList

#: The lists a district folder holds besides its own record; one `.jsonl` file each.
LISTS = ("schools", "terms", "courses", "sections", "users")

_T = TypeVar("_T")


class _DatasetFile(msgspec.Struct):
    title: str
    client_id: str
    client_secret: str


class _DayFile(msgspec.Struct):
    date: dt.date
    story: tuple[str, ...] = ()


@dataclass(frozen=True)
class Day:
    """A day of a dataset: its number from 1, its date and what happened, a sentence each."""

    number: int
    date: dt.date
    story: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Snapshot:
    """All of a dataset as of one day: who authorised the application, and every list.

    `tokens` maps a token to its district's id; `districts` a district's id to its lists by name,
    `districts` (the one record of itself) among them.
    """

    day: Day
    tokens: Mapping[str, str]
    districts: Mapping[str, Mapping[str, RecordList]]


@dataclass(frozen=True)
class Dataset:
    """A folder of days. Files are read when a day is asked for, and again only if they changed."""

    folder: Path
    title: str
    client_id: str
    client_secret: str = field(repr=False)
    _read: dict[tuple[Path, int, int], RecordList] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, folder: Path) -> Dataset:
        """Open a dataset; raises ConfigurationError when the folder is none."""
        file = folder / "dataset.json"
        if not file.is_file():
            raise ConfigurationError(f"{folder} is no dataset: it has no dataset.json.")
        about = _decode(file, _DatasetFile)
        return cls(folder, about.title, about.client_id, about.client_secret)

    def days(self) -> list[Day]:
        """Return the days in order; raises ConfigurationError when one cannot be read."""
        folders = [path for path in self.folder.glob("days/*") if path.name.isdigit()]
        return [_day(path) for path in sorted(folders, key=lambda path: int(path.name))]

    def as_of(self, number: int) -> Snapshot:
        """Read everything as of a day: per file the newest copy up to it.

        Raises ConfigurationError when there is no such day or a file is malformed.
        """
        days = self.days()
        past = [day.folder for day in days if day.number <= number]
        if not days or days[len(past) - 1].number != number:
            last = f"1 to {days[-1].number}" if days else "none"
            raise ConfigurationError(f"{self.folder} has no day {number}; its days are: {last}.")
        districts: dict[str, Mapping[str, RecordList]] = {}
        for district, lists in self._districts(past):
            if district in districts:
                raise ConfigurationError(f"{self.folder}: two folders hold district {district}.")
            districts[district] = lists
        return Snapshot(days[len(past) - 1], self._tokens(past, districts), districts)

    def _tokens(self, past: list[Path], districts: Mapping[str, object]) -> dict[str, str]:
        file = _newest(past, "tokens.json")
        tokens = _decode(file, dict[str, str]) if file else {}
        if unknown := sorted(set(tokens) - set(districts)):
            raise ConfigurationError(f"{file}: no folder holds the district {unknown[0]}.")
        return {token: district for district, token in tokens.items()}

    def _districts(self, past: list[Path]) -> Iterator[tuple[str, Mapping[str, RecordList]]]:
        for name in sorted({path.name for day in past for path in day.iterdir() if path.is_dir()}):
            own = _newest(past, f"{name}/district.json")
            if own is None:
                raise ConfigurationError(f"{past[-1] / name}: the district has no district.json.")
            lists = {list_name: self._list(past, name, list_name) for list_name in LISTS}
            lists["districts"] = RecordList.single(_compact(own), own)
            yield lists["districts"].id_at(0), lists

    def _list(self, past: list[Path], district: str, name: str) -> RecordList:
        file = _newest(past, f"{district}/{name}.jsonl")
        if file is None:
            return RecordList.empty()
        stat = file.stat()
        key = (file, stat.st_mtime_ns, stat.st_size)
        if key not in self._read:
            self._read[key] = RecordList.read(file)
        return self._read[key]


def _day(folder: Path) -> Day:
    about = _decode(folder / "day.json", _DayFile)
    return Day(int(folder.name), about.date, about.story, folder)


def _newest(past: list[Path], name: str) -> Path | None:
    """Return the newest copy of a file: one that is absent is as on the day before."""
    return next((day / name for day in reversed(past) if (day / name).is_file()), None)


def _decode(file: Path, shape: type[_T]) -> _T:
    try:
        return msgspec.json.decode(file.read_bytes(), type=shape)
    except FileNotFoundError:
        raise ConfigurationError(f"{file} is missing.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ConfigurationError(f"{file} is malformed: see the format in the README.") from None


def _compact(file: Path) -> bytes:
    return msgspec.json.encode(_decode(file, dict[str, object]))
