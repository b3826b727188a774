"""Whatever goes wrong during the walks: a district's day counts as a whole or not at all.

Every day is walked and loaded under faults, several districts side by side. A walk that could not
run out of attempts must be complete; one that is complete must have seen one day of Clever's, never
a mixture; one that is not must have changed nothing, and the next good one catches up. The log and
the tables are compared with those of a plain model that knows of no faults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from dlt_sources.clever import (
    begin_sync,
    clever_pipeline,
    clever_settings,
    load_sync,
    walk_districts,
)
from dlt_sources.clever.results import DistrictWalk
from dlt_sources.errors import RollbookError
from tests.history_oracle.changelog import committed
from tests.history_oracle.oracle import Moment, World
from tests.history_oracle.pipeline import Pipeline, pipeline
from tests.history_oracle.tables import actual_tables, differences, expected_tables

from .log import expect_log
from .plans import ATTEMPTS, TIMEOUT, Plan, draw_listing_faults, draw_plan
from .town import SEED, Town, build_town, observed_at

_DISTRICTS, _DAYS = 8, 5
_PLANS = int(os.environ.get("ROLLBOOK_SOAK_PLANS", str(_DISTRICTS * _DAYS)))
_SEEDS = range(SEED, SEED - (-_PLANS // (_DISTRICTS * _DAYS)))
_SETTINGS = {
    "SOURCES__CLEVER__ATTEMPTS": str(ATTEMPTS),
    "SOURCES__CLEVER__TIMEOUT": str(TIMEOUT),
    "SOURCES__CLEVER__FIRST_WAIT": "0.01",
    "SOURCES__CLEVER__LONGEST_WAIT": "0.05",
}


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_day_counts_as_a_whole_or_not_at_all(seed: int, tmp_path: Path) -> None:
    town = build_town(tmp_path / "dataset", seed, _DISTRICTS, _DAYS, absent=0.1)
    with pipeline(tmp_path / "home", town.dataset) as driven:
        os.environ.update(_SETTINGS)
        Days(town, driven, Random(seed)).play()


class Days:
    """The days of a town as they are played, and the looks at each district that counted."""

    def __init__(self, town: Town, driven: Pipeline, rng: Random) -> None:
        self._town = town
        self._driven = driven
        self._rng = rng
        self._looks: dict[str, list[tuple[datetime, World]]] = {}

    def play(self) -> None:
        """Sync every day under faults, some twice; the last day once more without."""
        for day in self._town.days:
            self._driven.sandbox.set_day(day)
            self._lose_some_caches()
            for _ in range(self._rng.choice((1, 1, 2))):
                self._sync_under_faults(day, observed_at(day))
            if day == self._town.days[-1] // 2:
                self._driven.build()
        self._catch_up()
        self._driven.build()
        self._expect_tables()

    def _sync_under_faults(self, day: int, at: datetime) -> None:
        os.environ["SOURCES__CLEVER__PAGE_SIZE"] = str(self._rng.choice((2, 3, 5)))
        shown = self._shown(day)
        plans = {id_: draw_plan(self._rng, id_, shown[id_]) for id_ in self._town.districts}
        listing = draw_listing_faults(self._rng)
        self._driven.sandbox.inject(*listing.faults)
        for plan in plans.values():
            self._driven.sandbox.inject(*plan.faults)
        try:
            lines = self._sync(at)
        except RollbookError:
            assert not listing.harmless or not self._driven.sandbox.site.snapshot.tokens
        else:
            self._count(day, at, lines, plans)
        finally:
            self._driven.sandbox.clear_faults()
        self._expect_log()

    def _catch_up(self) -> None:
        """A day after all faults every district that Clever lists is as Clever shows it."""
        day = self._town.days[-1]
        at = observed_at(day + 1)
        self._count(day, at, self._sync(at), {})
        self._expect_log()

    def _sync(self, at: datetime) -> tuple[DistrictWalk, ...]:
        home = self._driven.home.root
        target = clever_pipeline(home)
        start = begin_sync(target, home, f"run-{at:%d}-{self._rng.random()}")
        walked = walk_districts(clever_settings(), start, observed_at=at, ahead_of_clock=True)
        result = load_sync(target, walked)
        assert not list((home / "runs").iterdir()), "a finished sync leaves no files"
        return result.districts

    def _count(
        self, day: int, at: datetime, lines: tuple[DistrictWalk, ...], plans: Mapping[str, Plan]
    ) -> None:
        """Note what counted, and that what had to count did."""
        listed = set(self._driven.sandbox.site.snapshot.tokens.values())
        shown = self._shown(day)
        for line in lines:
            id_ = line.district_id
            looks = [*self._looks.get(id_, []), (at, shown[id_])]
            allowed = len(committed(id_, looks)) == len(looks)
            if line.status == "complete":
                assert id_ in listed and allowed, f"{id_} on day {day} must not count"
                self._looks[id_] = looks
            elif allowed and id_ in listed:
                plan = plans.get(id_, Plan())
                assert not plan.harmless, f"{id_} on day {day}: {line.error}; {plan}"

    def _shown(self, day: int) -> dict[str, World]:
        """What each district shows now: the day, or the next one if it has moved ahead."""
        ahead = self._driven.sandbox.site.ahead
        last = self._town.days[-1]
        return {
            id_: self._town.world(id_, min(day + (id_ in ahead), last))
            for id_ in self._town.districts
        }

    def _lose_some_caches(self) -> None:
        """The disk loses, cuts or garbles what lies beside the log."""
        for file in sorted((self._driven.home.root / "index").glob("*")):
            content = bytearray(file.read_bytes())
            what = self._rng.choice(("kept", "kept", "lost", "cut", "garbled"))
            if what == "lost":
                file.unlink()
            elif what == "cut":
                file.write_bytes(content[: self._rng.randrange(len(content))])
            elif what == "garbled":
                content[self._rng.randrange(len(content))] ^= 1 << self._rng.randrange(8)
                file.write_bytes(content)

    def _moments(self) -> dict[str, list[Moment]]:
        return {id_: committed(id_, looks) for id_, looks in self._looks.items()}

    def _expect_log(self) -> None:
        with self._driven.opened() as connection:
            expect_log(connection, self._moments())

    def _expect_tables(self) -> None:
        expected = expected_tables(self._moments())
        with self._driven.opened() as connection:
            wrong = differences(expected, actual_tables(connection, list(expected)))
        assert not wrong, "\n".join(wrong)
