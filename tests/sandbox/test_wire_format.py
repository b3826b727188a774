"""The sample and the server against the field tables of Clever's objects, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.sandbox import Sandbox

from .client import Client
from .field_tables import FIELDS, fits, is_blank, leaves

TOKENS = ("sandbox-token-alder-valley", "sandbox-token-birchwood")


@pytest.fixture(params=range(1, 9), ids="day {}".format)
def day(sample: Sandbox, request: pytest.FixtureRequest) -> Sandbox:
    sample.set_day(request.param)
    return sample


def served(sandbox: Sandbox, version: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for token in TOKENS:
        for name in FIELDS:
            for record in Client(sandbox, token, version).records(f"/{name}", limit=10_000):
                yield name, record


@pytest.mark.parametrize("version", ["v3.1", "v3.0"])
def test_every_value_stands_where_the_tables_say_in_the_form_they_say(
    day: Sandbox, version: str
) -> None:
    for name, record in served(day, version):
        for path, value in leaves(record):
            if is_blank(value):
                known = any(each.startswith(path.rstrip("[]")) for each in FIELDS[name])
                assert known, (name, path)
            else:
                assert fits(FIELDS[name][path], value), (name, path)


def test_what_clever_guarantees_is_there(day: Sandbox) -> None:
    for name, record in served(day, "v3.1"):
        present = {path for path, value in leaves(record) if not is_blank(value)}
        for path, kind in FIELDS[name].items():
            role = ".".join(path.split(".")[:2]) if path.startswith("roles.") else ""
            applies = not role or any(each.startswith(f"{role}.") for each in present)
            assert not (kind.endswith("!") and applies) or path in present, (name, path)


def test_the_older_version_lacks_the_newer_fields_and_nothing_else(day: Sandbox) -> None:
    newer = served(day, "v3.1")
    for (name, record), (_, older) in zip(newer, served(day, "v3.0"), strict=True):
        expected = [
            (path, value)
            for path, value in leaves(record)
            if not FIELDS[name].get(path, "").endswith("+")
        ]
        assert leaves(older) == expected, (name, record["id"])


def test_the_sample_fills_every_field_but_those_of_a_sync_in_trouble(
    sample: Sandbox,
) -> None:
    used = {
        (name, path)
        for name, record in served(sample, "v3.1")
        for path, value in leaves(record)
        if not is_blank(value)
    }
    never = {("districts", "error"), ("districts", "pause_start"), ("districts", "pause_end")}
    assert {(name, path) for name in FIELDS for path in FIELDS[name]} - used == never


def test_every_field_that_becomes_a_column_stands_in_the_tables() -> None:
    for each in CLEVER_OBJECTS:
        for prefix, record in [
            ("", each.record),
            *((f"roles.{r.singular}.", r) for r in each.roles),
        ]:
            for path in [field.path for field in record.fields] + list(record.lists):
                dotted = prefix + ".".join(path)
                names = [name.replace("[]", "") for name in FIELDS[each.name]]
                assert any(name == dotted or name.startswith(f"{dotted}.") for name in names), (
                    dotted
                )
