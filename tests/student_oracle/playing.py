"""Stories played side by side in one warehouse, day by day, with the model beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from unittest.mock import patch

from sqlalchemy.engine import make_url

from dlt_sources.application import cursors
from dlt_sources.application.syncing import sync_application
from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS
from tests.dbt.building import opened
from tests.dbt.story import Story as Built
from tests.dbt.story import begun as nothing_built
from tests.history_oracle.tables import Tables, actual_tables, differences

from .application import Application, new_application
from .database import Databases
from .database_acts import happen
from .edits import manual_edits
from .lineage import Lines
from .loads import NEWEST, Loads
from .overlay import Overlay
from .past import Past
from .place import Place, far_place
from .progress import progress_tables
from .stories import ROUNDS, TIMES, Round, Story, begun, live
from .totals import TOTALS, totals


def play_stories(stories: Sequence[Story], folder: Path, databases: Sequence[str]) -> None:
    """Play every story in one warehouse, with the application in these databases, one at a time.

    Where the first is PostgreSQL all is built at the end only: how days are built does not depend
    on it. Raises AssertionError with what is not as it should be.
    """
    by_district = {f"d{number:02d}": story for number, story in enumerate(stories, 1)}
    town = Town.of(by_district, folder, databases)
    is_built_daily = town.application.backend == "sqlite"
    try:
        for number, round_ in enumerate(ROUNDS):
            town.play(number)
            if is_built_daily and round_.is_built:
                town.build(number)
        town.built.build(EVERYTHING)
        town.expect_tables("after a full build")
    except AssertionError as error:
        concerned = [place.id for place, _ in town.lives if _names(str(error), place)]
        for id_ in concerned[:2]:
            error.add_note(f"The story of {id_}: {by_district[id_]!r}")
        # What happens to the application depends on all of them.
        error.add_note(f"The town in {town.application.backends}: {[*stories]!r}")
        raise


def _names(error: str, place: Place) -> bool:
    """Whether an ID of a place is in an error; those of progress are numbers."""
    return f"'{place.id}" in error or place.name("progress", 0)[:4] in error


@dataclass
class Town:
    """Districts, each with its story, the warehouse they are synced into, and their past."""

    lives: list[tuple[Place, Story]]
    built: Built
    application: Application
    databases: Databases
    past: Past = field(default_factory=Past)
    loads: Loads = field(default_factory=Loads)
    load_id: int = 0

    @classmethod
    def of(cls, stories: dict[str, Story], folder: Path, databases: Sequence[str]) -> Town:
        """A town before its first day, with the district of others, which is seen only once.

        `databases` are the URLs of those in the first of which the application begins; what is in
        them is dropped.
        """
        backends = tuple(make_url(url).get_backend_name() for url in databases)
        rng = Random(" ".join(str(story.seed) for story in stories.values()))
        town = cls(
            [(begun(id_, story), story) for id_, story in stories.items()],
            nothing_built(folder),
            new_application(backends, rng),
            Databases(databases, folder / "mapping.toml"),
        )
        town._sync(far_place(TIMES[0]), ROUNDS[0])
        return town

    def play(self, number: int, *, rosters: bool = True) -> None:
        """Let a round's day happen, load by load, and look at the districts if that is wanted."""
        round_ = ROUNDS[number]
        for part, at in enumerate(round_.loads):
            self._live(number, part)
            if rosters and at == round_.load_at:
                self._look(number)
            self._load(at)
        if not round_.loads:
            self._live(number, 0)
            if rosters:
                self._look(number)

    def _live(self, number: int, part: int) -> None:
        for place, story in self.lives:
            live(place, story, number, part)

    def _look(self, number: int) -> None:
        for place, story in self.lives:
            if story.days[number].is_visible:
                self._sync(place, ROUNDS[number])

    def _sync(self, place: Place, round_: Round) -> None:
        world = place.seen()
        self.past.look(place.id, round_.at, world)
        records = {name: [*shown.values()] for name, shown in world.items()}
        self.built.warehouse.sync(records, district=place.id, at=round_.at)

    def _load(self, at: datetime) -> None:
        """Let something happen to the database, load, and compare with what was to be found."""
        places = [place for place, _ in self.lives]
        happen(self.application, places, at)
        self.application.catch_up(places, at)
        with self.built.warehouse.connect() as connection:
            for table in self.application.tables.values():
                if table.has_lost_index:
                    connection.execute(f"delete from application_index.{table.name}")
        home, asked = self.built.warehouse.home, self.application.rng.random() < 0.1
        with patch.object(cursors, "NEWEST", NEWEST):
            lines = sync_application(
                home,
                settings=self.databases.written(self.application),
                run_id=f"{at}",
                observed_at=at,
                reconcile=asked,
            )
        for line in lines:
            self.load_id = line.load_id
            self.loads.judge(self.application, self.past, home, line, asked=asked)

    def build(self, number: int) -> None:
        """The daily build after a round, and every table compared."""
        self.built.build(TABLES_AND_TESTS if self.built.built_once else EVERYTHING)
        self.built.built_once = True
        self.expect_tables(f"after the daily build of round {number}")
        if ROUNDS[number].is_noted:
            self.built.note(self.built.warehouse.sync_id, self.load_id)

    def expect_tables(self, when: str) -> None:
        """Every table is as the model says."""
        expected = expected_tables(self.past)
        with opened(self.built.warehouse.home) as connection:
            connection.execute("use build")
            wrong = differences(expected, actual_tables(connection, list(expected)))
        assert not wrong, f"{when}:\n" + "\n".join(wrong)


def expected_tables(past: Past) -> Tables:
    """All that is derived from the application's data, and the lines, as the model makes them."""
    progress, edits = progress_tables(past), manual_edits(past)
    overlay = Overlay.of(past, edits)
    return {
        **{table: totals(progress.matched, table) for table in TOTALS},
        "progress.student_progress": progress.matched,
        "progress.unmatched_progress": progress.unmatched,
        "roster.manual_edits": edits,
        "roster.effective_enrollments": overlay.effective_enrollments(),
        "roster.effective_roles": overlay.effective_roles(),
        "roster.groups": overlay.groups(),
        "roster.group_members": overlay.group_members(),
        **Lines.of(past).tables(),
    }
