"""A machine that stops at any moment: nothing published is lost, and the next run makes it good."""

from __future__ import annotations

import os
from random import Random

import pytest

from dlt_sources.sandbox import Fault

from .command import PHASES, Installation
from .conftest import Undisturbed
from .published import differing, published_tables
from .town import SEED

_AT_ONCE = len(PHASES) + 1
_KILLS = int(os.environ.get("ROLLBOOK_SOAK_KILLS", str(_AT_ONCE)))
#: Phases that are over too soon to be met, unless Clever answers slowly.
_SLOWED = ("known", "walk")
_SEEDS = range(SEED, SEED - (-_KILLS // _AT_ONCE))


def _phases_to_kill_in(day: int, rng: Random) -> list[str]:
    """Somewhere on the first day; on the second once in each phase.

    In the order of the job: what one run has done is nothing any more for the next to be killed in.
    """
    return [rng.choice(PHASES[2:])] if day == 1 else list(PHASES)


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_run_that_is_killed_is_made_good_by_the_next_one(
    seed: int, empty: Installation, undisturbed: Undisturbed
) -> None:
    rng = Random(seed)
    killed = 0
    for day in (1, 2):
        old, new = undisturbed.tables[day - 1 : day + 1]
        for phase in _phases_to_kill_in(day, rng):
            if phase in _SLOWED:
                empty.sandbox.inject(Fault("slow", delay=0.1, times=10))
            run = empty.sync(day)
            killed += run.kill_in(phase, undisturbed.seconds[phase], rng)
            empty.sandbox.clear_faults()
            published = published_tables(empty.home)
            assert not differing(old, published) or not differing(new, published), (
                f"killed in {phase} on day {day}: neither the old nor the new file"
            )
        ended = empty.sync(day).end()
        assert ended.code == 0, ended.stderr
        assert not differing(new, published_tables(empty.home))
    assert killed >= _AT_ONCE // 2, "the kills came too late to show anything"


@pytest.mark.parametrize("other", ["sync", "rebuild"])
def test_of_two_runs_at_once_one_works_and_the_other_says_why_it_does_not(
    other: str, after_day_1: Installation, undisturbed: Undisturbed
) -> None:
    first = after_day_1.sync(2)
    # Whichever takes the home first: both must be right for the day.
    second = after_day_1.sync(2) if other == "sync" else after_day_1.start(other)

    ended = sorted((first.end(), second.end()), key=lambda one: one.code)

    assert [one.code for one in ended] == [0, 1], ended
    assert ended[1].stderr.startswith("rollbook: Another run (process ")
    assert len(ended[1].stderr.splitlines()) == 1
    after_day_1.sync(2).end()
    assert not differing(undisturbed.tables[2], published_tables(after_day_1.home))
