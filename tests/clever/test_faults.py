"""The network's and Clever's bad moments, through a real server: the result is as without them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dlt_sources.clever.client import seconds_until_reset
from dlt_sources.clever.compare import NAMELESS
from dlt_sources.errors import RollbookError, clause
from dlt_sources.sandbox import Fault
from dlt_sources.sandbox.faults import Kind

from .test_compare import NOTHING_TELLS, PATH_TELLS, UNWRAPPED
from .world import ELM, FIRST, OAK, Home, World, counts, line, oid, student

PASSING = {
    "an error 500": Fault("status", "/users", status=500),
    "an error 502": Fault("status", "/users", status=502),
    "an error 504 in HTML": Fault("html", "/users", status=504),
    "a rate limit with lists in its headers": Fault("status", "/users", status=429, reset_in=0),
    "an HTML page with status 200": Fault("html", "/users", status=200),
    "an empty body": Fault("empty", "/users"),
    "half a body": Fault("cut", "/users"),
    "a connection closed too early": Fault("truncated", "/users"),
    "a connection reset": Fault("reset", "/users"),
    "no answer in time": Fault("slow", "/users", delay=2.0),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_what_passes_is_waited_out(home: Home, fault: Fault) -> None:
    if fault.kind == "slow":
        home.set(timeout=0.5)
    home.sandbox.inject(fault, Fault(**{**vars(fault), "path": "/districts"}))

    assert counts(home.look()) == {"created": 5}


@pytest.mark.parametrize("kind", ["html", "empty", "cut", "truncated", "reset"])
def test_what_does_not_pass_fails_the_district(home: Home, kind: Kind) -> None:
    home.sandbox.inject(Fault(kind, "/users", district=ELM, times=99))

    result = home.look()

    assert (line(result).status, line(result, OAK).status) == ("failed", "complete")
    assert sum("/users" in request for request in home.sandbox.requests) == 3 + 1


def with_next(uri: str) -> Callable[[Any], Any]:
    """A page that says that another one follows."""
    return lambda answer: {**answer, "links": [{"rel": "next", "uri": uri}]}


def test_a_page_elsewhere_is_told_in_sentences_with_one_mark_each(home: Home) -> None:
    elsewhere = with_next("https://example.org/v3.1/users")
    home.sandbox.inject(Fault("bent", "/users", district=ELM, times=99, bend=elsewhere))

    error = line(home.look()).error or ""

    assert error.endswith("outside of itself; nothing of this district was taken over.")


def test_tokens_elsewhere_are_told_in_sentences_with_one_mark_each(home: Home) -> None:
    elsewhere = with_next("https://example.org/oauth/tokens")
    home.sandbox.inject(Fault("bent", "/oauth/tokens", times=99, bend=elsewhere))

    with pytest.raises(RollbookError, match=r"outside of itself; check the network and"):
        home.look()


@pytest.mark.parametrize("text", ["It broke.", "It broke", "It broke. ", "It broke..."])
def test_a_clause_has_no_full_stop(text: str) -> None:
    assert clause(text) == "It broke"


NO_LIST: list[Any] = [{}, "", "text", 0, 0.5, False, True, None, {"data": []}, {"a": "b"}]


@pytest.mark.parametrize(
    ("path", "page", "value"),
    [
        ("/users", 1, {}),
        ("/users", 2, ""),
        ("/schools", 1, ""),
        ("/terms", 1, {}),
        ("/courses", 1, ""),
        ("/sections", 1, {}),
    ],
)
def test_a_page_whose_data_is_no_list_is_no_empty_page(
    home: Home, path: str, page: int, value: Any
) -> None:
    """Nobody is archived: the page is asked for again, and then the district fails."""
    home.set(page_size=2)
    home.sync()
    home.sandbox.inject(
        Fault("bent", path, district=ELM, page=page, times=99, bend=with_data(value))
    )

    result = home.sync(observed_at=FIRST + timedelta(hours=1))

    assert (line(result).status, line(result, OAK).status) == ("failed", "complete")
    assert "gave no usable answer in 3 attempts" in (line(result).error or "")
    assert [change for _, _, change in home.log()] == ["created"] * 3


@pytest.mark.parametrize("path", ["/users", "/districts"])
@pytest.mark.parametrize("value", NO_LIST, ids=repr)
def test_whatever_is_no_list_is_asked_for_again(home: Home, path: str, value: Any) -> None:
    home.sandbox.inject(Fault("bent", path, district=ELM, times=2, bend=with_data(value)))

    assert counts(home.look()) == {"created": 5}

    home.sandbox.inject(Fault("bent", path, district=ELM, times=99, bend=with_data(value)))
    result = home.look()

    assert (line(result).status, line(result, OAK).status) == ("failed", "complete")
    assert "a body that is no page of a list" in (line(result).error or "")


@pytest.mark.parametrize("value", NO_LIST, ids=repr)
def test_tokens_that_are_no_list_end_the_sync_before_anything_is_suspended(
    home: Home, value: Any
) -> None:
    home.sandbox.inject(Fault("bent", "/oauth/tokens", times=99, bend=with_data(value)))

    with pytest.raises(RollbookError, match=r"no list of tokens.*Nothing was changed"):
        home.look()


@pytest.mark.parametrize("status", [400, 413, 501])
def test_what_trying_again_cannot_mend_is_not_tried_again(home: Home, status: int) -> None:
    home.sandbox.inject(Fault("status", "/users", district=ELM, status=status, times=99))

    assert line(home.look()).status == "failed"
    assert sum("/users" in request for request in home.sandbox.requests) == 1 + 1


def test_a_rate_limit_is_waited_for_until_its_last_bucket_resets(home: Home) -> None:
    home.set(longest_wait=10.0)
    home.sandbox.inject(Fault("status", "/users", district=ELM, status=429, reset_in=2))
    began = time.time()

    assert line(home.look()).status == "complete"
    assert time.time() - began >= 1.0


def test_the_wait_for_a_rate_limit_is_bounded(home: Home) -> None:
    home.sandbox.inject(Fault("status", "/users", district=ELM, status=429, reset_in=3600))
    began = time.time()

    assert line(home.look()).status == "complete"
    assert time.time() - began < 30


def test_reset_headers_may_be_lists_or_nonsense() -> None:
    soon, later = int(time.time()) + 30, int(time.time()) + 60

    assert 58 < seconds_until_reset({"X-Ratelimit-Reset": f"{later}, {soon}"}) <= 60
    assert seconds_until_reset({"X-Ratelimit-Reset": "135136, 31634"}) == 0
    assert seconds_until_reset({"X-Ratelimit-Reset": "soon"}) == 0
    assert seconds_until_reset({}) == 0


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_every_page_size_gives_the_same(world: World, home: Home, size: int) -> None:
    """Three users in pages of one or three: the last page is full, and an empty one follows."""
    home.set(page_size=size)

    assert counts(home.sync()) == {"created": 5}
    assert counts(home.sync()) == {"unchanged": 5}


def test_records_that_come_twice_are_taken_once_the_first_time(world: World, home: Home) -> None:
    again = (as_json(student(1, grade="9")), as_json(student(4)), as_json(student(4, grade="9")))
    home.set(page_size=2)
    home.sandbox.inject(Fault("records", "/users", district=ELM, page=2, records=again))

    assert counts(home.sync()) == {"created": 6}
    assert home.sql('select distinct payload like \'%"grade":"3"%\' from clever_raw.users') == [
        (True,)
    ]


BAD_RECORDS = {
    "no id": (b'{"district": "' + ELM.encode() + b'"}', None, "the record has no readable id"),
    "an id that is no text": (b'{"id": 7}', None, "the record has no readable id"),
    "a lone surrogate": (
        b'{"id": "' + oid(7).encode() + rb'", "name": {"first": "\ud800"}}',
        None,
        "the record cannot be decoded",
    ),
    "bytes that are no UTF-8": (
        b'{"id": "' + oid(7).encode() + b'", "name": {"first": "\xff"}}',
        None,
        "the record cannot be decoded",
    ),
    "a number that is none": (
        b'{"id": "' + oid(7).encode() + b'", "roles": {"student": {"grade": NaN}}}',
        None,
        "the record cannot be decoded",
    ),
    "another district": (
        b'{"id": "' + oid(7).encode() + b'", "district": "' + OAK.encode() + b'"}',
        oid(7),
        "the record names another district",
    ),
    "no object": (b'"text"', None, "the record is not an object"),
}


@pytest.mark.parametrize("case", BAD_RECORDS.values(), ids=BAD_RECORDS.keys())
def test_a_record_that_cannot_be_kept_is_rejected_and_the_rest_goes_on(
    home: Home, case: tuple[bytes, str | None, str]
) -> None:
    record, record_id, reason = case
    home.sandbox.inject(Fault("records", "/users", district=ELM, records=(record,)))

    result = home.sync()

    assert counts(result) == {"created": 5}
    reason += "" if record_id else NAMELESS
    assert home.sql("from clever_raw.rejected_records") == [(1, ELM, "users", record_id, reason)]
    assert result.metadata("rejected_records") == {"rows": 1}


def test_a_known_record_that_is_rejected_stays_as_it_was(world: World, home: Home) -> None:
    world.day(2, {"users": [student(1), {**student(2), "district": OAK}, student(3)]})
    home.sync()

    assert counts(home.sync(day=2)) == {"unchanged": 4}
    assert home.sql("select id, reason from clever_raw.rejected_records") == [
        (oid(2), "the record names another district")
    ]


def _bent_row(bend: Callable[[Any], Any]) -> Fault:
    """User 2's row is bent."""

    def bent(answer: Any) -> Any:
        rows = [bend(row) if row["data"]["id"] == oid(2) else row for row in answer["data"]]
        return {**answer, "data": rows}

    return Fault("bent", "/users", district=ELM, bend=bent)


