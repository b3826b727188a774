"""Writes the dataset: the town, the catalogue's records, and what happens to them day by day."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dlt_sources.certification.acts import ACTS, put
from dlt_sources.certification.catalogue import (
    FOLDER,
    LAST_DAY,
    Case,
    Event,
    cases,
    events,
    resolved,
)
from dlt_sources.certification.ids import PLACES
from dlt_sources.certification.town import fill_sections, town
from dlt_sources.certification.world import FOLDERS, World
from dlt_sources.sandbox.dataset import LISTS

#: The date of day 0, and the days before which weeks pass: Clever's districts do not stand still
#: for the winter, the summer, and the 300 days after which a person returns under a new ID.
_FIRST_DATE = dt.date(2027, 1, 11)
_LEAPS = {13: 2, 22: 135, 25: 55, 28: 98}


#: The file of a day that holds the application's tables.
APPLICATION = "application.json"


def date_of(day: int) -> dt.date:
    """The date on which a day of the dataset is synced."""
    later = sum(days - 1 for leap, days in _LEAPS.items() if leap <= day)
    return _FIRST_DATE + dt.timedelta(days=day + later)


def day_of(date: dt.date) -> int | None:
    """The day of the dataset that has a date; None for a date between two days."""
    return next((day for day in range(LAST_DAY + 1) if date_of(day) == date), None)


def worlds() -> Iterator[tuple[int, World]]:
    """The world on each day, from 0 on; always the same object, changed from day to day."""
    world = town()
    for case in cases():
        for name, given in case.give.items():
            put(world, name, resolved(given))
    fill_sections(world)
    happening = list(events())
    for day in range(LAST_DAY + 1):
        for event in happening:
            if event.day == day:
                ACTS[event.act](world, event.of, resolved(event.give))
        _beat(world, day)
        yield day, world


def _beat(world: World, day: int) -> None:
    """Clever has synced every district that is not frozen."""
    for place, lists in world.places.items():
        for district in lists["districts"].values():
            if place not in world.frozen:
                district["last_sync"] = f"{date_of(day)}T00:12:44.120Z"


def write(folder: Path = FOLDER) -> None:
    """Write `dataset.json` and `days` anew; a list that did not change is not written again."""
    days = folder / "days"
    shutil.rmtree(days, ignore_errors=True)
    about = {
        "title": "Certification ISD and its neighbours",
        "client_id": "certification-client",
        "client_secret": "certification-secret",  # of the sandbox, no secret of anybody's
    }
    _write(folder / "dataset.json", json.dumps(about, indent=2) + "\n")
    written: dict[str, str] = {}
    for day, world in worlds():
        for name, text in _files(day, world):
            if written.get(name) != text:
                _write(days / f"{day:02}" / name, text)
                written[name] = text


def _files(day: int, world: World) -> Iterator[tuple[str, str]]:
    about = {"date": date_of(day).isoformat(), "story": _story(day)}
    yield "day.json", json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    yield "tokens.json", json.dumps(world.tokens, indent=1) + "\n"
    tables = {name: [rows[key] for key in sorted(rows)] for name, rows in world.application.items()}
    yield APPLICATION, json.dumps(tables, indent=1, ensure_ascii=False) + "\n"
    for place in PLACES:
        lists = world.places[place]
        (district,) = lists["districts"].values()
        yield f"{FOLDERS[place]}/district.json", json.dumps(district, ensure_ascii=False) + "\n"
        for name in LISTS:
            lines = (_line(lists[name][key]) for key in sorted(lists[name]))
            yield f"{FOLDERS[place]}/{name}.jsonl", "".join(lines)


def _story(day: int) -> list[str]:
    if day == 0:
        return ["The first sync: every case of tables A to D is there, and most of M."]
    told = [f"{case.id}: {case.title}." for case in cases() if _happens(case, day)]
    return told or ["Nothing happens but Clever's own sync."]


def _happens(case: Case, day: int) -> bool:
    return any(event.day == day for event in case.events)


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def replayed(day: int) -> list[Event]:
    """The events of a day that concern the replay: faults to order, approvals, a second sync."""
    acts = ("fault", "approve", "sync twice")
    return [event for event in events() if event.day == day and event.act in acts]
