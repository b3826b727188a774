"""A town: a few districts, their days and their application, drawn from a seed and written down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from tests.history_oracle.dataset import write_dataset, write_day
from tests.history_oracle.oracle import World
from tests.history_oracle.stories import ALL_EDITS, Day, Story, play

from .application import write_application

_FIRST_DAY = datetime(2026, 8, 17, 2)
_CALM = (0.0, 0.5, 1.0)
#: What would be rare among so many kinds of edits.
_OFTEN = ("shows_a_shared_id", "shows_all_shared_ids", "odd_roles", "claimed_by_another")
#: Where the drawing begins.
SEED = int(os.environ.get("ROLLBOOK_SOAK_SEED", "0"))


@dataclass(frozen=True)
class Town:
    """`shown` is what each district (by id) shows on each day; the dataset's days count from 1."""

    dataset: Path
    shown: tuple[Mapping[str, World], ...]

    @property
    def districts(self) -> list[str]:
        """The districts' ids in ascending order."""
        return sorted(self.shown[0])

    @property
    def days(self) -> range:
        """The numbers of the days."""
        return range(1, len(self.shown) + 1)

    def application(self, day: int) -> str:
        """The URL of the application's database as it is on a day."""
        return f"sqlite:///{_application(self.dataset, day)}"

    def world(self, district_id: str, day: int) -> World:
        """All that a district shows on a day."""
        return self.shown[day - 1][district_id]


def observed_at(day: int) -> datetime:
    """When a day is synced (UTC)."""
    return _FIRST_DAY + timedelta(days=day - 1)


def build_town(
    folder: Path,
    seed: int,
    districts: int,
    days: int,
    absent: float = 0.0,
    neighbours: int = 1,
    by_number: bool = False,
) -> Town:
    """Draw a town and write its dataset; `absent` is the share of tokens that Clever leaves out.

    So many `neighbours` show some records under the same ids. `by_number` gives the application what
    accounts are matched by.
    """
    rng = Random(seed)
    stories = {f"5d{number:022x}": _story(rng, days) for number in range(1, districts + 1)}
    lives = {
        id_: play(number, story, (number - 1) // neighbours)
        for number, (id_, story) in enumerate(stories.items(), 1)
    }
    write_dataset(folder)
    shown = []
    for day in range(1, days + 1):
        worlds = {id_: world for id_, life in lives.items() if (world := life[day - 1])}
        for id_, world in worlds.items():
            # Clever says by this that it synced the district between one day and the next.
            world["districts"][id_]["last_sync"] = f"{observed_at(day):%Y-%m-%dT%H:%M:%S.000Z}"
        write_day(folder, day, worlds, [id_ for id_ in worlds if rng.random() >= absent])
        shown.append(worlds)
        past = [observed_at(number) for number in range(1, day + 1)]
        write_application(_application(folder, day), shown[0], past, by_number)
    return Town(folder, tuple(shown))


def _application(dataset: Path, day: int) -> Path:
    return dataset / f"application-{day:02}.sqlite"


def _story(rng: Random, days: int) -> Story:
    return Story(rng.randrange(2**16), tuple(_day(rng) for _ in range(days)))


def _day(rng: Random) -> Day:
    edits = rng.choices([*sorted(ALL_EDITS), *_OFTEN], k=rng.randint(2, 10))
    return Day(
        edits=tuple((name, rng.randrange(2**16)) for name in edits),
        noise=rng.randrange(2**16),
        calm=rng.choice(_CALM),
    )
