from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from dlt_sources.sandbox import Sandbox, serve

from .client import DISTRICT, TOKEN, Client, users, write, write_dataset

ALDER, BIRCHWOOD = "63e0a000a1d0000000000001", "63e0a000b1d0000000000001"


def listing(sandbox: Sandbox, query: str, secret: str | None = None) -> requests.Response:
    basic = (sandbox.client_id, secret or sandbox.client_secret)
    return requests.get(f"{sandbox.url}/oauth/tokens{query}", auth=basic, timeout=10)


def test_every_district_that_authorised_the_application_is_listed_with_its_token(
    sample: Sandbox,
) -> None:
    answer = listing(sample, "?owner_type=district")
    listed = {row["owner"]["id"]: row["access_token"] for row in answer.json()["data"]}
    assert listed == {
        ALDER: "sandbox-token-alder-valley",
        BIRCHWOOD: "sandbox-token-birchwood",
    }
    row = answer.json()["data"][0]
    assert sorted(row) == ["access_token", "created", "id", "owner", "scopes"]
    assert row["owner"]["type"] == "district"
    assert re.fullmatch("[0-9a-f]{24}", row["id"])
    assert answer.json()["links"] == [{"rel": "self", "uri": "/oauth/tokens?owner_type=district"}]


def test_the_listing_narrows_to_one_district(sample: Sandbox) -> None:
    rows = listing(sample, f"?owner_type=district&district={BIRCHWOOD}").json()["data"]
    assert [row["owner"]["id"] for row in rows] == [BIRCHWOOD]


def test_an_unknown_district_lists_nothing(sample: Sandbox) -> None:
    answer = listing(sample, f"?owner_type=district&district={'0' * 24}")
    assert (answer.status_code, answer.json()["data"]) == (200, [])


def test_wrong_client_credentials_are_refused_with_a_json_body(sample: Sandbox) -> None:
    answer = listing(sample, "?owner_type=district", secret="wrong")
    assert (answer.status_code, list(answer.json())) == (401, ["message"])


def test_only_districts_own_tokens(sample: Sandbox) -> None:
    assert listing(sample, "?owner_type=user").status_code == 400


def test_token_info_names_the_application(alder: Client) -> None:
    answer = alder.raw("/oauth/tokeninfo")
    assert answer.json()["client_id"] == alder.sandbox.client_id
    assert answer.json()["scopes"]


@pytest.mark.parametrize("path", ["/v3.1/users", "/v3.0/districts", "/oauth/tokeninfo"])
def test_an_unknown_token_is_refused_with_a_json_body(sample: Sandbox, path: str) -> None:
    answer = Client(sample, "wrong").raw(path)
    assert (answer.status_code, list(answer.json())) == (401, ["message"])


def test_a_district_that_disconnects_vanishes_from_the_listing_and_its_token_is_refused(
    tmp_path: Path,
) -> None:
    dataset = write_dataset(tmp_path, [{"users": users(1)}, {}])
    write(dataset / "days/02/tokens.json", {})
    with serve(dataset) as sandbox:
        client = Client(sandbox)
        assert client.get("/users").status_code == 200
        sandbox.set_day(2)
        assert client.get("/users").status_code == 401
        assert listing(sandbox, "?owner_type=district").json()["data"] == []


def test_the_secret_is_not_shown_by_the_dataset(tmp_path: Path) -> None:
    with serve(write_dataset(tmp_path, [{}])) as sandbox:
        assert "secret'" not in repr(sandbox.site.dataset)
        assert Client(sandbox, TOKEN).ids("/districts") == [DISTRICT]
