"""The never-rules of matching: checks that pass on a build and find what is broken by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from orchestration.lib.dbt_runner import EVERYTHING, manifest
from tests.dbt.application_log import ApplicationLog
from tests.dbt.building import built, opened
from tests.dbt.dbt_warehouse import DISTRICT, Record, Warehouse
from tests.dbt.story import MON

_NAMES = ("twice", "overlap", "first", "second", "abroad", "lost", "made", "given")
_SPELLS = "build.intermediate.account_match_spells"
_LOG = "warehouse.matching_raw.account_matches"
_PLACES = ("district", "school")

#: What is done to the tables: it breaks one rule each.
_WRONGS: Mapping[str, str] = {
    "no_account_is_matched_with_two_users": f"""
        insert into {_SPELLS} select * replace ('nobodys' as user_id) from {_SPELLS}
        where account_id = 'a-twice'
    """,
    "matches_of_an_account_never_overlap": f"""
        insert into {_SPELLS} select * replace (
            valid_from - interval 1 hour as valid_from, valid_from + interval 1 hour as valid_to,
            false as is_current
        ) from {_SPELLS} where account_id = 'a-overlap'
    """,
    "no_user_has_two_accounts_without_a_persons_word": f"""
        update {_SPELLS} set user_id = 'first' where account_id = 'a-second'
    """,
    "no_match_goes_across_districts": """
        update build.intermediate.account_records set district_ref = 'district-2'
        where account_id = 'a-abroad'
    """,
    "every_account_stands_somewhere_once": """
        create or replace view build.matching.account_status as
        select * from ({account_status}) where account_id <> 'a-lost'
    """,
    "no_rule_matched_against_evidence": f"""
        update {_LOG} set agreed = ['email'] where subject_id = 'a-made';
        insert into {_LOG} select * replace (
            1000 as event_id, 'a-given' as subject_id, 'given' as clever_id
        ) from {_LOG} where subject_id = 'a-first'
    """,
    **{
        f"no_customers_{place}_is_matched_with_two": f"""
            insert into build.intermediate.{place}_match_spells
            select * replace ('another' as clever_id) from build.intermediate.{place}_match_spells
            where crm_id = 'c-1'
        """
        for place in _PLACES
    },
    **{
        f"no_{place}_has_two_customers_without_a_persons_word": f"""
            insert into build.intermediate.{place}_match_spells
            select * replace ('c-2' as crm_id) from build.intermediate.{place}_match_spells
            where crm_id = 'c-1' and clever_id <> 'another'
        """
        for place in _PLACES
    },
}
#: Of everything: a daily build looks at what is new.
_CHECKS = ("--full-refresh", "--select", "test_type:data")


def _child(name: str) -> Record:
    return {
        "id": name,
        "name": {"first": name.title(), "last": f"Of {name}"},
        "roles": {"student": {"school": "elm", "sis_id": f"s-{name}", "dob": "1/2/2015"}},
    }


def _account(name: str) -> dict[str, Any]:
    born = "1999-01-01" if name == "given" else "2015-01-02"
    return {"id": f"a-{name}", "role": "student", "sis_id": f"s-{name}", "dob": born,
            "district_id": DISTRICT}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A district whose students have accounts; one of these has another's birthday."""
    made = Warehouse(tmp_path_factory.mktemp("matching") / "home")
    school = {"id": "elm", "name": "Elm", "nces_id": "11"}
    users = [_child(name) for name in _NAMES]
    ours = {"id": DISTRICT, "name": "Elmwood", "nces_id": "1"}
    made.sync({"districts": [ours], "schools": [school], "users": users}, at=MON)
    made.sync({"districts": [{"id": "district-2"}]}, at=MON, district="district-2")
    ApplicationLog(made).load(
        MON,
        accounts=[_account(name) for name in _NAMES],
        crm_districts=[{"id": "c-1", "name": "District", "nces_id": "1"}],
        crm_schools=[{"id": "c-1", "name": "Elm", "nces_id": "11"}],
    )
    return made


def _failures(warehouse: Warehouse, *arguments: str) -> dict[str, int]:
    """Of each check that warns or fails, how many rows it finds."""
    results = built(warehouse, *arguments)
    assert [(each.name, each.message) for each in results if not each.ok] == []
    return {each.name: each.failures or 0 for each in results if each.status == "warn"}


def test_the_never_rules_hold_and_each_finds_what_breaks_it(warehouse: Warehouse) -> None:
    assert _failures(warehouse, *EVERYTHING).keys().isdisjoint(_WRONGS)
    with opened(warehouse.home) as connection:
        assert connection.execute(
            "select status, count(*) from build.matching.account_status group by 1 order by 1"
        ).fetchall() == [("matched", 7), ("review", 1)]
        [(status,)] = connection.execute(
            "select sql from duckdb_views() where view_name = 'account_status'"
        ).fetchall()
        for wrong in _WRONGS.values():
            connection.execute(wrong.format(account_status=status.split(" AS ", 1)[1].rstrip(";")))

    found = _failures(warehouse, *_CHECKS)

    assert {name: found.get(name) for name in _WRONGS} == {
        "no_account_is_matched_with_two_users": 1,
        # The one that is matched twice overlaps, too.
        "matches_of_an_account_never_overlap": 2,
        # Each of the two is a second one.
        "no_user_has_two_accounts_without_a_persons_word": 2,
        "no_match_goes_across_districts": 1,
        # One is lost, and the one that is matched twice stands there twice.
        "every_account_stands_somewhere_once": 2,
        "no_rule_matched_against_evidence": 2,
        "no_customers_district_is_matched_with_two": 1,
        "no_customers_school_is_matched_with_two": 1,
        "no_district_has_two_customers_without_a_persons_word": 2,
        "no_school_has_two_customers_without_a_persons_word": 2,
    }


def test_no_check_of_matching_keeps_a_roster_back() -> None:
    severities = {
        node["name"]: node["config"]["severity"].lower()
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "test" and node["name"] in _WRONGS
    }

    assert severities == dict.fromkeys(_WRONGS, "warn")
