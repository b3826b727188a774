"""Suggestions are made once for what is new, and kept: nothing twice, nothing lost or half."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.matching import choosing, suggesting
from orchestration.matching.blocking import LIMIT
from orchestration.matching.suggesting import Suggested, suggest
from tests.matching.homes import asked, current, log, make_home, note_build, people, show
from tests.matching.people import Labelled, labelled
from tests.matching.writing import Row

MON, TUE = datetime(2026, 9, 7, 2), datetime(2026, 9, 8, 2)

ANA: Row = {"first_name": "Ana", "last_name": "Okafor", "sis_id": "100200300", "role": "student"}
BEN: Row = {"first_name": "Ben", "last_name": "Lindqvist", "sis_id": "700800", "role": "student"}


def _user(name: str, row: Row) -> Row:
    return {"user_id": name, **row}


def _account(name: str, row: Row) -> Row:
    return {"account_id": name, **row}


def test_what_is_new_is_scored_and_a_second_time_nothing_is(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))

    assert suggest(home, MON) == Suggested(1, scored=1, suggestions=1, with_a_candidate=1)
    kept = ("suggestions", "scored_accounts", "scored_users")
    before = [asked(home, f"from matching_raw.{name}") for name in kept]
    log(home, users=["u-ana"])
    note_build(home)
    assert suggest(home, TUE) == Suggested(1)
    assert [asked(home, f"from matching_raw.{name}") for name in kept] == before


def test_a_day_on_which_nothing_was_built_reads_nothing_of_the_build(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))
    suggest(home, MON)
    with duckdb.connect(str(home.build)) as build:
        build.execute("drop schema intermediate cascade")

    assert suggest(home, TUE) == Suggested()
    assert len(asked(home, "from matching_raw.scorings")) == 1


def test_a_build_of_other_news_reads_nothing_of_it(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))
    suggest(home, MON)
    note_build(home)
    with duckdb.connect(str(home.build)) as build:
        build.execute("drop schema intermediate cascade")

    assert suggest(home, TUE) == Suggested()


def test_a_user_who_is_gone_is_no_candidate_any_more(tmp_path: Path) -> None:
    account = [_account("a-1", ANA)]
    home = make_home(tmp_path, people([_user("u-ana", ANA), _user("u-ben", BEN)], account))
    suggest(home, MON)
    show(home, people([_user("u-ben", BEN)], account))

    assert suggest(home, TUE).scored == 1
    assert current(home) == []


def test_an_account_that_is_open_again_is_scored_again(tmp_path: Path) -> None:
    other = _account("a-2", BEN)
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA), other]))
    suggest(home, MON)
    show(home, people([_user("u-ana", ANA)], [other]))
    assert suggest(home, TUE).scored == 0
    # She came while it was not open.
    shown = people([_user("u-ana", ANA), _user("u-ann", ANA)], [other])
    show(home, shown)
    suggest(home, TUE)
    show(home, people(shown.users, [_account("a-1", ANA), other]))

    assert suggest(home, TUE).scored == 1
    assert current(home, "user_id") == [("u-ana",), ("u-ann",)]


def test_a_user_is_a_candidate_no_more_when_it_came_back_as_another(tmp_path: Path) -> None:
    account = [_account("a-1", ANA)]
    home = make_home(tmp_path, people([_user("u-ana", ANA), _user("u-ann", ANA)], account))
    suggest(home, MON)
    with duckdb.connect(str(home.build)) as build:
        # Nothing of the old one's own is in the log.
        build.execute("delete from intermediate.open_users where user_id = 'u-ana'")
        build.execute("insert into intermediate.succeeded_users values ('u-ana', 'u-ann')")
    log(home, users=["u-ann"])
    note_build(home)

    assert suggest(home, TUE).scored == 1
    assert current(home, "user_id") == [("u-ann",)]


def test_what_was_taken_back_is_found_though_no_log_tells_it(tmp_path: Path) -> None:
    account = [_account("a-1", ANA)]
    home = make_home(tmp_path, people([_user("u-ana", ANA), _user("u-ann", ANA)], account))
    suggest(home, MON)
    with duckdb.connect(str(home.build)) as build:
        build.execute("delete from intermediate.open_users where user_id = 'u-ana'")
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("insert into clever_raw.retractions (retraction_id) values (1000)")
    note_build(home)

    assert suggest(home, TUE).scored == 1
    assert current(home, "user_id") == [("u-ann",)]


@pytest.mark.parametrize("many", [LIMIT, LIMIT + 1])
def test_a_key_that_too_many_have_pairs_nobody_on_any_day(tmp_path: Path, many: int) -> None:
    """Of the users of before only some are read: it is too common by those who are not, too."""
    name = {"first_name": "Ana", "last_name": "Okafor", "role": "student"}
    users = [_user(f"u-{number}", name) for number in range(many)]
    home = make_home(tmp_path, people(users, [_account("a-0", BEN)]))
    suggest(home, MON)
    show(home, people(users, [_account("a-0", BEN), _account("a-1", name)]))

    assert suggest(home, TUE).scored == 1
    assert bool(current(home)) == (many <= LIMIT)


def test_the_time_kept_is_the_one_given(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))

    suggest(home, MON)

    assert asked(home, "select distinct scored_at from matching_raw.suggestions") == [(MON,)]


def test_a_new_account_is_scored_alone(tmp_path: Path) -> None:
    users = [_user("u-ana", ANA), _user("u-ben", BEN)]
    home = make_home(tmp_path, people(users, [_account("a-1", ANA)]))
    suggest(home, MON)
    show(home, people(users, [_account("a-1", ANA), _account("a-2", BEN)]))

    assert suggest(home, TUE).scored == 1
    assert current(home, "account_id", "user_id") == [("a-1", "u-ana"), ("a-2", "u-ben")]


def test_a_new_user_is_a_candidate_of_the_accounts_of_before(tmp_path: Path) -> None:
    accounts = [_account("a-1", ANA), _account("a-2", BEN)]
    home = make_home(tmp_path, people([_user("u-ana", ANA)], accounts))
    suggest(home, MON)
    assert current(home, "account_id", "user_id") == [("a-1", "u-ana")]
    show(home, people([_user("u-ana", ANA), _user("u-ben", BEN)], accounts))

    assert suggest(home, TUE).scored == 1
    assert current(home, "account_id", "user_id") == [("a-1", "u-ana"), ("a-2", "u-ben")]


def test_a_user_who_changed_and_is_none_any_more_is_no_candidate(tmp_path: Path) -> None:
    account = [_account("a-1", ANA)]
    home = make_home(tmp_path, people([_user("u-ana", ANA)], account))
    suggest(home, MON)
    show(home, people([_user("u-ana", BEN)], account))

    assert suggest(home, TUE).scored == 1
    assert current(home) == []
    assert asked(home, "select count(*) from matching_raw.suggestions") == [(1,)]


def test_a_changed_account_is_scored_again_and_its_last_scoring_counts(tmp_path: Path) -> None:
    users = [_user("u-ana", ANA), _user("u-ben", BEN)]
    for day, (row, expected) in enumerate([(ANA, "u-ana"), (BEN, "u-ben"), (ANA, "u-ana")]):
        shown = people(users, [_account("a-1", row)])
        if not day:
            home = make_home(tmp_path, shown)
        show(home, shown)
        assert suggest(home, MON).scored == 1
        assert current(home, "user_id") == [(expected,)]


def test_an_account_without_candidates_is_not_scored_every_day(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", BEN)]))

    assert suggest(home, MON).scored == 1
    show(home, people([_user("u-ana", ANA)], [_account("a-1", BEN), _account("a-2", ANA)]))
    assert suggest(home, TUE).scored == 1


def test_scores_of_other_parameters_do_not_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))
    suggest(home, MON)

    for module in (choosing, suggesting):
        monkeypatch.setattr(module, "parameters_print", lambda: "other")

    assert suggest(home, TUE).scored == 1
    assert current(home, "parameters", "scored_at") == [("other", TUE)]


@pytest.mark.parametrize("table", ["scored_accounts", "scored_users", "suggestions"])
def test_a_crash_between_two_tables_leaves_nothing_and_is_made_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))
    whole = suggesting._KEEP
    after = whole.index(f"into warehouse.matching_raw.{table} ")
    end = whole.index(";", after) + 1
    monkeypatch.setattr(suggesting, "_KEEP", f"{whole[:end]} select error('killed');{whole[end:]}")
    with pytest.raises(duckdb.Error, match="killed"):
        suggest(home, MON)
    for name in ("scorings", "scored_accounts", "scored_users", "suggestions"):
        assert asked(home, f"select count(*) from matching_raw.{name}") == [(0,)]

    monkeypatch.setattr(suggesting, "_KEEP", whole)
    assert suggest(home, MON).scored == 1
    assert current(home, "user_id") == [("u-ana",)]


def test_day_by_day_comes_to_the_same_as_all_at_once(tmp_path: Path) -> None:
    everybody = labelled(300, seed=5, districts=2)
    at_once = make_home(tmp_path / "at once", everybody)
    suggest(at_once, MON)
    days = None
    for share in (0.3, 0.6, 1.0):
        shown = Labelled(
            users=everybody.users[::-1][: int(len(everybody.users) * share)],
            accounts=everybody.accounts[: int(len(everybody.accounts) * share)],
        )
        days = days or make_home(tmp_path / "days", shown)
        show(days, shown)
        suggest(days, MON)

    assert days is not None
    assert current(days) == current(at_once)
    assert len(current(days)) > 200


_IMPORTS_SPLINK = """
import sys
from datetime import datetime
from pathlib import Path
from orchestration.lib.home import Home
from orchestration.matching.suggesting import suggest
import orchestration.definitions
before = 'splink' in sys.modules
scored = suggest(Home(Path(sys.argv[1])), datetime(2026, 9, 9)).scored
print(scored, before, 'splink' in sys.modules)
"""


def test_splink_is_imported_only_by_a_run_that_scores(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))

    def said() -> str:
        command = [sys.executable, "-W", "ignore", "-c", _IMPORTS_SPLINK, str(home.root)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert said() == "1 False True"
    assert said() == "0 False False"


def test_a_build_without_accounts_to_match_has_no_suggestions(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], []))

    assert suggest(home, MON) == Suggested(0)
    assert asked(home, "select count(*) from matching_raw.scored_users") == [(0,)]


def test_nothing_is_left_in_the_home_beside_the_warehouse(tmp_path: Path) -> None:
    home = make_home(tmp_path, people([_user("u-ana", ANA)], [_account("a-1", ANA)]))
    before = sorted(tmp_path.iterdir())
    (tmp_path / "matching").mkdir()
    (tmp_path / "matching" / "of a killed run.tmp").touch()

    suggest(home, MON)

    assert sorted(tmp_path.iterdir()) == before
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        [(left,)] = warehouse.execute(
            "select count(*) from duckdb_tables() where table_name like '%splink%'"
        ).fetchall()
    assert left == 0
