"""Stories of districts: what happens in them from round to round, as hypothesis draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hypothesis import strategies as st

from .application_acts import APPLICATION_ACTS
from .place import Place, new_place
from .roster_acts import ROSTER_ACTS

ACTS = {**ROSTER_ACTS, **APPLICATION_ACTS}
#: Without some of them the others have little to change.
_CHANCES = (
    *sorted(ACTS),
    *("come_again", "come_again", "arrive_again", "arrive_again", "make_anew", "make_anew"),
    *("do_something", "do_something", "correct", "edit", "edit", "change_edit", "withdraw"),
    *("delete", "undelete", "open_account", "link", "archive", "restore", "change_class"),
    *("link", "contradict", "arrive", "change_role", "misspell", "add_own", "share_own"),
)


_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True)
class Round:
    """When rosters are looked at, when the application is read (None: it cannot be), what is built.

    A build that is not `noted` breaks off at its end: the next one has what it saw to see again.
    """

    at: datetime
    load_at: datetime | None
    is_built: bool = True
    is_noted: bool = True

    @property
    def loads(self) -> tuple[datetime, ...]:
        """When the application is read: three times, the last two within the overlap."""
        if self.load_at is None:
            return ()
        return (self.load_at - timedelta(hours=9), self.load_at - 2 * _MINUTES, self.load_at)


ROUNDS = (
    Round(datetime(2026, 8, 17, 2), datetime(2026, 8, 17, 2)),
    Round(datetime(2026, 8, 18, 2), datetime(2026, 8, 18, 2) - _MINUTES),
    Round(datetime(2026, 8, 18, 14, 30), datetime(2026, 8, 18, 14, 30), is_built=False),
    Round(datetime(2026, 8, 19, 2), None),
    Round(datetime(2026, 8, 20, 2), datetime(2026, 8, 20, 2), is_noted=False),
    # After a week every table is compared that is to be compared weekly.
    Round(datetime(2026, 8, 26, 2), datetime(2026, 8, 26, 2) + _MINUTES),
)
#: Before this load of a round rows change, but none comes: a new one lets many others be read.
_QUIET = 1
TIMES = tuple(sorted({time for round_ in ROUNDS for time in (round_.at, *round_.loads)}))


@dataclass(frozen=True)
class Day:
    """How much happens before a round, and whether the district can be seen in it."""

    acts: int
    is_visible: bool = True


@dataclass(frozen=True)
class Story:
    """What happens in a district, by chance (`seed`), and its days, one for each round."""

    seed: int
    days: tuple[Day, ...]


_days = st.builds(Day, acts=st.integers(8, 24), is_visible=st.sampled_from((True,) * 7 + (False,)))
stories = st.builds(Story, seed=st.integers(0, 2**32 - 1), days=st.tuples(*(_days for _ in ROUNDS)))


def begun(id_: str, story: Story) -> Place:
    """The district of a story before its first day."""
    return new_place(id_, TIMES, Random(story.seed))


def live(place: Place, story: Story, number: int, part: int = 0) -> None:
    """Let happen what happens before a round, or before one of its loads."""
    loads = ROUNDS[number].loads
    place.now = loads[part] - timedelta(minutes=20) if loads else ROUNDS[number].at
    rng = Random(f"{story.seed} {number} {part}")
    for _ in range(3):
        ACTS["note"](place, rng)
    if part != _QUIET:
        for name in rng.choices(_CHANCES, k=story.days[number].acts // 2):
            ACTS[name](place, rng)
