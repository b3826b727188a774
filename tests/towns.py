"""Random towns: stories of many districts side by side in one warehouse, as hypothesis draws them.

`ROLLBOOK_STORIES` sets how many stories a warehouse holds (default 20), `ROLLBOOK_WAREHOUSES` how
many warehouses are played (default 1, always the same; more are random).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

_STORIES = int(os.environ.get("ROLLBOOK_STORIES", "20"))
_WAREHOUSES = int(os.environ.get("ROLLBOOK_WAREHOUSES", "1"))
_Story = TypeVar("_Story")
_Test = Callable[..., None]


def towns(
    stories: st.SearchStrategy[_Story], worth_playing: Callable[[list[_Story]], bool]
) -> Callable[[_Test], _Test]:
    """Play a test with towns of such stories, of those that are worth it, as its last argument.

    A town that fails is neither shrunk, which would take hours, nor printed, which would fill
    screens: the report has to tell the stories of the districts concerned.
    """
    drawn = st.lists(stories, min_size=_STORIES, max_size=_STORIES).filter(worth_playing)
    played = settings(
        max_examples=_WAREHOUSES,
        derandomize=_WAREHOUSES == 1,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: given(drawn)(played(test))
