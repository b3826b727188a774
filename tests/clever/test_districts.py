"""Which districts are walked, and what a walk that cannot be trusted does: nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dlt_sources.errors import ConfigurationError, RollbookError
from dlt_sources.sandbox import Fault

from .world import ELM, FIRST, OAK, TOKENS, Home, World, counts, line, student


def test_only_the_named_districts_are_walked(world: World, home: Home) -> None:
    result = home.sync(only=(OAK,))

    assert [item.district_id for item in result.districts] == [OAK]
    assert home.log() == []


def test_a_district_nobody_knows_is_refused_before_anything(world: World, home: Home) -> None:
    with pytest.raises(ConfigurationError, match="no district nobody"):
        home.sync(only=("nobody",))

    assert home.sql("from clever_raw.syncs") == []


def test_no_district_at_all_asks_to_connect_one(world: World, home: Home) -> None:
    world.day(1, tokens={})

    with pytest.raises(ConfigurationError, match="connect one"):
        home.sync()


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_name_the_settings(home: Home, status: int) -> None:
    home.sandbox.inject(Fault("status", "/oauth/tokens", status=status))

    with pytest.raises(ConfigurationError, match="SOURCES__CLEVER__CLIENT_SECRET"):
        home.sync()


def test_an_unreachable_host_is_one_clear_line(home: Home) -> None:
    home.set(oauth_url="http://127.0.0.1:9")

    with pytest.raises(RollbookError, match=r"^127\.0\.0\.1:9/oauth/tokens gave no usable answer"):
        home.sync()


def test_given_tokens_need_no_listing(home: Home) -> None:
    home.set(client_id=None, client_secret=None, district_tokens={ELM: TOKENS[ELM]})

    result = home.sync()

    assert [item.district_id for item in result.districts] == [ELM]
    assert not [request for request in home.sandbox.requests if "oauth" in request]


def test_a_district_whose_token_is_gone_is_suspended_and_kept(world: World, home: Home) -> None:
    world.day(2, tokens={OAK: TOKENS[OAK]})
    world.day(3)
    home.sync()

    assert line(home.sync(day=2)).status == "suspended"
    assert home.status(2) == (
        "suspended",
        "Clever lists no token for this district; nothing was archived.",
    )
    assert counts(home.sync(day=3)) == {"unchanged": 5}


def test_a_district_that_is_not_asked_for_is_not_suspended(world: World, home: Home) -> None:
    world.day(2, tokens={OAK: TOKENS[OAK]})
    home.sync()

    assert [item.district_id for item in home.sync(day=2, only=(OAK,)).districts] == [OAK]


def test_all_tokens_gone_suspends_every_district(world: World, home: Home) -> None:
    world.day(2, tokens={})
    home.sync()

    assert {item.status for item in home.sync(day=2).districts} == {"suspended"}


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("path", ["/districts", "/users"])
def test_a_refusal_suspends_the_district_at_once(home: Home, path: str, status: int) -> None:
    home.sandbox.inject(Fault("status", path, district=ELM, status=status, times=9))

    result = home.look()

    assert (line(result).status, line(result, OAK).status) == ("suspended", "complete")
    assert str(status) in (line(result).error or "")
    assert sum(path in request for request in home.sandbox.requests) <= 3


def test_a_token_revoked_in_mid_walk_archives_nobody(world: World, home: Home) -> None:
    world.day(2, {"users": []})
    home.set(page_size=1)
    home.sync()
    home.sandbox.inject(Fault("status", "/sections", district=ELM, status=401, page=2, times=99))

    assert line(home.sync(day=2)).status == "suspended"
    assert len(home.log()) == 3


def test_a_district_without_its_record_is_suspended(world: World, home: Home) -> None:
    home.sync()
    home.sandbox.site.snapshot.districts[ELM]["districts"] = type(  # type: ignore[index]
        home.sandbox.site.snapshot.districts[ELM]["districts"]
    ).empty()

    result = home.load(home.walk(home.begin()))

    assert line(result).status == "suspended"


def test_a_token_of_another_district_fails_and_loads_nothing(home: Home) -> None:
    home.set(client_id=None, district_tokens={ELM: TOKENS[OAK]})

    result = home.sync()

    assert line(result).status == "failed"
    assert line(result).error == (
        "the token of this district belongs to another one; "
        "nothing of this district was taken over."
    )


def test_a_failing_district_stops_no_other(home: Home) -> None:
    home.sandbox.inject(Fault("status", "/users", district=ELM, status=503, times=99))

    result = home.sync()

    assert (line(result).status, line(result, OAK).status) == ("failed", "complete")
    status, error = home.status(1)
    assert status == "failed"
    assert error is not None
    assert "gave no usable answer in 3 attempts: Clever has a problem (503)" in error
    assert home.log() == home.log("schools") == []
    assert home.log("districts", OAK) != []


def test_a_failed_district_catches_up_with_the_next_sync(world: World, home: Home) -> None:
    world.day(2, {"users": [student(1), student(4)]})
    home.sync()
    home.sandbox.inject(Fault("html", "/users", district=ELM, times=99))
    assert line(home.sync(day=2)).status == "failed"
    home.sandbox.clear_faults()

    assert counts(home.sync()) == {"created": 1, "archived": 2, "unchanged": 3}


def test_clever_syncing_in_mid_walk_makes_it_start_over(world: World, home: Home) -> None:
    home.sandbox.inject(Fault("last_sync", "/users", district=ELM))

    result = home.sync()

    assert line(result).status == "complete"
    assert counts(result) == {"created": 5}
    assert sum("/users" in request for request in home.sandbox.requests) == 3


def test_clever_syncing_twice_in_mid_walk_is_inconsistent(world: World, home: Home) -> None:
    home.sandbox.inject(Fault("last_sync", "/users", district=ELM, times=2))

    result = home.sync()

    assert (line(result).status, line(result).seen) == ("inconsistent", 6)
    assert home.log() == []
    home.sandbox.clear_faults()
    assert counts(home.sync()) == {"created": 5}


def test_a_list_that_never_ends_is_noticed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from dlt_sources.clever.client import CleverClient, Link, Page

    original = CleverClient.page

    def circular(self: CleverClient, path: str) -> Page:
        page = original(self, path)
        if "/users" in path:
            page.links = [Link("next", path)]
        return page

    monkeypatch.setattr(CleverClient, "page", circular)

    result = home.sync()

    assert line(result).status == "failed"
    assert "does not come to an end" in (line(result).error or "")


def test_time_never_goes_backwards(world: World, home: Home) -> None:
    home.sync()

    with pytest.raises(ConfigurationError, match="before the last sync of district"):
        home.sync(observed_at=FIRST - timedelta(seconds=1))

    assert home.sql("select count(*) from clever_raw.syncs") == [(2,)]


def _tokens(bend: Callable[[list[Any]], list[Any]]) -> Fault:
    """The list of tokens, bent; each time."""
    return Fault(
        "bent",
        "/oauth/tokens",
        times=99,
        bend=lambda answer: {**answer, "data": bend(answer["data"])},
    )


def _revoked(token: Any, **more: Any) -> Any:
    return {**token, "access_token": "revoked", **more}


@pytest.mark.parametrize(
    "bend",
    {
        "the good one first": lambda rows: rows + [_revoked(row) for row in rows],
        "the good one last": lambda rows: [_revoked(row) for row in rows] + rows,
        "the good one older": lambda rows: (
            rows + [_revoked(row, created="2099-01-01T00:00:00.000Z") for row in rows]
        ),
        **{
            f"made {created!r}": lambda rows, created=created: [
                {**row, "created": created}
                for one in rows
                for row in (_revoked(one), one, _revoked(one, access_token="revoked, too"))
            ]
            for created in (None, "", 7, "yesterday")
        },
        "beside one that cannot be sent": lambda rows: (
            rows + [_revoked(row, access_token="a\r\nX: y") for row in rows]
        ),
        "beside one that is null": lambda rows: (
            rows + [_revoked(row, access_token=None) for row in rows]
        ),
    }.values(),
)
def test_of_several_tokens_one_that_works_is_used(home: Home, bend: Any) -> None:
    home.sandbox.inject(_tokens(bend))

    result = home.look()

    assert [item.status for item in result.districts] == ["complete", "complete"]
    assert counts(result) == {"created": 5}


def test_of_several_tokens_the_newest_is_asked_first(home: Home) -> None:
    home.sandbox.inject(
        _tokens(lambda rows: rows + [_revoked(r, created="2001-01-01T00:00:00Z") for r in rows])
    )

    home.look()

    assert sum("/districts" in request for request in home.sandbox.requests) == 4


def test_a_token_revoked_in_mid_walk_is_replaced_by_the_other_one(home: Home) -> None:
    home.sandbox.inject(
        _tokens(lambda rows: rows * 2), Fault("status", "/users", district=ELM, status=401)
    )

    assert counts(home.look()) == {"created": 5}


def test_tokens_that_are_all_revoked_suspend_the_district(home: Home) -> None:
    home.sandbox.inject(_tokens(lambda rows: [_revoked(row) for row in rows * 2]))

    outcome = line(home.look())

    assert (outcome.status, outcome.error) == (
        "suspended",
        "Clever refuses this district: its token is no longer valid (401); nothing was archived.",
    )


@pytest.mark.parametrize(
    "token", ["secret\r\nX: y", "secret\n", "secret…", "secret\0", "", " ", None, 7]
)
def test_a_token_that_cannot_be_sent_fails_its_district_alone(home: Home, token: Any) -> None:
    home.sandbox.inject(
        _tokens(
            lambda rows: [
                {**row, "access_token": token} if row["owner"]["id"] == ELM else row for row in rows
            ]
        )
    )

    result = home.look()

    assert (line(result).status, line(result, OAK).status) == ("failed", "complete")
    assert "characters that no request may hold" in (line(result).error or "")
    assert "secret" not in (line(result).error or "")


def test_the_same_time_again_is_fine_without_other_data(world: World, home: Home) -> None:
    home.sync()

    assert line(home.sync()).status == "complete"


def test_the_same_time_with_other_data_is_refused(world: World, home: Home) -> None:
    world.day(2, {"users": [student(1)]})
    home.sync()

    result = home.sync(day=2, observed_at=FIRST)

    assert line(result).status == "failed"
    assert "already committed with other data" in (line(result).error or "")
    assert line(result, OAK).status == "complete"
    assert len(home.log()) == 3


def test_progress_names_districts_and_numbers_only(world: World, home: Home) -> None:
    lines: list[str] = []

    home.sync(progress=lines.append)

    assert f"{ELM}: complete, 6 records" in lines
    assert not [text for text in lines if "Ada" in text or "token" in text]


def test_results_can_be_handed_to_another_process(home: Home) -> None:
    import pickle

    start = pickle.loads(pickle.dumps(home.begin()))
    walked = pickle.loads(pickle.dumps(home.walk(start)))
    result = pickle.loads(pickle.dumps(home.load(walked)))

    assert counts(result) == {"created": 5}
    assert result.metadata("users")["created"] == 3
    assert result.metadata("syncs") == {"sync_id": 1, "rows": 2, "complete": 2}
