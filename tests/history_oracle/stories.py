"""Stories of districts: what happens in them from round to round, as hypothesis draws it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from hypothesis import strategies as st

from .district import new_district, snapshot
from .edits import EDITS, Edit
from .oracle import World
from .served import in_odd_form, served
from .sharing import SHARING

#: When districts are looked at: a second look on a day, the same moment again, days nobody looks,
#: a night with a wrong clock.
ROUNDS = (
    datetime(2026, 8, 17, 2),
    datetime(2026, 8, 18, 2),
    datetime(2026, 8, 18, 14, 30, 0, 123456),
    datetime(2026, 8, 18, 14, 30, 0, 123456),
    datetime(2026, 8, 21, 2),
    datetime(2090, 1, 1, 3),
    datetime(2026, 8, 21, 23, 59, 59, 999999),
    datetime(2027, 2, 28),
)
#: The round with a wrong clock: few are seen in it, who then can be seen no more until that is
#: taken back.
WRONG_CLOCK = 5
#: Rounds before which syncs are taken back: when the same moment comes again, and after that night.
RETRACTING = frozenset({3, WRONG_CLOCK + 1, len(ROUNDS) - 1})
ALL_EDITS: Mapping[str, Edit] = {**EDITS, **SHARING}


@dataclass(frozen=True)
class Day:
    """What happens before a round, how it is written down, and whether the district can be seen.

    First of all so many of the district's newest syncs are `retracted`.
    """

    edits: tuple[tuple[str, int], ...] = ()
    noise: int = 0
    calm: float = 0.5
    visible: bool = True
    retracted: int = 0


@dataclass(frozen=True)
class Story:
    """A district's beginning and its days, one for each round."""

    seed: int
    days: tuple[Day, ...]


_seeds = st.integers(0, 2**16 - 1)
#: Edits that would be rare among so many kinds, and without which the others have little to change.
_OFTEN = (
    *("set_field", "arrive", "as_it_was", "archive", "restore", "restore", "restore_changed"),
    *("lose_role", "role_back", "next_grade", "odd_roles", "all_back", "list_renewed"),
    *("student_in_or_out", "student_moves", "co_teacher", "primary_teacher", "school_in_or_out"),
    *("shows_a_shared_id",) * 4,
)
_edits = st.tuples(st.sampled_from([*sorted(ALL_EDITS), *_OFTEN * 2]), _seeds)
_RETRACTED = {
    **dict.fromkeys(range(len(ROUNDS)), (0,)),
    **dict.fromkeys(RETRACTING, (0,) * 6 + (1, 2, len(ROUNDS))),
    WRONG_CLOCK + 1: (0, 0, 0, 1, 1, 2),
}


def _days(number: int) -> st.SearchStrategy[Day]:
    at_least, at_most = (0, 1) if is_repeated(number) else (2, 9)
    hidden = 18 if number == WRONG_CLOCK else 1
    return st.builds(
        Day,
        edits=st.lists(_edits, min_size=at_least, max_size=at_most).map(tuple),
        noise=_seeds,
        calm=st.sampled_from((0.0, 0.5, 1.0)),
        visible=st.sampled_from((True,) * 6 + (False,) * hidden),
        retracted=st.sampled_from(_RETRACTED[number]),
    )


def is_repeated(number: int) -> bool:
    """Whether a round looks at the moment of the round before again."""
    return number > 0 and ROUNDS[number] == ROUNDS[number - 1]


#: A moment that is looked at again mostly shows the same; if it does not, the sync is refused.
_all_days = st.tuples(*map(_days, range(len(ROUNDS))))
stories = st.builds(Story, seed=_seeds, days=_all_days)


def play(number: int, story: Story, neighbourhood: int | None = None) -> list[World | None]:
    """What Clever serves of a district in each round, None while it cannot be seen.

    With others of a `neighbourhood` it shares some ids.
    """
    district = new_district(number, Random(story.seed), neighbourhood)
    shown: list[World | None] = []
    for day in story.days:
        for name, seed in day.edits:
            ALL_EDITS[name](district, Random(seed))
        district.past.append(snapshot(district.world))
        world = served(district.world, Random(day.noise), day.calm)
        shown.append(in_odd_form(world, district.odd) if day.visible else None)
    return shown
