"""A match that was made of a sync that is taken back was never made."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from orchestration.lib.dbt_runner import EVERYTHING
from tests.dbt.dbt_warehouse import DISTRICT
from tests.dbt.story import MON, TUE, WED, Story, begun
from tests.matching.town import account, child, did

MATCHES = "select account_id, user_id, matched_at from matching.account_matches"
ACCOUNTS = [account("a", sis_id="1")]
PLACE = [{"id": DISTRICT}]


def test_what_was_made_of_a_sync_that_is_taken_back_is_made_again_of_the_next(
    tmp_path: Path,
) -> None:
    story = begun(tmp_path)
    progress = [did("work", "a")]
    story.day(MON, [child("u")], accounts=ACCOUNTS, progress=progress, districts=PLACE)
    story.day(TUE, [child("u", sis_id="1")], accounts=ACCOUNTS, progress=progress, districts=PLACE)
    assert story.ask(MATCHES) == [("a", "u", TUE)]
    assert story.context("work")[0] == "u"

    _take_back(story, 2)
    story.build(EVERYTHING)
    assert story.ask(MATCHES) == []
    assert story.ask("select user_ref from progress.unmatched_progress") == [("a",)]

    story.day(
        WED,
        [child("u", sis_id="1", grade="8")],
        accounts=ACCOUNTS,
        progress=progress,
        districts=PLACE,
    )
    assert story.ask(MATCHES) == [("a", "u", WED)]
    assert story.context("work")[0] == "u"


def _take_back(story: Story, sync_id: int) -> None:
    with story.warehouse.connect() as connection:
        connection.execute(
            "insert into clever_raw.retractions by name select 100 as retraction_id, "
            "? as district_id, ? as since_sync_id, ? as until_sync_id, 'retracted' as kind, "
            "'by mistake' as reason, ? as made_at",
            [DISTRICT, sync_id, sync_id, TUE + timedelta(hours=1)],
        )
