"""Every column of the published file says what becomes of it, and pseudonyms are what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.errors import ConfigurationError
from orchestration.masking.key import masking_key
from orchestration.masking.marks import (
    MarkError,
    expression,
    marks_of,
    published_marks,
    published_models,
)
from orchestration.masking.pseudonyms import Pseudonyms
from tests.masking.town import KEPT

_KEY = "a key of the tests, 32 characters"
#: What may tell something, in the words of a contract.
_MAY_TELL = ("string", "varchar[]", "json", "date")
#: Whom the tables of these are about.
_PEOPLE = ("student", "teacher", "staff", "district_admin", "contact", "user")


def _node(**columns: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "name": "students",
        "columns": {name: {"config": {"meta": meta}} for name, meta in columns.items()},
    }


def test_every_column_that_may_tell_something_has_a_mark() -> None:
    silent = [
        f"{node['name']}.{column}"
        for node in published_models()
        for column, mark in marks_of(node).items()
        if mark is None and node["columns"][column]["data_type"] in _MAY_TELL
    ]

    assert silent == []
    assert len([*published_models()]) >= 70


def test_a_field_of_a_person_is_masked_or_known_to_be_told() -> None:
    """A new field of Clever's is added to neither by itself."""
    unmasked = {
        (record.singular, each.column)
        for item in CLEVER_OBJECTS
        for record in (item.record, *item.roles)
        for each in record.fields
        if record.singular in _PEOPLE and each.type != "BOOLEAN"
        for mark in [published_marks()[f"roster.{record.plural}"].get(each.column)]
        if mark is None or mark.mask is None
    }

    assert unmasked == {(record, column) for record in _PEOPLE for column in KEPT[record]}


@pytest.mark.parametrize("record", _PEOPLE)
def test_the_history_of_a_person_is_masked_as_the_current_table(record: str) -> None:
    plural = "staff" if record == "staff" else f"{record}s"
    current = published_marks()[f"roster.{plural}"]
    history = published_marks()[f"roster.{record}_history"]

    for column in current.keys() & history.keys():
        one, other = current[column], history[column]
        assert (one and (one.pii, one.mask)) == (other and (other.pii, other.mask)), column


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ({"pii": True}, "it must have a mask"),
        ({"pii": True, "mask": "hash"}, "one of id, name, birthday, address, text"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(meta: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(MarkError, match=problem) as raised:
        marks_of(_node(nickname=meta))

    assert "students.nickname" in str(raised.value)


def test_a_column_without_a_mark_is_refused_unless_it_can_tell_nothing() -> None:
    assert expression("roster.students", "times_archived", "BIGINT", None) == '"times_archived"'
    for kind in ("VARCHAR", "VARCHAR[]", "DATE", "JSON", "BLOB", "STRUCT(a VARCHAR)", "DECIMAL"):
        with pytest.raises(MarkError, match=r"roster\.students\.nickname has no mark"):
            expression("roster.students", "nickname", kind, None)


def test_a_type_that_a_mask_does_not_fit_is_refused() -> None:
    mark = marks_of(_node(age={"pii": True, "mask": "birthday"}))["age"]

    with pytest.raises(MarkError, match="BIGINT cannot be masked as birthday"):
        expression("roster.students", "age", "BIGINT", mark)


# --- pseudonyms ----------------------------------------------------------------------------------

_TEXTS = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)


@given(one=_TEXTS, other=_TEXTS)
def test_pseudonyms_are_equal_where_texts_are_and_only_there(one: str, other: str) -> None:
    of_key = Pseudonyms(_KEY)

    for of_text in (of_key.id, of_key.name):
        assert (of_text(one) == of_text(other)) == (one == other)
        assert of_text(one) == getattr(Pseudonyms(_KEY), of_text.__name__)(one)
        assert of_text(one) != getattr(Pseudonyms(_KEY + " "), of_text.__name__)(one)


@given(text=_TEXTS)
def test_pseudonyms_look_like_what_they_stand_for(text: str) -> None:
    of_key = Pseudonyms(_KEY)

    assert len(of_key.id(text)) == 24 and set(of_key.id(text)) <= set("0123456789abcdef")
    assert of_key.name(text).isalpha() and of_key.name(text).istitle()


@given(blank=st.text(st.sampled_from(" \t\n")))
def test_blank_stays_blank(blank: str) -> None:
    assert Pseudonyms(_KEY).id(blank) == Pseudonyms(_KEY).name(blank) == blank


# --- the key -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "is missing"),
        ("", "is missing"),
        ("   ", "is missing"),
        ("0123456789abcdef", "has only 16 characters"),
        ("abab" * 20, "repeats a few characters"),
    ],
)
def test_a_missing_or_weak_key_is_named_and_not_quoted(
    value: str | None, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MASKING__KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("MASKING__KEY", value)

    with pytest.raises(ConfigurationError, match=problem) as raised:
        masking_key()

    assert raised.value.exit_code == 2
    assert "MASKING__KEY" in str(raised.value) and "openssl rand -hex 32" in str(raised.value)
    assert not (value or "").strip() or (value or "") not in str(raised.value)


@pytest.mark.parametrize("key", [_KEY, "1" * 20 + "23456789" * 3, "ключ" * 8 + "abcd1234"])
def test_a_key_is_taken_as_it_is(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKING__KEY", f" {key}\n")

    assert masking_key() == key


def test_the_key_may_stand_in_dlts_secrets(tmp_path: Path) -> None:
    """As the secrets of the sources do."""
    said = _with_secret(
        tmp_path, _KEY, "from orchestration.masking.key import masking_key; print(masking_key())"
    )

    assert said.stdout.strip() == _KEY


def test_a_weak_key_in_dlts_secrets_ends_a_command_before_it_begins(tmp_path: Path) -> None:
    """As one in the environment does: a run would publish, and find no key for the copy."""
    said = _with_secret(
        tmp_path, "short", "from orchestration.lib.settings import settings; settings()"
    )

    assert "MASKING__KEY, the key of the masked copy, has only 5 characters" in said.stderr


def _with_secret(folder: Path, key: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code with a key in a file, in a process of its own, as dlt reads files once."""
    (folder / ".dlt").mkdir()
    (folder / ".dlt" / "secrets.toml").write_text(f"[masking]\nkey = {json.dumps(key)}\n")
    environment = {name: value for name, value in os.environ.items() if name != "MASKING__KEY"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "DLT_PROJECT_DIR": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
