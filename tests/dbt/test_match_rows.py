"""What is matched, and what contradicts a match until a person says that it is right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.dbt.story import MON, TUE, begun, student

ACCOUNT = {"id": "a-1", "role": "student", "sis_id": "s-1", "dob": "2015-01-02"}


def _child(born: str) -> dict[str, Any]:
    role = {"grade": "7", "school": "elm", "sis_id": "s-1", "dob": born}
    return {"id": "ana", "roles": {"student": role}}


def test_a_person_may_say_that_a_contradicted_match_is_right(tmp_path: Path) -> None:
    story = begun(tmp_path)
    shown = "select reason, contradicted from matching.match_review"
    district = [{"id": "district-1", "name": "Elmwood"}]
    story.day(MON, [_child("1/2/2015")], accounts=[ACCOUNT], districts=district)
    assert story.ask(shown) == []
    story.day(TUE, [_child("3/4/2015")], accounts=[ACCOUNT], districts=district)
    assert story.ask(shown) == [("matched, and contradicted since", ["dob"])]

    with story.warehouse.connect() as connection:
        connection.execute(
            "insert into matching_raw.decisions "
            "values (9, 'a-1', 'ana', 'accept', 'kim', 'a slip of the keyboard', ?)",
            [TUE],
        )
    story.build(("--full-refresh", "--exclude-resource-type", "unit_test"))

    assert story.ask(shown) == []
    assert story.ask("select user_id, rule from matching.account_matches") == [("ana", "sis_id")]


def test_an_account_that_goes_by_its_clever_id_is_matched_once_whether_or_not_it_says_so(
    tmp_path: Path,
) -> None:
    story = begun(tmp_path)
    accounts = [{"id": "ana", "clever_id": "ana"}, {"id": "ben"}]
    story.day(MON, [student("ana"), student("ben")], accounts=accounts)

    for table in ("account_matches", "account_status"):
        assert story.ask(f"select account_id, user_id from matching.{table} order by 1") == [
            ("ana", "ana"), ("ben", "ben"),
        ]  # fmt: skip
