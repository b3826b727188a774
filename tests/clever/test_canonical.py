"""The canonical form: what counts as a change of a record, and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlt_sources.clever.canonical import (
    NotARecordError,
    canonicaliser,
    extra_finder,
    general_canonicaliser,
    role_mask,
    role_text,
)
from dlt_sources.clever.objects import CLEVER_OBJECTS, CleverObject
from dlt_sources.clever.shapes import known_fields

KINDS = {kind.name: kind for kind in CLEVER_OBJECTS}
USERS, SECTIONS, DISTRICTS = KINDS["users"], KINDS["sections"], KINDS["districts"]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-9, 9) | text | st.sampled_from(["", ":null"])
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3)
)
members = st.lists(text | st.sampled_from(["a", "b", "a b", ""]), max_size=5)


def fields_of(tree: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of the known fields, mostly of the type the table says."""
    known: dict[str, st.SearchStrategy[Any]] = {
        key: (fields_of(inner) | st.none()) if inner else (text | members | anything)
        for key, inner in tree.items()
    }
    return st.fixed_dictionaries({}, optional=known)


def records(kind: CleverObject) -> st.SearchStrategy[dict[str, Any]]:
    """Records of any shape: regular, blank, odd, with unknown fields and roles."""
    trees = dict(known_fields(kind))
    own = fields_of(trees.pop(kind.record.singular))
    volatile = st.fixed_dictionaries({}, optional={"created": text, "last_sync": text})
    unknown = st.dictionaries(st.sampled_from(["nick", "zone"]), anything, max_size=1)
    parts = [own, volatile, unknown]
    if kind.roles:
        nothing: dict[str, Any] = {}
        roles = {key: fields_of(tree) | st.just(nothing) for key, tree in trees.items()}
        parts.append(st.fixed_dictionaries({"roles": st.fixed_dictionaries({}, optional=roles)}))
    return st.tuples(*parts).map(lambda dicts: {k: v for part in dicts for k, v in part.items()})


any_record = st.sampled_from(CLEVER_OBJECTS).flatmap(
    lambda kind: st.tuples(st.just(kind), records(kind))
)


def canonical(kind: CleverObject, record: Any, **options: Any) -> str:
    return canonicaliser(kind)(json.dumps(record, **options).encode()).payload.decode()


@given(any_record)
@settings(max_examples=300)
def test_the_fast_way_and_the_general_way_give_the_same(
    case: tuple[CleverObject, dict[str, Any]],
) -> None:
    kind, record = case
    raw = json.dumps(record, separators=(",", ":")).encode()

    fast, slow = canonicaliser(kind)(raw), general_canonicaliser(kind)(raw)

    assert (fast.payload, fast.roles) == (slow.payload, slow.roles)
    assert not fast.regular or extra_finder(kind)(fast.payload)[0] is None


