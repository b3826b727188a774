"""What concerns all tests: in which order they run."""

from __future__ import annotations

import pytest

#: Folders whose tests play whole commands, for minutes a file: they begin first, so that at the end
#: no core waits for another one's.
_LONG = ("faults", "end_to_end", "student_oracle", "history_oracle", "dbt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; within a folder everything stays in its order."""
    places = {folder: place for place, folder in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(_LONG)))
