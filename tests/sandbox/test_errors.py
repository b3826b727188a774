from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests

from dlt_sources.sandbox import serve

from .client import Client, users, write_dataset


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/users?limit=0", 400),
        ("/users?limit=many", 400),
        ("/users?limit=-1", 400),
        ("/users?starting_after=tomorrow", 400),
        (f"/users?starting_after={'0' * 24}&ending_before={'1' * 24}", 400),
        ("/users?role=parent", 400),
        ("/schools/66a0c000a15c000000000001/users?role=contact", 400),
        ("/users?limit=10001", 413),
        (f"/users/{'0' * 24}", 404),
        ("/users/nobody", 404),
        (f"/schools/{'0' * 24}/users", 404),
        (f"/resources/{'0' * 24}", 404),
        ("/districts/63e0a000b1d0000000000001", 404),
    ],
)
def test_an_error_is_a_json_message(alder: Client, path: str, status: int) -> None:
    answer = alder.get(path)
    assert (answer.status_code, list(answer.json())) == (status, ["message"])


def test_the_largest_page_has_ten_thousand_rows(alder: Client) -> None:
    assert alder.get("/users", limit=10_000).status_code == 200


@pytest.mark.parametrize("path", ["/v3.1/students", "/v2.1/users", "/v3.1", "/nothing"])
def test_an_unknown_path_is_the_web_frameworks_html_page(alder: Client, path: str) -> None:
    answer = alder.raw(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert f"Cannot GET {path}" in answer.text


def test_writing_is_not_supported(alder: Client) -> None:
    headers = {"Authorization": f"Bearer {alder.token}"}
    answer = requests.post(f"{alder.sandbox.url}/v3.1/users", headers=headers, timeout=10)
    assert answer.status_code == 501


def test_responses_carry_clevers_headers(alder: Client) -> None:
    headers = alder.get("/users").headers
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["server"] == "envoy"
    assert headers["etag"].startswith('W/"')
    assert headers["x-request-id"]
    assert headers["access-control-allow-origin"] == "*"


def test_the_same_page_has_the_same_etag(alder: Client) -> None:
    first, second = alder.get("/users"), alder.get("/users")
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_each_request_is_counted_against_twelve_hundred_a_minute(alder: Client) -> None:
    first, second = alder.get("/users").headers, alder.get(f"/users/{'0' * 24}").headers
    assert first["x-ratelimit-bucket"] == "bearer"
    assert first["x-ratelimit-limit"] == "1200"
    assert time.time() < int(first["x-ratelimit-reset"]) <= time.time() + 61
    if first["x-ratelimit-reset"] == second["x-ratelimit-reset"]:
        remaining = [int(headers["x-ratelimit-remaining"]) for headers in (first, second)]
        assert remaining[0] - remaining[1] == 1, "errors count as well"


def test_beyond_the_limit_the_answer_is_empty_and_its_headers_are_lists(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, [{"users": users(1)}])
    with serve(dataset, rate_limit=2, rate_window=10**6) as sandbox:
        client = Client(sandbox)
        assert [client.get("/users").status_code for _ in range(3)] == [200, 200, 429]
        answer = client.get("/users")
    assert answer.content == b""
    assert answer.headers["x-ratelimit-remaining"] == "0, 0"
    resets = [int(each) for each in answer.headers["x-ratelimit-reset"].split(",")]
    assert len(resets) == 2
    assert max(resets) > time.time()
