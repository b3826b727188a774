"""Random days of small districts, from the sandbox to the histories: all as the model says.

Districts meet only where they show records under the same ids, so many stories are played side by
side in one warehouse: each build makes the histories of them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.towns import towns

from .playing import play_stories
from .stories import Story, stories

#: Stories in which something once was wrong: always played, alone with ROLLBOOK_STORIES=0.
REMEMBERED: tuple[Story, ...] = ()


def _is_eventful(town: Sequence[Story]) -> bool:
    """Not the empty example that hypothesis tries first: playing it would take as long as any."""
    days = [day for story in town for day in story.days]
    retracts = not town or any(day.retracted for day in days)
    return retracts and sum(len(day.edits) for day in days) >= 15 * len(town)


@towns(stories, _is_eventful)
def test_whatever_happens_every_table_is_as_the_model_says(town: list[Story]) -> None:
    with TemporaryDirectory() as folder:
        play_stories([*REMEMBERED, *town], Path(folder))