@pytest.mark.parametrize("bend", [PATH_TELLS["id None"], PATH_TELLS["no data"]])
def test_a_known_record_that_only_its_path_names_stays_and_others_may_go(
    world: World, home: Home, bend: Callable[[Any], Any]
) -> None:
    world.day(2, {"users": [student(2), student(3)]})
    home.sync()
    home.sandbox.inject(_bent_row(bend))

    result = home.sync(day=2)

    assert line(result).status == "complete"
    assert home.log()[3:] == [(2, "1", "removed")]
    [(told, reason)] = home.sql("select id, reason from clever_raw.rejected_records")
    assert told == oid(2) and NAMELESS not in reason
    assert counts(home.sync(day=2)) == {"unchanged": 4}


@pytest.mark.parametrize("bend", [UNWRAPPED, NOTHING_TELLS["no id, path ''"]])
def test_where_a_row_tells_no_id_nothing_of_its_list_is_gone(
    world: World, home: Home, bend: Callable[[Any], Any]
) -> None:
    """Of other lists what is gone is gone, and so it is the next time."""
    world.day(2, {"users": [student(2), student(3, grade="4"), student(4)], "sections": []})
    home.sync()
    home.sandbox.inject(_bent_row(bend))

    result = home.sync(day=2)

    assert line(result).status == "complete"
    assert counts(result) == {"created": 1, "updated": 1, "archived": 1, "unchanged": 1}
    assert home.log()[3:] == [(2, "3", "updated"), (2, "4", "created")]
    [(told, reason)] = home.sql("select id, reason from clever_raw.rejected_records")
    assert told is None and reason.endswith("nothing of the list counts as gone")
    assert line(result).objects[-1].turnover["students"].removed == 0

    home.sync(observed_at=FIRST + timedelta(days=1, hours=1))

    assert home.log()[5:] == [(3, "1", "removed")]


def as_json(record: dict[str, object]) -> bytes:
    import json

    return json.dumps(record).encode()


def with_data(value: Any) -> Callable[[Any], Any]:
    """What a list becomes whose `data` is something else."""
    return lambda answer: {**answer, "data": value}
