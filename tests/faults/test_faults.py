"""Whatever goes wrong during the walks: a district's day counts as a whole or not at all.

Every day is walked and loaded under faults, several districts side by side. A walk that could not
run out of attempts must be whole; one that is whole must have seen one day of Clever's, never a
mixture; one that is not must have changed nothing, and the next good one catches up. Now and then
the clock is wrong for a district, and syncs are taken back. What becomes of a whole walk, the log
and the tables are compared with those of a plain model that knows of no faults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from dlt_sources.clever import (
    SyncResult,
    begin_sync,
    clever_pipeline,
    clever_settings,
    load_sync,
    walk_districts,
)
from dlt_sources.errors import ConfigurationError, RollbookError
from tests.history_oracle.changelog import ChangeLog
from tests.history_oracle.limits import Rules, rules_of, settings
from tests.history_oracle.oracle import World
from tests.history_oracle.pipeline import Pipeline, pipeline
from tests.history_oracle.tables import actual_tables, differences, expected_tables

from .log import expect_log
from .plans import ATTEMPTS, TIMEOUT, Plan, draw_listing_faults, draw_plan
from .town import SEED, Town, build_town, observed_at

_DISTRICTS, _DAYS, _NEIGHBOURS = 8, 5, 3
_PLANS = int(os.environ.get("ROLLBOOK_SOAK_PLANS", str(_DISTRICTS * _DAYS)))
_SEEDS = range(SEED, SEED - (-_PLANS // (_DISTRICTS * _DAYS)))
_WRONG_CLOCK = datetime(2090, 1, 1)
_SETTINGS = {
    "SOURCES__CLEVER__ATTEMPTS": str(ATTEMPTS),
    "SOURCES__CLEVER__TIMEOUT": str(TIMEOUT),
    "SOURCES__CLEVER__FIRST_WAIT": "0.01",
    "SOURCES__CLEVER__LONGEST_WAIT": "0.05",
}


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_day_counts_as_a_whole_or_not_at_all(seed: int, tmp_path: Path) -> None:
    town = build_town(
        tmp_path / "dataset", seed, _DISTRICTS, _DAYS, absent=0.1, neighbours=_NEIGHBOURS
    )
    limits = settings(range(1, _DISTRICTS + 1))
    with pipeline(tmp_path / "home", town.dataset, limits) as driven:
        os.environ.update(_SETTINGS)
        Days(town, driven, Random(seed)).play()


class Days:
    """The days of a town as they are played, with a model of what counts beside them."""

    def __init__(self, town: Town, driven: Pipeline, rng: Random) -> None:
        self._town = town
        self._driven = driven
        self._rng = rng
        self._model = ChangeLog(_rules)

    def play(self) -> None:
        """Sync every day under faults, some twice; the last day once more without."""
        for day in self._town.days:
            self._driven.sandbox.set_day(day)
            self._lose_some_caches()
            for _ in range(self._rng.choice((1, 1, 2))):
                self._retract_some()
                self._sync_under_faults(day, observed_at(day))
            self._mistake_the_time(day)
            if day == self._town.days[-1] // 2:
                self._build()
        self._catch_up()
        self._build()

    def _sync_under_faults(self, day: int, at: datetime) -> None:
        os.environ["SOURCES__CLEVER__PAGE_SIZE"] = str(self._rng.choice((2, 3, 5)))
        shown = self._shown(day)
        plans = {id_: draw_plan(self._rng, id_, shown[id_]) for id_ in self._town.districts}
        listing = draw_listing_faults(self._rng)
        self._driven.sandbox.inject(*listing.faults)
        for plan in plans.values():
            self._driven.sandbox.inject(*plan.faults)
        try:
            result = self._sync(at)
        except RollbookError:
            assert not listing.harmless or not self._driven.sandbox.site.snapshot.tokens
        else:
            self._count(day, at, result, plans)
        finally:
            self._driven.sandbox.clear_faults()
        self._expect_log()

    def _mistake_the_time(self, day: int) -> None:
        """Look at a district with a time far ahead: refused, or insisted on; it can then be seen
        no more until that is taken back."""
        listed = self._listed()
        if not listed or self._rng.random() < 0.5:
            return
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        with pytest.raises(ConfigurationError, match="ahead of the clock"):
            self._sync(tomorrow, insists=False)
        only = [self._rng.choice(listed)]
        self._count(day, _WRONG_CLOCK, self._sync(_WRONG_CLOCK, only), {})
        self._expect_log()

    def _retract_some(self) -> None:
        """Take back the newest syncs of a district, mostly of one with a wrong time."""
        for id_, entries in self._model.standing.items():
            is_wrong = bool(entries) and entries[-1].moment.at == _WRONG_CLOCK
            if entries and self._rng.random() < (0.7 if is_wrong else 0.1):
                since = entries[-min(len(entries), self._rng.choice((1, 1, 2, 9)))].sync
                self._driven.retract(id_, since)
                self._model.retract(id_, since)

    def _catch_up(self) -> None:
        """A day after all faults every district that Clever lists is as Clever shows it."""
        day = self._town.days[-1]
        at = observed_at(day + 1)
        for id_, entries in self._model.standing.items():
            for wrong in [each for each in entries if each.moment.at > at][:1]:
                self._driven.retract(id_, wrong.sync)
                self._model.retract(id_, wrong.sync)
        self._count(day, at, self._sync(at), {})
        self._expect_log()

    def _sync(self, at: datetime, only: Sequence[str] = (), insists: bool = True) -> SyncResult:
        home = self._driven.home.root
        target = clever_pipeline(home)
        start = begin_sync(target, home, f"run-{at:%d}-{self._rng.random()}")
        walked = walk_districts(
            clever_settings(), start, observed_at=at, only=only, ahead_of_clock=insists
        )
        result = load_sync(target, walked)
        assert not list((home / "runs").iterdir()), "a finished sync leaves no files"
        return result

    def _count(self, day: int, at: datetime, result: SyncResult, plans: Mapping[str, Plan]) -> None:
        """What had to be seen whole was, and of what was, that became which the model says."""
        listed, shown = self._listed(), self._shown(day)
        found = {line.district_id: line for line in result.districts}
        whole = {
            id_: shown[id_]
            for id_, line in found.items()
            if line.status in ("complete", "held")
            or (id_ in listed and plans.get(id_, Plan()).harmless)
        }
        assert whole.keys() <= set(listed)
        for entry in self._model.sync(result.sync_id, at, whole):
            line = found[entry.district_id]
            assert line.status == entry.status, (
                f"{line.district_id} on day {day} is {line.status} ({line.error}), should be "
                f"{entry.status}; {plans.get(line.district_id)}"
            )

    def _listed(self) -> list[str]:
        """The districts whose tokens Clever lists."""
        return sorted(self._driven.sandbox.site.snapshot.tokens.values())

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

    def _expect_log(self) -> None:
        with self._driven.opened() as connection:
            expect_log(connection, self._model)

    def _build(self) -> None:
        self._driven.build()
        expected = expected_tables(self._model.moments())
        with self._driven.opened() as connection:
            wrong = differences(expected, actual_tables(connection, list(expected)))
        assert not wrong, "\n".join(wrong)


def _rules(district_id: str) -> Rules | None:
    return rules_of(int(district_id[2:], 16))
