"""Stories of districts: what happens in them from round to round, as hypothesis draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from hypothesis import strategies as st

from .district import new_district, snapshot
from .edits import EDITS
from .oracle import World
from .served import in_odd_form, served

#: When districts are looked at: a second look on a day, the same moment again, days nobody looks.
ROUNDS = (
    datetime(2026, 8, 17, 2),
    datetime(2026, 8, 18, 2),
    datetime(2026, 8, 18, 14, 30, 0, 123456),
    datetime(2026, 8, 18, 14, 30, 0, 123456),
    datetime(2026, 8, 21, 2),
    datetime(2026, 8, 21, 23, 59, 59, 999999),
    datetime(2027, 2, 28),
)


@dataclass(frozen=True)
class Day:
    """What happens before a round, how it is written down, and whether the district can be seen."""

    edits: tuple[tuple[str, int], ...] = ()
    noise: int = 0
    calm: float = 0.5
    visible: bool = True


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
)
_edits = st.tuples(st.sampled_from([*sorted(EDITS), *_OFTEN * 2]), _seeds)


def _days(at_least: int, at_most: int) -> st.SearchStrategy[Day]:
    return st.builds(
        Day,
        edits=st.lists(_edits, min_size=at_least, max_size=at_most).map(tuple),
        noise=_seeds,
        calm=st.sampled_from((0.0, 0.5, 1.0)),
        visible=st.sampled_from((True,) * 6 + (False,)),
    )


def is_repeated(number: int) -> bool:
    """Whether a round looks at the moment of the round before again."""
    return number > 0 and ROUNDS[number] == ROUNDS[number - 1]


#: A moment that is looked at again mostly shows the same; if it does not, the sync is refused.
_all_days = st.tuples(*(_days(0, 1) if is_repeated(n) else _days(2, 9) for n in range(len(ROUNDS))))
stories = st.builds(Story, seed=_seeds, days=_all_days)


def play(number: int, story: Story) -> list[World | None]:
    """What Clever serves of a district in each round, None while it cannot be seen."""
    district = new_district(number, Random(story.seed))
    shown: list[World | None] = []
    for day in story.days:
        for name, seed in day.edits:
            EDITS[name](district, Random(seed))
        district.past.append(snapshot(district.world))
        world = served(district.world, Random(day.noise), day.calm)
        shown.append(in_odd_form(world, district.odd) if day.visible else None)
    return shown
