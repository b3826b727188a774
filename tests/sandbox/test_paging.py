from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlt_sources.sandbox import Sandbox, serve

from .client import Client, links, small_id, users, write_dataset

LARGEST = 12


@pytest.fixture(scope="module")
def growing() -> Iterator[Sandbox]:
    """A district with one user more every day, none on the first; their ids have gaps."""
    days = [{"users": users(*range(3, 3 * size + 3, 3))} for size in range(LARGEST + 1)]
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(write_dataset(Path(folder), days), rate_limit=10**9) as sandbox,
    ):
        yield sandbox


def with_users(growing: Sandbox, size: int) -> Client:
    growing.set_day(size + 1)
    return Client(growing)


def ids_of(page: dict[str, Any]) -> list[str]:
    return [row["data"]["id"] for row in page["data"]]


@settings(max_examples=40, deadline=None)
@given(size=st.integers(0, LARGEST), limit=st.integers(1, LARGEST + 2))
def test_walking_by_next_gives_every_id_once_and_ascending(
    growing: Sandbox, size: int, limit: int
) -> None:
    client = with_users(growing, size)
    pages = list(client.walk(f"/v3.1/users?limit={limit}", "next"))
    seen = [each for page in pages for each in ids_of(page)]
    assert seen == [small_id(3 * number) for number in range(1, size + 1)]
    assert len(pages) == size // limit + 1, "a full last page is followed by an empty one"


@settings(max_examples=40, deadline=None)
@given(size=st.integers(0, LARGEST), limit=st.integers(1, LARGEST + 2))
def test_walking_back_by_prev_gives_the_same_ids(growing: Sandbox, size: int, limit: int) -> None:
    client = with_users(growing, size)
    *_, last = client.walk(f"/v3.1/users?limit={limit}", "next")
    end = links(last)["self"]
    backwards = [ids_of(page) for page in client.walk(end, "prev")]
    seen = [each for page in reversed(backwards) for each in page]
    assert seen == [small_id(3 * number) for number in range(1, size + 1)]


@pytest.mark.parametrize(
    ("size", "query", "expected"),
    [
        (5, "?limit=2", ["self", "next"]),
        (5, f"?limit=2&starting_after={small_id(6)}", ["self", "prev", "next"]),
        (5, f"?limit=2&starting_after={small_id(12)}", ["self", "prev"]),
        (5, "?limit=9", ["self"]),
        (0, "", ["self"]),
        (4, f"?limit=2&starting_after={small_id(6)}", ["self", "prev", "next"]),
        (4, f"?limit=2&starting_after={small_id(12)}", ["self", "prev"]),
        (5, "?limit=2&ending_before=last", ["self", "prev"]),
        (5, f"?limit=2&ending_before={small_id(9)}", ["self", "next"]),
        (5, f"?limit=2&ending_before={small_id(12)}", ["self", "prev", "next"]),
    ],
)
def test_which_links_a_page_has_depends_on_its_place(
    growing: Sandbox, size: int, query: str, expected: list[str]
) -> None:
    page = with_users(growing, size).raw(f"/v3.1/users{query}").json()
    assert [link["rel"] for link in page["links"]] == expected


def test_links_are_paths_with_the_version_that_carry_limit_and_filter(alder: Client) -> None:
    page = alder.get("/users", role="student", limit=3).json()
    first, last = page["data"][0]["data"]["id"], page["data"][-1]["data"]["id"]
    following = f"/v3.1/users?role=student&limit=3&starting_after={last}"
    assert links(page) == {"self": "/v3.1/users?role=student&limit=3", "next": following}
    second = alder.raw(following).json()
    assert all("student" in row["data"]["roles"] for row in second["data"])
    assert first not in ids_of(second)


def test_a_page_holds_a_hundred_rows_unless_asked_otherwise(tmp_path: Path) -> None:
    with serve(write_dataset(tmp_path, [{"users": users(*range(1, 103))}])) as sandbox:
        page = Client(sandbox).get("/users").json()
    assert len(page["data"]) == 100
    assert links(page)["next"] == f"/v3.1/users?starting_after={small_id(100)}"


def test_ending_before_last_is_the_end_of_the_list(growing: Sandbox) -> None:
    ids = with_users(growing, 5).ids("/users", ending_before="last", limit=2)
    assert ids == [small_id(12), small_id(15)]


def test_ending_before_the_second_id_is_the_first_row(growing: Sandbox) -> None:
    assert with_users(growing, 5).ids("/users", ending_before=small_id(6)) == [small_id(3)]


def test_a_cursor_need_not_exist_any_more(growing: Sandbox) -> None:
    assert with_users(growing, 3).ids("/users", starting_after=small_id(4))[0] == small_id(6)


def test_rows_are_wrapped_twice_and_name_their_own_path(growing: Sandbox) -> None:
    (row,) = with_users(growing, 1).get("/users").json()["data"]
    assert row == {"data": users(3)[0], "uri": f"/v3.1/users/{small_id(3)}"}


def test_the_number_of_records_can_be_asked_for_without_them(alder: Client) -> None:
    own = [{"rel": "self", "uri": "/v3.1/users?count=true"}]
    assert alder.get("/users", count="true").json() == {"count": 56, "links": own}
    assert alder.get("/districts", count="true").json()["count"] == 1


@pytest.mark.parametrize("count", ["", "false", "undefined", "5"])
def test_any_other_count_is_ignored(alder: Client, count: str) -> None:
    assert len(alder.get("/users", count=count).json()["data"]) == 56


def test_districts_are_never_paged(alder: Client) -> None:
    page = alder.get("/districts", limit=1).json()
    assert [link["rel"] for link in page["links"]] == ["self"]


def test_each_list_of_the_api_is_served_to_the_district_of_the_token(
    alder: Client, birchwood: Client
) -> None:
    sizes = {"districts": (1, 1), "schools": (3, 2), "terms": (3, 2), "courses": (10, 6)}
    for name, expected in (sizes | {"sections": (12, 7), "users": (56, 33)}).items():
        counts = (len(alder.ids(f"/{name}")), len(birchwood.ids(f"/{name}")))
        assert counts == expected, name
    assert not set(alder.ids("/users")) & set(birchwood.ids("/users"))