@given(any_record, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_key_order_blanks_and_volatile_fields_change_nothing(
    case: tuple[CleverObject, dict[str, Any]], random: Any
) -> None:
    kind, record = case
    other = _shuffled(record, random)
    for path in kind.volatile:
        if len(path) == 1:
            other[path[0]] = "moved"
    blanks: tuple[Any, ...] = ("", None, {}, [])
    for blank in blanks:
        other.setdefault(f"unknown {blank}", blank)

    assert canonical(kind, other) == canonical(kind, record)


@given(st.lists(text | st.dictionaries(text, text, max_size=2), max_size=6), st.randoms())
def test_order_and_repetition_in_a_set_like_list_change_nothing(items: Any, random: Any) -> None:
    twice = [*items, *items[:2]]
    random.shuffle(twice)
    for kind in CLEVER_OBJECTS:
        for path in kind.sets:
            assert canonical(kind, _nested(path, twice)) == canonical(kind, _nested(path, items))


@given(any_record)
def test_the_canonical_form_is_its_own_canonical_form(
    case: tuple[CleverObject, dict[str, Any]],
) -> None:
    kind, record = case
    once = canonical(kind, record)

    assert canonical(kind, json.loads(once)) == once


@given(text.filter(bool), st.booleans())
def test_any_unicode_comes_back_as_it_was(name: str, escaped: bool) -> None:
    found = json.loads(canonical(USERS, {"name": {"first": name}}, ensure_ascii=escaped))

    assert found == {"name": {"first": name}}


@pytest.mark.parametrize(
    ("kind", "record", "expected"),
    [
        ("sections", {"period": "0", "grade": ""}, '{"period":"0"}'),
        ("sections", {"lms_status": {"synced_in_lms": False}},
         '{"lms_status":{"synced_in_lms":false}}'),
        ("sections", {"lms_status": {"synced_in_lms": None}}, "{}"),
        ("sections", {"students": ["b", "a", "b"], "x": [2]}, '{"students":["a","b"],"x":[2]}'),
        ("users", {"roles": {"student": {}}}, '{"roles":{"student":{}}}'),
        ("users", {"roles": {"student": {"email": "a", "sis_id": ""}}}, '{"roles":{"student":{}}}'),
        ("users", {"roles": {"teacher": None}}, "{}"),
        ("users", {"roles": {}, "name": {"first": "", "last": None}}, "{}"),
        ("users", {"name": {"last": " "}}, '{"name":{"last":" "}}'),
        ("users", {"email": "a", "created": "x", "last_modified": "y"}, '{"email":"a"}'),
        ("schools", {"ext": {"b": [{"c": ""}, 0], "a": False}}, '{"ext":{"a":false,"b":[0]}}'),
        ("schools", {"principal": {"created": "x"}}, '{"principal":{"created":"x"}}'),
        ("districts", {"state": "error", "error": "x", "pause_start": "y", "name": "z"},
         '{"name":"z"}'),
    ],
)  # fmt: skip
def test_the_rules_by_example(kind: str, record: dict[str, Any], expected: str) -> None:
    assert canonical(KINDS[kind], record) == expected


def test_only_strings_and_blanks_take_no_detour() -> None:
    """Nulls are as regular as empty strings: some districts send nothing else."""
    read = canonicaliser(USERS)

    assert read(
        b'{"email":null,"name":null,"roles":{"student":{"schools":null,"ext":null}}}'
    ).regular
    assert not read(b'{"email":null,"nick":"x"}').regular
    assert read(b'{"email":"a:null"}').payload == b'{"email":"a:null"}'


@pytest.mark.parametrize("raw", [rb'{"a":"\ud800"}', b'{"a":"\xff"}', b'{"a":NaN}', b"", b"{"])
def test_what_is_not_json_is_no_record(raw: bytes) -> None:
    with pytest.raises(NotARecordError, match="cannot be decoded"):
        canonicaliser(USERS)(raw)


@pytest.mark.parametrize("raw", [b'"text"', b"[]", b"null", b"7"])
def test_what_is_no_object_is_no_record(raw: bytes) -> None:
    with pytest.raises(NotARecordError, match="not an object"):
        canonicaliser(USERS)(raw)


def test_roles_are_a_mask_and_a_text() -> None:
    mask = canonicaliser(USERS)(b'{"roles":{"teacher":{},"staff":{}}}').roles

    assert role_text(mask, USERS) == "staff,teacher"
    assert role_mask("staff,teacher", USERS) == mask
    assert role_text(0, USERS) is None


@pytest.mark.parametrize("kind", CLEVER_OBJECTS, ids=lambda kind: kind.name)
def test_every_field_of_the_table_is_known(kind: CleverObject) -> None:
    trees = known_fields(kind)

    for record in (kind.record, *kind.roles):
        for path in (*(field.path for field in record.fields), *record.lists):
            place: Any = trees[record.singular]
            for key in path:
                place = place[key]


def _nested(path: tuple[str, ...], value: Any) -> Any:
    for key in reversed(path):
        value = {key: value}
    return value


def _shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        items = [(key, _shuffled(item, random)) for key, item in value.items()]
        random.shuffle(items)
        return dict(items)
    return value
