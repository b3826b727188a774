"""A home that was built, not published: copied by each test that needs one of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt.story import MON, TUE, begun, section, student
from tests.shared import once


@pytest.fixture(scope="session")
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ana on Monday; Ana and Ben on Tuesday."""

    def make(folder: Path) -> None:
        story = begun(folder)
        story.day(MON, [student("ana")], [section("x", "ana")], build=False)
        story.day(TUE, [student("ana"), student("ben")], [section("x", "ana", "ben")])

    return once(tmp_path_factory, "built", make) / "home"
