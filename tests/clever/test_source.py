"""Clever in a plain dlt pipeline, as any user of dlt would have it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_sources.clever import clever, clever_pipeline, sync
from dlt_sources.clever.objects import CLEVER_OBJECTS
from dlt_sources.sandbox import Fault

from .world import ELM, FIRST, Home, World, counts, oid, student

PREFIX = "SOURCES__CLEVER__"


@pytest.fixture
def pipeline(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dlt.Pipeline:
    """A pipeline of the user's own; the settings come from the environment."""
    for name, value in {
        "API_URL": home.sandbox.url,
        "OAUTH_URL": home.sandbox.url,
        "CLIENT_ID": "id",
        "CLIENT_SECRET": "secret",
        "ATTEMPTS": "2",
        "FIRST_WAIT": "0.01",
    }.items():
        monkeypatch.setenv(PREFIX + name, value)
    return dlt.pipeline(
        "mine",
        pipelines_dir=str(tmp_path / "dlt"),
        destination=dlt.destinations.duckdb(str(tmp_path / "mine.duckdb")),
        dataset_name="roster",
    )


def rows(tmp_path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(tmp_path / "mine.duckdb")) as connection:
        return connection.sql(query).fetchall()


def test_a_resource_per_object_loads_the_lists_as_they_stand(
    world: World, home: Home, pipeline: dlt.Pipeline, tmp_path: Path
) -> None:
    world.day(2, {"users": [student(1, grade="4", clubs=["chess"])]})
    pipeline.run(clever())
    assert rows(tmp_path, "select count(*) from roster.users") == [(3,)]
    home.sandbox.set_day(2)

    pipeline.run(clever())

    [(district, record_id, payload, extra, roles)] = rows(
        tmp_path, "select district_id, id, payload, extra, roles from roster.users"
    )
    assert (district, record_id, roles) == (ELM, oid(1), "student")
    assert json.loads(payload)["roles"]["student"]["grade"] == "4"
    assert extra == '{"student":{"clubs":["chess"]}}'


def test_resources_are_selected_as_in_any_source(
    pipeline: dlt.Pipeline, home: Home, tmp_path: Path
) -> None:
    pipeline.run(clever().with_resources("schools"))

    assert not [request for request in home.sandbox.requests if "/users" in request]
    assert rows(tmp_path, "select id from roster.schools") == [(oid(1, "c"),)]


def test_the_source_is_made_without_secrets_or_network() -> None:
    source = clever()

    assert list(source.resources) == [kind.name for kind in CLEVER_OBJECTS]


def test_settings_can_be_given_like_any_arguments(
    pipeline: dlt.Pipeline, monkeypatch: pytest.MonkeyPatch, home: Home, tmp_path: Path
) -> None:
    monkeypatch.delenv(PREFIX + "CLIENT_SECRET")

    pipeline.run(clever(client_secret="secret").with_resources("schools"))

    assert rows(tmp_path, "select count(*) from roster.schools") == [(1,)]


def test_missing_settings_say_which_ones(
    pipeline: dlt.Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PREFIX + "CLIENT_SECRET")

    with pytest.raises(PipelineStepFailed, match=PREFIX + "CLIENT_SECRET"):
        pipeline.run(clever())


def test_a_list_that_cannot_be_read_to_its_end_replaces_nothing(
    home: Home, pipeline: dlt.Pipeline, tmp_path: Path
) -> None:
    pipeline.run(clever())
    home.sandbox.inject(Fault("status", "/users", status=500, times=99))

    with pytest.raises(PipelineStepFailed):
        pipeline.run(clever())

    assert rows(tmp_path, "select count(*) from roster.users") == [(3,)]


def test_a_change_log_is_never_replaced_by_a_list(home: Home, pipeline: dlt.Pipeline) -> None:
    home.sync()

    with pytest.raises(PipelineStepFailed, match="change log"):
        clever_pipeline(home.folder).run(clever())

    assert len(home.log()) == 3


def test_the_change_log_needs_nothing_but_a_pipeline(
    world: World, pipeline: dlt.Pipeline, home: Home, tmp_path: Path
) -> None:
    result = sync(pipeline, tmp_path / "beside", observed_at=FIRST)

    assert counts(result) == {"created": 5}
    assert rows(tmp_path, "select change from roster.schools") == [("created",)]
    assert counts(sync(pipeline, tmp_path / "beside")) == {"unchanged": 5}


def test_the_walk_is_light_to_import() -> None:
    """It may run in a process of its own; dlt takes a second to import, pyarrow a third of one."""
    script = (
        "import sys, dlt_sources.clever, dlt_sources.clever.walk\n"
        "heavy = {'dlt', 'pyarrow', 'duckdb', 'pandas'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )

    subprocess.run([sys.executable, "-c", script], check=True)
