"""Worlds written down as a dataset that the sandbox serves: a day for each round."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from .oracle import World

CLIENT_ID, CLIENT_SECRET = "client-of-the-stories", "secret-of-the-stories"
_FIRST_DATE = date(2026, 8, 17)


def write_dataset(folder: Path) -> None:
    """Begin a dataset without days."""
    about = {"title": "Stories", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    folder.mkdir(parents=True)
    _write(folder / "dataset.json", about)


def write_day(
    folder: Path, number: int, worlds: Mapping[str, World], authorised: Iterable[str]
) -> None:
    """Add a day (numbers from 1): how some districts stand, and the ids of those with a token."""
    day = folder / "days" / f"{number:02d}"
    day.mkdir(parents=True)
    # The sandbox wants a date a day; when a round is, the pipeline is told.
    _write(day / "day.json", {"date": str(_FIRST_DATE + timedelta(days=number)), "story": []})
    _write(day / "tokens.json", {id_: f"token-of-{id_}" for id_ in authorised})
    # The same text in other bytes every other day.
    as_ascii = bool(number % 2)
    for district_id, world in worlds.items():
        (day / district_id).mkdir()
        for name, records in world.items():
            lines = [json.dumps(record, ensure_ascii=as_ascii) for record in records.values()]
            file = "district.json" if name == "districts" else f"{name}.jsonl"
            (day / district_id / file).write_text("".join(f"{line}\n" for line in lines))


def _write(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value))
