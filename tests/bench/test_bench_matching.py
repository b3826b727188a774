"""The benchmark of matching: what it counts, and that a labelled set reaches the pipeline whole."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import orjson
import pytest

from dlt_sources.sandbox.dataset import Dataset
from tests.bench.commands import Measured
from tests.bench.matching.bench import write
from tests.bench.matching.dataset import write_application, write_districts
from tests.bench.matching.judge import (
    Match,
    by_rule,
    judge,
    missed_by_trap,
    with_first_suggestion,
)
from tests.bench.matching.playing import Played, splink_alone
from tests.bench.matching.scale import FIRST, NEW_ACCOUNTS, NOTHING, OTHER, ROSTER
from tests.bench.measure import Run
from tests.matching.people import Labelled, labelled

TRUTH = {"a": "u-a", "b": "u-b", "c": None, "d": "u-d"}


def test_precision_counts_strangers_and_recall_does_not() -> None:
    score = judge([Match("a", "u-a", "email"), Match("c", "u-d", "email")], TRUTH)

    assert (score.matches, score.wrong, score.precision) == (2, 1, 0.5)
    assert score.recall == pytest.approx(1 / 3)
    assert score.f1 == pytest.approx(2 / 5)


def test_a_suggestion_counts_from_the_threshold_on_and_only_where_no_rule_matched() -> None:
    rules = [Match("a", "u-a", "email")]
    firsts = [
        Match("a", "u-b", "suggestion", 0.99),
        Match("b", "u-b", "suggestion", 0.5),
        Match("d", "u-d", "suggestion", 0.49),
    ]

    matches = with_first_suggestion(rules, firsts, 0.5)

    assert [match.account_id for match in matches] == ["a", "b"]
    assert by_rule(rules, TRUTH)["email"].right == 1
    assert missed_by_trap(matches, TRUTH, {"d": ["twin"], "c": ["twin"], "a": []}) == {
        "nothing in particular": (1, 0, 0),
        "twin": (2, 0, 1),
    }


def test_the_same_seed_makes_the_same_people_and_every_account_has_its_truth() -> None:
    people, again = labelled(500, seed=8, districts=3), labelled(500, seed=8, districts=3)

    assert people == again != labelled(500, seed=9, districts=3)
    users = {user["user_id"] for user in people.users}
    accounts = [account["account_id"] for account in people.accounts]
    assert accounts == list(people.truth) == list(people.traps)
    assert len(set(accounts)) == len(accounts) == 500
    assert {user for user in people.truth.values() if user} <= users
    met = {trap for traps in people.traps.values() for trap in traps}
    assert {"of nobody", "padded number", "swapped names", "shared address"} <= met


def test_a_set_is_served_by_the_sandbox_and_read_from_the_application(tmp_path: Path) -> None:
    people = labelled(120, seed=1, districts=2)
    write_districts(people, tmp_path / "dataset")
    settings = write_application(people, tmp_path)

    served = Dataset.open(tmp_path / "dataset").as_of(1)
    assert served.districts.keys() == {user["district_id"] for user in people.users}
    folders = sorted((tmp_path / "dataset" / "days" / "01").glob("*/users.jsonl"))
    records = [orjson.loads(line) for file in folders for line in file.read_bytes().splitlines()]
    assert {record["id"] for record in records} == {user["user_id"] for user in people.users}
    student = next(user for user in people.users if user["role"] == "student" and user["dob"])
    [record] = [record for record in records if record["id"] == student["user_id"]]
    born: date = student["dob"]
    assert record["roles"]["student"]["dob"] == f"{born.month}/{born.day}/{born.year}"
    assert (tmp_path / "application.sqlite").exists()
    assert (
        'student_number = "student_number"'
        in Path(settings["SOURCES__APPLICATION__MAPPING"]).read_text()
    )


def test_the_page_says_what_was_aimed_at_and_whether_it_was_met(tmp_path: Path) -> None:
    people = labelled(150, seed=6, districts=1)
    firsts = splink_alone(people)
    run = Run(10.0, 9.0, 500.0, 600.0, "")
    played = [
        Played(name, people, [], firsts, firsts, Measured(run, {"matching": 1.5}))
        for name in ("ours", "FEBRL 4")
    ]
    days = (ROSTER, FIRST, NOTHING, OTHER, NEW_ACCOUNTS)
    scale = {
        day: Measured(run, {"dbt": 3.0 * number, "matching": 0.2})
        for number, day in enumerate(days)
    }

    write(tmp_path / "page.md", played, 1_000, scale)

    page = (tmp_path / "page.md").read_text()
    assert "| ours, rules alone: wrong matches | 0 | 0 | met |" in page
    assert (
        "| 100 new accounts: seconds, beyond one more record of progress | 3.0 | 5 | met |" in page
    )
    assert "| nothing is new: seconds | 6.2 | 0.3 | **missed** |" in page
    assert "![Precision and recall over the threshold](page.svg)" in page
    assert "**missed**" in page, "rules alone matched nothing, so their precision is not there"
    picture = (tmp_path / "page.svg").read_text()
    assert len(re.findall(r'<path d="M[^"]*L[^"]*" stroke="#[^>]*stroke-width="2"', picture)) == 4
    assert "var(" not in picture


def test_an_empty_set_has_no_precision() -> None:
    assert judge([], Labelled().truth).precision is None
