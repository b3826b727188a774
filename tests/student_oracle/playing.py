"""Stories played side by side in one warehouse, day by day, with the model beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.lib.dbt_runner import EVERYTHING, TABLES_AND_TESTS
from tests.dbt.building import opened
from tests.dbt.story import Story as Built
from tests.dbt.story import begun as nothing_built
from tests.history_oracle.tables import Tables, actual_tables, differences

from .edits import manual_edits
from .lineage import Lines
from .overlay import Overlay
from .past import Past
from .place import TABLES, Place, Rows, far_place
from .progress import progress_tables
from .stories import ROUNDS, TIMES, Round, Story, begun, live
from .totals import TOTALS, totals


def play_stories(stories: Sequence[Story], folder: Path) -> None:
    """Play every story in one warehouse; raises AssertionError with what is not as it should be."""
    by_district = {f"d{number:02d}": story for number, story in enumerate(stories, 1)}
    town = Town.of(by_district, folder)
    try:
        for number in range(len(ROUNDS)):
            town.play(number)
        town.built.build(EVERYTHING)
        town.expect_tables("after a full build")
    except AssertionError as error:
        concerned = [id_ for id_ in by_district if f"'{id_}" in str(error)]
        for id_ in concerned[:2]:
            error.add_note(f"The story of {id_}: {by_district[id_]!r}")
        raise


@dataclass
class Town:
    """Districts, each with its story, the warehouse they are synced into, and their past."""

    lives: list[tuple[Place, Story]]
    built: Built
    past: Past = field(default_factory=Past)

    @classmethod
    def of(cls, stories: dict[str, Story], folder: Path) -> Town:
        """A town before its first day, with the district of others, which is seen only once."""
        town = cls(
            [(begun(id_, story), story) for id_, story in stories.items()], nothing_built(folder)
        )
        town._sync(far_place(TIMES[0]), ROUNDS[0])
        return town

    def play(self, number: int) -> None:
        """Let a round's day happen, look at it, build, and compare."""
        round_ = ROUNDS[number]
        for place, story in self.lives:
            live(place, story, number)
            if story.days[number].is_visible:
                self._sync(place, round_)
        self._load(round_)
        if round_.is_built:
            self._build(round_, number)

    def _sync(self, place: Place, round_: Round) -> None:
        world = place.seen()
        self.past.look(place.id, round_.at, world)
        records = {name: [*shown.values()] for name, shown in world.items()}
        self.built.warehouse.sync(records, district=place.id, at=round_.at)

    def _load(self, round_: Round) -> None:
        if round_.load_at is None:
            return
        tables: dict[str, Rows] = {table: {} for table in TABLES}
        for place, _ in self.lives:
            for table, rows in tables.items():
                rows |= place.told(table)
        for table, rows in tables.items():
            self.past.tell(table, round_.load_at, rows)
        told = {table: [*rows.values()] for table, rows in tables.items()}
        self.built.application.load(round_.load_at, **told)

    def _build(self, round_: Round, number: int) -> None:
        self.built.build(TABLES_AND_TESTS if self.built.built_once else EVERYTHING)
        self.built.built_once = True
        self.expect_tables(f"after the daily build of round {number}")
        if round_.is_noted:
            self.built.note(self.built.warehouse.sync_id, self.built.application.load_id)

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
