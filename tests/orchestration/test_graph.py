"""The asset graph: what may open the warehouse, what waits for what, and how it reads."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import defs
from orchestration.lib.resources import WAREHOUSE_POOL

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def daily() -> dg.JobDefinition:
    return defs.resolve_job_def("daily")


def _ops(job: dg.JobDefinition) -> dict[str, dg.OpDefinition]:
    return {
        node.name: node for node in job.all_node_defs if isinstance(node, dg.OpDefinition)
    }  # fmt: skip


def test_every_step_but_the_walk_takes_the_one_slot_of_the_warehouse(
    daily: dg.JobDefinition,
) -> None:
    pools = {name: op.pool for name, op in _ops(daily).items()}

    assert pools.pop("walk") is None
    assert len(pools) >= 5
    assert set(pools.values()) == {WAREHOUSE_POOL}


def test_the_instance_gives_each_pool_one_slot_and_frees_those_of_cancelled_runs() -> None:
    settings = (PROJECT / "orchestration" / "dagster.yaml").read_text()

    assert "default_limit: 1" in settings
    assert "free_slots_after_run_end_seconds: 300" in settings


def test_the_groups_read_from_left_to_right() -> None:
    """Matching stands beside history and marts: it reads of both, and progress follows from it."""
    groups = ("raw", "staging", "history", "marts", "published", "suggestions")
    order = {group: place for place, group in enumerate(groups)}
    first, last = order | {"matching": 2}, order | {"matching": 3}
    graph = defs.resolve_asset_graph()

    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        for parent in node.parent_keys:
            assert first[graph.get(parent).group_name] <= last[node.group_name], key


def test_every_asset_says_what_it_is() -> None:
    graph = defs.resolve_asset_graph()

    undescribed = [
        key.to_user_string()
        for key in graph.materializable_asset_keys
        if not graph.get(key).description
    ]
    assert undescribed == []


def test_every_dbt_source_is_an_asset_of_the_load() -> None:
    """An orphan source would be silent: the histories would not wait for the load."""
    graph = defs.resolve_asset_graph()

    assert graph.external_asset_keys == set()


def test_publishing_waits_for_every_model_and_for_blocking_checks() -> None:
    graph = defs.resolve_asset_graph()
    parents = graph.get(dg.AssetKey(["published", "rollbook"])).parent_keys
    models = {
        key
        for key in graph.materializable_asset_keys
        if graph.get(key).group_name in ("history", "matching", "marts")
    }
    blocking = [check for check in graph.asset_check_keys if graph.get(check).blocking]

    assert parents == models
    assert blocking


def test_definitions_load_without_secrets_network_or_a_database(tmp_path: Path) -> None:
    """In a process of its own, with no settings at all and an address that refuses every call."""
    environment = {
        "PATH": os.environ["PATH"],
        "ROLLBOOK_HOME": str(tmp_path / "nowhere"),
        "SOURCES__CLEVER__API_URL": "http://127.0.0.1:1",
    }
    loaded = subprocess.run(
        [sys.executable, "-c", "import orchestration.definitions as d; print(len(d.defs.assets))"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert loaded.returncode == 0, loaded.stderr
    assert not (tmp_path / "nowhere").exists()


def test_definitions_tell_their_story_on_one_screen() -> None:
    assert len((PROJECT / "orchestration" / "definitions.py").read_text().splitlines()) < 60
