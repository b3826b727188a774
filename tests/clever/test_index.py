"""The index: a file that is either exactly right or not used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.clever.index import (
    BadIndexError,
    IndexOf,
    Known,
    id_array,
    index_file,
    read_index,
    write_index,
)
from dlt_sources.clever.objects import CLEVER_OBJECTS

OF = IndexOf("d1", "run-1", 1)

sorted_ids = st.lists(st.text("abcé", min_size=1, max_size=4), unique=True).map(
    lambda ids: sorted(ids, key=str.encode)
)


def known_of(ids: list[str]) -> Known:
    size = len(ids)
    hashes = np.arange(size, dtype=np.uint64)
    return Known(id_array(ids), hashes, hashes + 7, hashes % 2 == 0, np.ones(size, np.uint8))


def state(ids: list[str]) -> dict[str, Known]:
    return {kind.name: known_of(ids if kind.name == "users" else []) for kind in CLEVER_OBJECTS}


@given(sorted_ids, st.lists(st.text("abcdé", min_size=1, max_size=5)))
def test_ids_are_found_where_they_stand(ids: list[str], wanted: list[str]) -> None:
    found = known_of(ids).find(id_array(wanted)).tolist()

    assert found == [ids.index(name) if name in ids else -1 for name in wanted]
    assert known_of(ids).find(id_array(ids)).tolist() == list(range(len(ids)))


@given(st.sets(st.text("abc", min_size=1, max_size=3)), st.integers(0, 9))
def test_new_records_are_merged_in_order(names: set[str], at: int) -> None:
    ids = sorted(names)
    left, right = known_of(ids[at:]), known_of(ids[:at])

    assert [name.decode() for name in left.merged([right]).ids.tolist()] == ids


@given(ids=sorted_ids)
def test_an_index_comes_back_as_it_was(
    ids: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("index") / "x"
    write_index(path, OF, state(ids))

    users = read_index(path, OF)["users"]

    assert [name.decode() for name in users.ids.tolist()] == ids
    for column in ("raw", "canonical", "present", "roles"):
        assert getattr(users, column).tolist() == getattr(known_of(ids), column).tolist()
    users.present[:] = False


def test_an_index_of_something_else_is_not_used(tmp_path: Path) -> None:
    write_index(tmp_path / "x", OF, state(["a"]))

    for other in (
        replace(OF, district_id="d2"),
        replace(OF, run_id="run-2"),
        replace(OF, sync_id=2),
        replace(OF, hash_version=99),
    ):
        with pytest.raises(BadIndexError):
            read_index(tmp_path / "x", other)


def test_a_damaged_index_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_index(path, OF, state(["a", "b"]))
    whole = path.read_bytes()

    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BadIndexError):
            read_index(path, OF)
        path.write_bytes(whole[:at])
        with pytest.raises(BadIndexError):
            read_index(path, OF)


def test_an_absent_index_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(BadIndexError):
        read_index(tmp_path / "x", OF)


def test_no_id_leads_out_of_the_folder(tmp_path: Path) -> None:
    for district_id in ("../../etc", "..", "a/b", "ü"):
        assert index_file(tmp_path, district_id).resolve().parent == tmp_path / "index"
