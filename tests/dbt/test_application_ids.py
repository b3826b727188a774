"""What an older version loaded under another spelling of an ID is one record with what came."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt.story import HOUR, MON, TUE, WED, Story, begun, record, section, student


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return begun(tmp_path)


def test_a_key_that_was_spelt_otherwise_is_the_same_record(story: Story) -> None:
    """On Tuesday the key's type changed, and an older version withdrew and created in one load."""
    roster = ([student("ana")], [section("x", "ana")])
    old = record("42.0", MON + HOUR, user="7.000")
    new = record("42", MON + HOUR, user="7")
    story.day(MON, *roster, progress=[old], accounts=[{"id": "7", "clever_id": "ana"}])
    story.day(TUE, *roster, progress=[new])
    story.day(WED, *roster, progress=[new])

    assert story.context("42") == ("ana", "elm", "x", "kim", None, "7", "fall")
    assert story.ask("select progress_id from intermediate.progress_records") == [("42",)]
    story.ends_as_a_full_build_would()
