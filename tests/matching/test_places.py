"""A district or school of the customer list whose match is contradicted later is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.dbt.story import MON, Story, begun

CONTRADICTED = "matched, and contradicted since"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Two districts, the first with two schools; the list names the first, then the second."""
    story = begun(Path(tmp_path_factory.mktemp("places")))
    for district, name, schools in (("d0", "Alder", ("Elm", "Oak")), ("d1", "Birchwood", ())):
        shown = {
            "districts": [{"id": district, "name": name, "nces_id": f"80{district[1]}"}],
            "schools": [
                {"id": each, "name": f"{each} High", "nces_id": f"90{number}"}
                for number, each in enumerate(schools)
            ],
        }
        story.warehouse.sync(shown, district=district, at=MON)
    for day, (nces_id, name, campus) in enumerate(
        (("800", "Alder", "Elm"), ("801", "Birchwood", "Oak"))
    ):
        story.application.load(
            MON + timedelta(days=day),
            crm_districts=[{"id": "c", "name": name, "nces_id": nces_id}],
            crm_schools=[
                {"id": "k", "name": f"{campus} High", "nces_id": f"90{day}", "district_id": "c"}
            ],
        )
        story.build_news()
        if not day:
            assert (
                story.ask("from matching.district_review union all from matching.school_review")
                == []
            )
    return story


@pytest.mark.parametrize(
    ("place", "listed", "matched"), [("district", "c", "d0"), ("school", "k", "Elm")]
)
def test_a_match_stays_and_is_a_case_for_review(
    story: Story, place: str, listed: str, matched: str
) -> None:
    assert story.ask(f"select crm_id, {place}_id from matching.{place}_matches") == [
        (listed, matched)
    ]
    assert story.ask(
        f"select crm_id, {place}_id, reason, contradicted from matching.{place}_review "
        f"where {place}_id = '{matched}'"
    ) == [(listed, matched, CONTRADICTED, ["another_has_them"])]
