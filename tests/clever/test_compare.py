"""Comparing pages with what is known, against a model that reads like the rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.clever.client import Row, read_page
from dlt_sources.clever.compare import NAMELESS, Comparison
from dlt_sources.clever.index import Known
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.clever.spool import Changes

from .world import ELM, OAK, oid, student

TERMS = next(kind for kind in CLEVER_OBJECTS if kind.name == "terms")

#: An ID and a name; a name of None is a record of another district, which cannot be kept, and one
#: of "" is a record whose ID its path alone tells, if that is a Clever ID.
Listed = tuple[str, str | None]

ids = st.sampled_from(["a" * 24, "b" * 24, "c" * 24, "c", "é" * 3, "z" * 40])
listed = st.lists(st.tuples(ids, st.sampled_from(["x", "y", None, ""])), max_size=12)


def row(item: Listed, shuffled: bool) -> Row:
    record = {"id": item[0], "district": OAK if item[1] is None else ELM, "name": item[1] or "x"}
    if item[1] == "":
        del record["id"]
    pairs = reversed(record.items()) if shuffled else record.items()
    return Row(msgspec.Raw(json.dumps(dict(pairs)).encode()), f"/v3.1/terms/{item[0]}")


def compare(known: Known, rows: list[Row], page: int) -> tuple[set[tuple[str, str]], Comparison]:
    changes: list[Changes] = []
    comparison = Comparison(TERMS, ELM, known, changes.append, lambda *_: None)
    for start in range(0, len(rows), page):
        comparison.page(rows[start : start + page])
    comparison.finish()
    found = [pair for item in changes for pair in zip(item.ids, item.changes, strict=True)]
    assert len(set(found)) == len(found), "an id changes once in a sync"
    return set(found), comparison


@given(st.text(st.sampled_from("aZ09 -_.é\0\n\u00a0\u2028²٣"), max_size=3) | st.text(max_size=5))
def test_an_id_is_a_text_without_a_null_or_a_space_at_its_ends(text: str) -> None:
    row_ = Row(msgspec.Raw(msgspec.json.encode({"id": text, "district": ELM})), "/v3.1/terms/-")

    _, comparison = compare(Known.nothing(), [row_], 1)

    fits = text != "" and text == text.strip() and "\0" not in text
    assert comparison.result().created == fits


class Model:
    """What a list is, and was, in the plainest form."""

    def __init__(self) -> None:
        self.names: dict[str, str | None] = {}

    def see(self, items: list[Listed]) -> set[tuple[str, str]]:
        first: dict[str, str | None] = {}
        for record_id, name in items:
            if name != "" or len(record_id) == 24:
                first.setdefault(record_id, name or None)
        if any(name == "" and len(record_id) != 24 for record_id, name in items):
            # Nobody knows whom it is about.
            first |= {known: None for known in self.names if known not in first}
        changes = set(self._changes(first))
        for record_id in self.names:
            if record_id not in first:
                self.names[record_id] = None
        self.names |= {record_id: name for record_id, name in first.items() if name}
        return changes

    def _changes(self, first: dict[str, str | None]) -> Iterator[tuple[str, str]]:
        for record_id, name in first.items():
            if name and record_id not in self.names:
                yield record_id, "created"
            elif name and self.names[record_id] is None:
                yield record_id, "restored"
            elif name and self.names[record_id] != name:
                yield record_id, "updated"
        for record_id, name in self.names.items():
            if name is not None and record_id not in first:
                yield record_id, "removed"


@given(
    st.lists(st.tuples(listed, st.integers(1, 5), st.booleans(), st.booleans()), max_size=5),
)
def test_any_days_in_any_pages_are_what_the_rules_say(
    days: list[tuple[list[Listed], int, bool, bool]],
) -> None:
    """Days of a list with repetitions, rejections, other key orders, and lost hashes of bytes."""
    known, model = Known.nothing(), Model()
    for items, page, shuffled, cache_lost in days:
        if cache_lost:
            known.raw[:] = 0
        expected = model.see(items)

        found, comparison = compare(known, [row(item, shuffled) for item in items], page)
        result = comparison.result()
        known = comparison.new_state()

        assert found == expected
        assert result.rows == len(expected)
        assert result.seen == result.unchanged + result.created + result.updated + result.restored
        present = {i.decode() for i in known.ids[known.present].tolist()}
        assert present == {record_id for record_id, name in model.names.items() if name is not None}
        assert known.ids.tolist() == sorted(known.ids.tolist())


def test_bytes_that_are_known_are_not_decoded() -> None:
    rows = [row(("a" * 24, "x"), False)]
    known = compare(Known.nothing(), rows, 1)[1].new_state()
    comparison = Comparison(TERMS, ELM, known, print, print)
    decoded: list[Any] = []
    comparison._canonical = decoded.append  # type: ignore[assignment]

    comparison.page(rows)

    assert (decoded, comparison.seen) == ([], 1)


def test_a_row_without_a_path_says_itself_what_it_is() -> None:
    item = row(("a" * 24, "x"), False)
    known = compare(Known.nothing(), [item], 1)[1].new_state()

    assert compare(known, [Row(item.data, ""), Row(item.data, "/v3.1/terms")], 2)[0] == set()


def test_a_record_that_cannot_be_decoded_is_named_by_its_path() -> None:
    rejected: list[tuple[Any, ...]] = []
    comparison = Comparison(
        TERMS, ELM, Known.nothing(), print, lambda *problem: rejected.append(problem)
    )

    comparison.page([Row(msgspec.Raw(b'{"name":"\xff"}'), "/v3.1/terms/" + "a" * 24)])

    assert rejected == [("terms", "a" * 24, "the record cannot be decoded")]


@given(listed, st.integers(1, 4), st.booleans(), st.booleans())
def test_an_id_shown_twice_with_other_content_is_told_once(
    items: list[Listed], page: int, is_known: bool, shuffled: bool
) -> None:
    """Equal copies are normal, in whatever order their keys are."""
    items = [(record_id, name or "x") for record_id, name in items]
    names: dict[str, set[str | None]] = {}
    for record_id, name in items:
        names.setdefault(record_id, set()).add(name)
    known = Known.nothing()
    if is_known:
        first = [row((record_id, "x"), False) for record_id in names]
        known = compare(known, first, page)[1].new_state()
    told: list[tuple[Any, ...]] = []
    comparison = Comparison(TERMS, ELM, known, lambda _: None, lambda *one: told.append(one))
    rows = [row(item, shuffled and n % 2 == 1) for n, item in enumerate(items)]
    for start in range(0, len(rows), page):
        comparison.page(rows[start : start + page])
    comparison.finish()

    twice = {record_id for record_id, found in names.items() if len(found) > 1}
    assert sorted(record_id for _, record_id, _ in told) == sorted(twice)
    assert all("already shown in this walk" in reason for *_, reason in told)
    assert sum(comparison.result().rejected.values()) == len(twice)
    assert comparison.result().seen == len(names)


def without_id(row: Any) -> Any:
    return {**row, "data": {key: value for key, value in row["data"].items() if key != "id"}}


def with_id(value: Any) -> Callable[[Any], Any]:
    return lambda row: {**row, "data": {**row["data"], "id": value}}


def _with_uri(value: Any) -> Callable[[Any], Any]:
    return lambda row: {**without_id(row), "uri": value}


def _become(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


_NO_IDS: tuple[Any, ...] = (None, "", " ", "x\0", 5, True, [oid(2)], {})
_NO_ROWS: tuple[Any, ...] = (None, 5, "text", [], {})
_NO_PATHS: tuple[Any, ...] = (
    *(None, "", 5, []), "/v3.1/users", "/v3.1/users/", "/v3.1/users/null"
)  # fmt: skip
#: What becomes of a row of which the ID can be read in its path alone.
PATH_TELLS: dict[str, Callable[[Any], Any]] = {
    "no id": without_id,
    **{f"id {value!r}": with_id(value) for value in _NO_IDS},
    "id with a space": with_id(oid(2) + " "),
    "data null": lambda row: {**row, "data": None},
    "data a text": lambda row: {**row, "data": "text"},
    "no data": lambda row: {"uri": row["uri"]},
}
#: And of one of which it cannot be read.
UNWRAPPED: Callable[[Any], Any] = lambda row: row["data"]  # noqa: E731
NOTHING_TELLS: dict[str, Callable[[Any], Any]] = {
    "without its wrapper": UNWRAPPED,
    **{f"row {value!r}": _become(value) for value in _NO_ROWS},
    **{f"no id, path {value!r}": _with_uri(value) for value in _NO_PATHS},
    "no id, path with more": lambda row: {**without_id(row), "uri": row["uri"] + "?a=b"},
}


def _compare_bent(bend: Callable[[Any], Any]) -> tuple[set[tuple[str, str]], list[Any]]:
    """Users 1 to 3 are known; of 2 and 3 a page shows 3, and 2 bent."""
    users = next(kind for kind in CLEVER_OBJECTS if kind.name == "users")
    all_ = [{"data": student(n), "uri": f"/v3.1/users/{oid(n)}"} for n in (1, 2, 3)]
    known, changes, told = Known.nothing(), list[Changes](), list[Any]()
    for rows in (all_, [bend(all_[1]), all_[2]]):
        comparison = Comparison(users, ELM, known, changes.append, lambda *one: told.append(one))
        comparison.page(read_page(json.dumps({"data": rows, "links": []}).encode()).data)
        comparison.finish()
        known = comparison.new_state()
    pairs = [pair for item in changes for pair in zip(item.ids, item.changes, strict=True)]
    return set(pairs[3:]), told


@pytest.mark.parametrize("bend", PATH_TELLS.values(), ids=PATH_TELLS.keys())
def test_a_known_record_that_only_its_path_names_stays(bend: Callable[[Any], Any]) -> None:
    gone, [(_, record_id, reason)] = _compare_bent(bend)

    assert gone == {(oid(1), "removed")}
    assert record_id == oid(2) and NAMELESS not in reason


@pytest.mark.parametrize("bend", NOTHING_TELLS.values(), ids=NOTHING_TELLS.keys())
def test_where_a_row_tells_no_id_nothing_is_gone(bend: Callable[[Any], Any]) -> None:
    gone, [(_, record_id, reason)] = _compare_bent(bend)

    assert gone == set()
    assert record_id is None and reason.endswith("nothing of the list counts as gone")
