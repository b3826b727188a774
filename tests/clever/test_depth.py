"""A record that is nested deeper than readers go is rejected; nothing else suffers from it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dlt_sources.clever.canonical import (
    NotARecordError,
    canonicaliser,
    general_canonicaliser,
)
from dlt_sources.clever.client import read_page
from dlt_sources.clever.compare import NAMELESS
from dlt_sources.clever.depth import DEEPEST, is_too_deep
from dlt_sources.clever.drift import drift_finder
from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject, Path
from dlt_sources.sandbox import Fault

from .world import ELM, Home, World, counts, student

_USERS = next(kind for kind in CLEVER_OBJECTS if kind.name == "users")


def _deep(levels: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    """A student with so many levels in `ext`, as text: no encoder goes so deep."""
    text = json.dumps({**student(9), "ext": "HERE"})
    return text.replace('"HERE"', opening * levels + "1" + closing * levels).encode()


@pytest.mark.parametrize(
    ("levels", "pair"), [(900, ("[", "]")), (1100, ('{"a":', "}")), (50_000, ("[", "]"))]
)
def test_a_record_nested_too_deeply_is_rejected_alone(
    levels: int, pair: tuple[str, str], world: World, home: Home
) -> None:
    world.day(2, {"users": [student(number) for number in (1, 2, 3, 4)]})
    home.sync()
    fault = Fault("records", path="/users", district=ELM, records=(_deep(levels, *pair),))
    home.sandbox.inject(fault)

    result = home.sync(day=2)

    assert result.complete and counts(result) == {"created": 1, "unchanged": 5}
    assert home.sql("select object, id, reason from clever_raw.rejected_records") == [
        ("users", None, f"the record is nested too deeply{NAMELESS}")
    ]


@pytest.mark.parametrize("levels", [50, DEEPEST - 1])
def test_a_deep_one_is_kept_and_told(levels: int) -> None:
    canonical = canonicaliser(_USERS)(_deep(levels))

    assert list(drift_finder(_USERS)(canonical.payload)) == [("ext", "field")]


def _places(kind: CleverObject) -> set[Path]:
    """The paths of a record where something deep may stand, an unknown one among them."""
    own = {("unknown",), *kind.volatile, *kind.sets, *(field.path for field in kind.record.fields)}
    roles = {
        ("roles", role.singular, *path)
        for role in kind.roles
        for path in (*(field.path for field in role.fields), *role.lists, ("unknown",))
    }
    return own | roles


_levels = st.integers(1, 2 * DEEPEST) | st.integers(DEEPEST - 8, DEEPEST + 2)


@given(
    st.sampled_from([(kind, path) for kind in CLEVER_OBJECTS for path in sorted(_places(kind))]),
    _levels,
    st.sampled_from(['{"a":1}', "[1]", '[{"a":1}]', '{"a":[1]}', "[]"]),
)
@example((_USERS, ("roles", "student", "ext")), DEEPEST - 3, '{"a":1}')
@example((_USERS, ("roles", "student", "ext")), DEEPEST - 2, '{"a":1}')
@example((_USERS, ("roles", "contact", "student_relationships")), DEEPEST - 2, "[1]")
def test_whatever_way_a_record_takes_it_is_rejected_if_it_is_too_deep(
    place: tuple[CleverObject, Path], levels: int, form: str
) -> None:
    kind, path = place
    inner = form
    for _ in range(levels // (form.count("[") + form.count("{")) - 1):
        inner = form.replace("1", inner)
    text = "".join(f'{{"{key}":' for key in path) + inner + "}" * len(path)
    raw = text.encode()
    if is_too_deep(raw):
        with pytest.raises(NotARecordError, match="too deeply"):
            canonicaliser(kind)(raw)
    else:
        fast, slow = canonicaliser(kind)(raw), general_canonicaliser(kind)(raw)
        assert (fast.payload, fast.roles) == (slow.payload, slow.roles)


def test_brackets_in_texts_and_side_by_side_are_not_deep() -> None:
    assert not is_too_deep(json.dumps({"a": '[{"\\' * 200, "b": [[], {}] * 200}).encode())
    with pytest.raises(NotARecordError, match="too deeply"):
        canonicaliser(_USERS)(_deep(DEEPEST + 1))


def test_a_page_whose_links_are_too_deep_is_no_page() -> None:
    with pytest.raises(ValueError, match="no page of a list"):
        read_page(b"[" * 100_000)
