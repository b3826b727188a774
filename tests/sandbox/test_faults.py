from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from dlt_sources.sandbox import Fault, Sandbox, serve

from .client import DISTRICT, Client, users, write_dataset


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    days = [{"users": users(1, 2, 3), "schools": []}]
    with serve(write_dataset(tmp_path_factory.mktemp("small"), days)) as sandbox:
        yield sandbox


@pytest.fixture
def client(server: Sandbox) -> Client:
    server.clear_faults()
    return Client(server)


@pytest.mark.parametrize("status", [401, 403, 404, 500, 501, 502, 503, 504])
def test_a_status_comes_with_a_message(client: Client, status: int) -> None:
    client.sandbox.inject(Fault("status", path="/users", status=status))
    answer = client.get("/users")
    assert (answer.status_code, list(answer.json())) == (status, ["message"])
    assert client.get("/users").status_code == 200, "once, unless asked otherwise"


def test_a_rate_limit_comes_with_lists_in_its_headers_and_an_empty_body(client: Client) -> None:
    client.sandbox.inject(Fault("status", status=429, reset_in=7))
    answer = client.get("/users")
    assert (answer.status_code, answer.content) == (429, b"")
    assert answer.headers["x-ratelimit-bucket"] == "all, none"
    resets = [int(each) for each in answer.headers["x-ratelimit-reset"].split(",")]
    assert time.time() + 5 < max(resets) <= time.time() + 7


def test_html_comes_in_place_of_json_whatever_the_status(client: Client) -> None:
    client.sandbox.inject(Fault("html", status=503), Fault("html", status=200, page=2))
    for status in (503, 200):
        answer = client.get("/users")
        assert answer.status_code == status
        assert answer.text.startswith("<!DOCTYPE html>")


def test_a_body_can_be_empty(client: Client) -> None:
    client.sandbox.inject(Fault("empty"))
    assert (client.get("/users").status_code, client.get("/users").status_code) == (200, 200)
    client.sandbox.inject(Fault("empty"))
    assert client.get("/users").content == b""


def test_a_cut_body_is_complete_for_http_but_no_json(client: Client) -> None:
    client.sandbox.inject(Fault("cut"))
    answer = client.get("/users")
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_truncated_body_ends_before_its_length(client: Client) -> None:
    client.sandbox.inject(Fault("truncated"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.get("/users")


def test_a_reset_connection_answers_nothing(client: Client) -> None:
    client.sandbox.inject(Fault("reset"))
    with pytest.raises(requests.exceptions.ConnectionError, match="reset by peer"):
        client.get("/users")
    assert client.get("/users").status_code == 200


def test_a_slow_answer_comes_after_its_delay(client: Client) -> None:
    client.sandbox.inject(Fault("slow", delay=0.2))
    started = time.monotonic()
    assert len(client.ids("/users")) == 3
    assert time.monotonic() - started >= 0.2


def test_further_records_stand_on_the_page_as_they_are_given(client: Client) -> None:
    client.sandbox.inject(Fault("records", path="/users", records=(b'{"name":"no id"}', b"5")))
    rows = client.get("/users").json()["data"]
    assert [row["data"] for row in rows[3:]] == [{"name": "no id"}, 5]


def last_sync(client: Client) -> str:
    return str(client.records("/districts")[0]["last_sync"])


def test_last_sync_moves_once_in_the_middle_of_a_walk_and_stays(client: Client) -> None:
    before = last_sync(client)
    client.sandbox.inject(Fault("last_sync", path="/users", page=2))
    client.get("/users")
    assert last_sync(client) == before
    client.get("/users")
    moved = last_sync(client)
    assert moved > before
    client.get("/users")
    assert last_sync(client) == moved
    assert client.get(f"/districts/{DISTRICT}").json()["data"]["last_sync"] == moved


def test_a_district_can_move_to_the_next_day_in_the_middle_of_a_walk(tmp_path: Path) -> None:
    days = [{"users": users(1, 2), "schools": []}, {"users": users(2, 3)}]
    with serve(write_dataset(tmp_path / "two-days", days)) as sandbox:
        client = Client(sandbox)
        today = client.records("/users")
        sandbox.inject(Fault("next_day", path="/users", page=2))

        assert client.records("/users") == today
        tomorrow = client.records("/users")
        assert tomorrow != today
        assert sandbox.site.snapshot.day.number == 1, "other districts stay where they are"
        sandbox.set_day(1)
        assert client.records("/users") == today
        sandbox.set_day(2)
        assert client.records("/users") == tomorrow


def test_a_fault_strikes_from_the_given_request_on_for_as_often_as_it_says(client: Client) -> None:
    client.sandbox.inject(Fault("status", path="/users", page=2, times=2, status=500))
    answers = []
    for _ in range(4):
        answers.append(client.get("/users").status_code)
        assert client.get("/schools").status_code == 200, "another path is not counted"
    assert answers == [200, 500, 500, 200]


def test_a_fault_can_be_for_one_district(client: Client) -> None:
    client.sandbox.inject(Fault("status", district="0" * 24, times=9))
    assert client.get("/users").status_code == 200
    client.sandbox.inject(Fault("status", district=DISTRICT))
    assert client.get("/users").status_code == 500


def test_the_token_listing_can_fail_as_well(client: Client) -> None:
    sandbox = client.sandbox
    sandbox.inject(Fault("status", path="/oauth/tokens", status=503))
    basic = (sandbox.client_id, sandbox.client_secret)
    url = f"{sandbox.url}/oauth/tokens?owner_type=district"
    assert requests.get(url, auth=basic, timeout=10).status_code == 503
    assert requests.get(url, auth=basic, timeout=10).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explosion"},
        {"kind": "status", "page": 0},
        {"kind": "records"},
        {"kind": "slow", "records": (b"{}",)},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"kind|count|records"):
        Fault(**wrong)


def test_requests_are_kept_with_their_query(tmp_path: Path) -> None:
    with serve(write_dataset(tmp_path, [{}])) as sandbox:
        Client(sandbox).get("/users", limit=5)
        assert sandbox.requests == ["GET /v3.1/users?limit=5"]
