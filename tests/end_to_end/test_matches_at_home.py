"""`rollbook matches` at a real home: what is open, and what a person's decisions make of it."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import dagster as dg
import pytest

from dlt_sources.application.sample import make_sample
from dlt_sources.sandbox import Sandbox
from tests.end_to_end.conftest import Installation

EMMA, ANOTHER_EMMA = "66a0c000a157d00000000010", "66a0c000a157d00000000029"
CATHERINE = "66a0c000a157d00000000024"
BIRCHWOOD, PRIMARY = "63e0a000b1d0000000000001", "66a0c000b15c000000000001"
#: What nobody reads who has not asked for it.
PERSONAL = ("Emmy", "emmy.johnson", "Katherine", "Oduya", "Whitfield", "confirmed", "her mother")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Installation:
    """The sample's application, in which Emmy worked, and a campus that Clever does not know."""
    folder = tmp_path_factory.mktemp("matches")
    file = folder / "application.sqlite"
    make_sample(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        for number, person in ((97, "p-7"), (98, "p-4")):
            connection.execute(
                f"insert into activity values ({number}, '{person}', 'content', null, null, 5, "
                "'2026-08-17 01:00:00.000000', null, '2026-08-17 01:00:00.000000')"
            )
        connection.execute(
            "insert into campuses (campus_id, customer, name) values ('c-9', 'd-2', 'Old Mill')"
        )
    installation = Installation(folder / "home", sandbox, file)
    ended = installation.sync_day(1)
    assert ended.returncode == 0, ended.stderr
    return installation


def _decide(home: Installation, *arguments: str) -> tuple[int, str]:
    """Exit code, and what was said on both streams but for what was published."""
    ended = home.run("matches", "decide", *arguments, "--reason", "asked her mother")
    said = [line for line in ended.stdout.splitlines() if not line.startswith("Published")]
    return ended.returncode, "\n".join([ended.stderr.strip(), *said]).strip()


def _whose(home: Installation) -> dict[object, object]:
    """Of what Emmy's and Katherine's accounts did, whose it is."""
    rows = home.query(
        "select progress_id, student_id from progress.student_progress "
        "where progress_id in ('97', '98') and student_id is not null"
    )
    return dict(rows)


def _matched(home: Installation) -> dict[object, object]:
    return dict(home.query("select account_id, user_id from matching.account_matches"))


def _listed(home: Installation) -> dict[str, dict[str, Any]]:
    ended = home.run("matches", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    return {case["id"]: case for case in json.loads(ended.stdout)["cases"]}


def test_districts_and_schools_are_decided_on_like_accounts(home: Installation) -> None:
    code, said = _decide(home, "c-9", PRIMARY, "--accept")
    assert code == 0, said
    assert f"School c-9 of the customer list is matched with {PRIMARY} (by decision)." in said

    code, said = _decide(home, "d-2", BIRCHWOOD, "--reject")
    assert code == 0, said
    assert said.endswith("District d-2 of the customer list is not matched.")
    assert "c-9" not in (listed := _listed(home))
    assert "d-2" in listed


def test_names_are_shown_to_whoever_asks_and_nowhere_else(home: Installation) -> None:
    page = home.home / "reports" / "matching" / "report.html"
    assert "Emmy Johnson" in home.run("matches", "--names").stdout
    assert home.run("matches", "report").returncode == 0
    assert page.read_text().count('<details class="chart">') == 1, "Emmy's candidates were scored"

    unasked = [home.run(*command).stdout for command in (["matches"], ["matches", "--json"])]
    texts = [*unasked, home.run("status").stdout, page.read_text()]

    assert [word for text in texts for word in PERSONAL if word in text] == []
    for folder in ("dagster", "reports"):
        for file in (home.home / folder).rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                assert [word for word in PERSONAL if word.encode() in content] == [], file


def test_decisions_are_followed_and_taken_back(home: Installation) -> None:
    [suggested] = _listed(home)["p-7"]["candidates"]
    assert (suggested["clever_id"], suggested["reason"]) == (EMMA, "suggested")
    assert 0 < suggested["probability"] < 1
    assert _whose(home) == {"98": CATHERINE}

    code, said = _decide(home, "p-7", EMMA, "--accept")
    assert (code, _matched(home)["p-7"]) == (0, EMMA), said
    assert f"Account p-7 is matched with user {EMMA} (by decision)." in said
    assert _whose(home) == {"98": CATHERINE, "97": EMMA}
    assert "p-7" not in _listed(home)

    # A second one for the same account cannot be: it is kept, and changes nothing.
    code, said = _decide(home, "p-7", ANOTHER_EMMA, "--accept")
    assert code == 3
    assert "is kept and changes nothing: it contradicts decision" in said
    assert _matched(home)["p-7"] == EMMA
    assert "1 decision has a problem" in home.run("status").stdout
    [problem] = json.loads(home.run("matches", "--json").stdout)["problems"]
    assert (problem["account_id"], problem["clever_id"]) == ("p-7", ANOTHER_EMMA)

    # The first was wrong: what she did was never that Emma's, and now the other decision counts.
    code, said = _decide(home, "p-7", EMMA, "--reject")
    assert (code, _matched(home)["p-7"]) == (0, ANOTHER_EMMA), said
    assert _whose(home) == {"98": CATHERINE, "97": ANOTHER_EMMA}

    # A rule's match is undone as well, and comes back when nothing is decided any more.
    assert _decide(home, "p-4", CATHERINE, "--reject")[0] == 0
    assert "p-4" not in _matched(home)
    assert _whose(home) == {"97": ANOTHER_EMMA}
    code, said = _decide(home, "p-4", CATHERINE, "--withdraw")
    assert code == 0
    assert f"Account p-4 is matched with user {CATHERINE} (by student_number)." in said
    assert _whose(home) == {"98": CATHERINE, "97": ANOTHER_EMMA}


def test_the_numbers_are_drawn_over_time_and_the_never_rules_are_checked(
    home: Installation,
) -> None:
    for name in ("no_account_is_matched_with_two_users", "no_match_goes_across_districts"):
        assert home.last_check("intermediate", "account_match_spells", name).passed

    matched = [each["matched"] for each in _metadata(home, "account_status")]
    assert matched == [5, 5, 5, 6, 6, 6, 5, 6]
    assert _metadata(home, "account_matches")[0]["by student_number"] == 1
    assert _metadata(home, "match_decisions")[-1]["with a problem"] == 0
    suggestions = [each["suggestions"] for each in _metadata(home, "match_suggestions")]
    assert suggestions[:2] == [0, 1], "what was scored after the first build"


def _metadata(home: Installation, table: str) -> list[dict[str, object]]:
    """The metadata of a table of matching, from its first materialization on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(home.home / "dagster"))
        instance = dg.DagsterInstance.get()
    with instance:
        key = dg.AssetKey(["matching", table])
        found = instance.fetch_materializations(key, limit=100, ascending=True).records
        return [
            {name: value.value for name, value in event.asset_materialization.metadata.items()}
            for event in found
            if event.asset_materialization
        ]
