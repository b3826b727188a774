"""A home with the sample's districts and one of random values, published and masked once."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib.dbt_runner import EVERYTHING
from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from orchestration.masking import masked_file
from orchestration.masking.masked_file import write_masked
from tests.dbt.story import begun
from tests.masking.town import MON, Town
from tests.shared import once

KEY = "a key of the tests, 32 characters"
_SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "days"
Lists = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Masked:
    """A home with both files, and what must not be found in the masked one.

    `in_clear` is the masked copy, and `published_in_clear` the published file, both written by
    DuckDB without compression: what is in them is in their bytes.
    """

    home: Home
    in_clear: Path
    published_in_clear: Path
    town: Town
    sample: frozenset[str]


def opened(file: Path) -> duckdb.DuckDBPyConnection:
    """As an analyst opens it."""
    return duckdb.connect(str(file), read_only=True)


@pytest.fixture(scope="session")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Masked:
    folder = once(tmp_path_factory, "masked", _make)
    return Masked(
        Home(folder / "home"),
        folder / "masked_in_clear.duckdb",
        folder / "published_in_clear.duckdb",
        _played_town()[0],
        frozenset(json.loads((folder / "sample.json").read_text())),
    )


@pytest.fixture
def home(masked: Masked, tmp_path: Path) -> Home:
    """A copy of the home, to be changed."""
    for name in ("build.duckdb", "warehouse.duckdb", "rollbook.duckdb", "rollbook_masked.duckdb"):
        (tmp_path / "home").mkdir(exist_ok=True)
        shutil.copyfile(masked.home.root / name, tmp_path / "home" / name)
    return Home(tmp_path / "home")


def _played_town() -> tuple[Town, list[tuple[Lists, Lists]]]:
    """The town after two days, and what each day shows: of Clever's, and of the application's."""
    town = Town.random(1)
    application = town.application()
    days = [(_copy(town.lists), _copy(application))]
    town.turn()
    return town, [*days, (_copy(town.lists), application)]


def _copy(lists: Lists) -> Lists:
    return {name: [json.loads(json.dumps(each, default=str)) for each in listed]
            for name, listed in lists.items()}  # fmt: skip


def _make(folder: Path) -> None:
    """Everything, while the town has a time zone of its own."""
    with pytest.MonkeyPatch.context() as patch:
        zones = json.dumps({_played_town()[0].district_id: "Pacific/Auckland"})
        patch.setenv("ROLLBOOK_TIME_ZONES", zones)
        _make_all(folder)


def _make_all(folder: Path) -> None:
    story = begun(folder)
    texts: set[str] = set()
    for day, districts in enumerate(_sample_days()):
        for district, lists in districts.items():
            texts |= {*_identifying(lists)}
            story.warehouse.sync(lists, district=district, at=MON.replace(day=17 + day))
    town, days = _played_town()
    for day, (lists, application) in enumerate(days):
        at = MON.replace(day=25 + day)
        story.warehouse.sync(lists, district=town.district_id, at=at)
        story.application.load(at, **application)
        _tell_of(story, town)
    story.build(EVERYTHING)
    home = Home(story.warehouse.home)
    publish(home)
    _write_in_clear(home, folder)
    write_masked(home, KEY)
    (folder / "sample.json").write_text(json.dumps(sorted(texts)))


def _tell_of(story: Any, town: Town) -> None:
    """What syncs tell in words and IDs."""
    words, [student, *_] = Town.random(1).words, town.ids("student")
    words.chance = random.Random(2)
    note, of = story.warehouse.note, {"district_id": town.district_id}
    note("rejected_records", **of, object="users", id=student, reason="it has no roles")
    note(
        "turnover",
        **of,
        object="students",
        present=9,
        removed=9,
        limit_hit=f"as {student}",
        approved_by=town.lists["users"][0]["email"],
        sample_ids=json.dumps([student]),
    )
    note("schema_drift", **of, object="users", path="roles.student.nick", kind="field", records=1)


def _write_in_clear(home: Home, folder: Path) -> None:
    """Both files without compression; DuckDB would hide in theirs what is there."""
    with pytest.MonkeyPatch.context() as patch:
        clear = {**masked_file._CONFIG, "force_compression": "uncompressed"}
        patch.setattr(masked_file, "_CONFIG", clear)
        write_masked(home, KEY)
    home.masked.rename(folder / "masked_in_clear.duckdb")
    with duckdb.connect(config={"force_compression": "uncompressed"}) as connection:
        connection.execute(f"attach '{home.published}' as published (read_only)")
        connection.execute(f"attach '{folder / 'published_in_clear.duckdb'}' as clear")
        connection.execute("copy from database published to clear")


def _sample_days() -> Iterator[dict[str, Lists]]:
    """Every district's lists on each day of the sample."""
    shown: dict[str, Lists] = {}
    for day in sorted(_SAMPLE.iterdir()):
        for folder in sorted(path for path in day.iterdir() if path.is_dir()):
            lists = shown.setdefault(folder.name, {})
            for file in folder.glob("*.jsonl"):
                lines = file.read_text().splitlines()
                lists[file.stem] = [json.loads(line) for line in lines if line]
            if (folder / "district.json").exists():
                lists["districts"] = [json.loads((folder / "district.json").read_text())]
        yield {lists["districts"][0]["id"]: lists for lists in shown.values()}


#: Where Clever's records name or number a person or a place, or lead to one.
_TELLING = (
    "id", "district", "school", "schools", "students", "teachers", "teacher", "student", "course",
    "term_id", "email", "first", "middle", "last", "sis_id", "student_number", "state_id",
    "teacher_number", "staff_id", "district_username", "legacy_id", "phone", "address", "city",
    "zip", "lat", "lon", "dob", "title", "portal_url", "nces_id", "mdr_number", "school_number",
)  # fmt: skip


def _identifying(lists: Lists) -> Iterator[str]:
    """The texts of a district that lead to a person; names of sections hold those of teachers."""
    for name, listed in lists.items():
        for record in listed:
            if name in ("districts", "schools", "sections"):
                yield record["name"]
            yield from _telling(record)


def _telling(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield from _telling(each, "ext" if key == "ext" else inner)
    elif isinstance(value, list):
        for each in value:
            yield from _telling(each, key)
    elif isinstance(value, str) and (key in (*_TELLING, "ext")):
        yield value
