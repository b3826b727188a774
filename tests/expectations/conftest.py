"""Fixtures of the expectations' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.expectations.hand_made_home import Home, make_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in which everything is well."""
    return make_home(tmp_path)
