"""Random days of rosters and of an application: all that is derived is as the model says.

Districts never meet, so many stories are played side by side in one warehouse, as in
`tests/history_oracle`.
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


def _differ(town: Sequence[Story]) -> bool:
    """Not the example of equal stories that hypothesis tries first."""
    return len({story.seed for story in town}) == len(town)


@towns(stories, _differ)
def test_whatever_happens_every_table_is_as_the_model_says(
    databases: Sequence[str], town: list[Story]
) -> None:
    with TemporaryDirectory() as folder:
        play_stories([*REMEMBERED, *town], Path(folder), databases)
