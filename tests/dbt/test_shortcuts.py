"""With its shortcuts dbt does what it does without them, and says what is worth hearing."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from dbt.clients.jinja import MacroStack
from dbt.context.macros import MacroNamespaceBuilder
from dbt.events.types import FoundStats, NoNodesSelected
from dbt_common.events.base_types import EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.logger import LoggerConfig

from orchestration.lib import dbt_shortcuts
from orchestration.lib.dbt_runner import _parsed_manifest
from orchestration.lib.dbt_shortcuts import shortcuts
from tests.dbt.building import built, opened
from tests.dbt.story import MON, TUE, begun, section, student

#: Views, tables with contracts and tests, made from both logs.
_SOME = ("--select", "+enrollment_history", "+students", "--indirect-selection", "cautious")
_RELATIONS = """
    select database || '.' || schema || '.' || name from (show all tables)
    where database = 'build' order by all
"""


def _played(folder: Path) -> list[Any]:
    """How each node ended in a full build, one of news and one of a broken log; what was built."""
    story, told = begun(folder), []
    story.day(MON, [student("ana")], [section("x", "ana")], build=False)
    told.append(built(story.warehouse, "--full-refresh", *_SOME))
    story.note(story.warehouse.sync_id, story.application.load_id)
    story.day(TUE, [student("ana"), student("ben")], [section("x", "ben")], build=False)
    told.append(built(story.warehouse, *_SOME))
    with story.warehouse.connect() as connection:
        connection.execute("alter table clever_raw.sections rename column payload to lost")
    told.append(built(story.warehouse, "--full-refresh", *_SOME))
    ended = [
        sorted((node.unique_id, node.status, node.failures, node.message) for node in nodes)
        for nodes in told
    ]
    with opened(story.warehouse.home) as connection:
        names = [name for (name,) in connection.execute(_RELATIONS).fetchall()]
        assert "build.roster.enrollment_history" in names
        tables = {
            name: connection.execute(f"from {name} order by all").fetchall() for name in names
        }
    return [*ended, tables]


def test_every_node_ends_and_every_table_reads_as_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, news, broken, tables = _played(tmp_path / "with")
    monkeypatch.setattr(dbt_shortcuts, "shortcuts", nullcontext)

    assert [full, news, broken, tables] == _played(tmp_path / "without")
    assert {status for _, status, *_ in (*full, *news)} == {"success", "pass"}
    assert {status for _, status, *_ in broken} >= {"error", "skipped", "success"}


def test_every_name_means_the_macro_that_dbt_takes_it_for() -> None:
    stack: Any = MacroStack
    macros, own = _parsed_manifest().get_macros_by_package(), {}
    for package in ("rollbook", "dbt", "dbt_duckdb"):
        for taken in (False, True):
            with shortcuts() if taken else nullcontext():
                builder = MacroNamespaceBuilder("rollbook", package, stack(), ["dbt_duckdb", "dbt"])
                namespace = builder.build_namespace(macros, {})
            own[taken] = {name: _macros(each) for name, each in namespace.items()}
        assert own[True] == own[False]
        assert len(own[True]) > 500
        assert namespace.get_from_package("dbt", "statement") is namespace["statement"]


def _macros(named: Any) -> Any:
    if isinstance(named, dict):
        return {name: each.macro.unique_id for name, each in named.items()}
    return named.macro.unique_id


def test_a_warning_is_heard_and_nothing_else_where_nobody_listens(tmp_path: Path) -> None:
    heard = []
    manager = EventManager()
    manager.add_callback(lambda message: heard.append((message.info.name, str(message.info.code))))
    with shortcuts():
        manager.fire_event(FoundStats(stat_line="two models"))
        manager.fire_event(NoNodesSelected())
        assert [name for name, _ in heard] == ["NoNodesSelected"]

        manager.add_logger(_listening(tmp_path / "dbt.log"))
        manager.fire_event(FoundStats(stat_line="two models"))

    assert heard[1:] == [("FoundStats", "W006")]
    manager.flush()
    assert "Found two models" in (tmp_path / "dbt.log").read_text()


def _listening(file: Path) -> LoggerConfig:
    return LoggerConfig(name=str(file), level=EventLevel.INFO, output_file_name=str(file))


def test_what_an_event_says_is_there_for_whoever_asks_or_changes_it() -> None:
    with shortcuts():
        asked, changed, kept = (FoundStats(stat_line="two models") for _ in range(3))
        assert asked.stat_line == "two models"
        changed.stat_line = "three"
        with pytest.raises(AttributeError):
            _ = asked.nothing_of_the_kind

    assert changed.message() == "Found three"
    assert kept.message() == "Found two models"


def test_afterwards_dbt_is_as_it_was() -> None:
    before = MacroNamespaceBuilder.build_namespace, EventManager.fire_event
    with pytest.raises(RuntimeError), shortcuts():
        assert MacroNamespaceBuilder.build_namespace is not before[0]
        raise RuntimeError

    assert (MacroNamespaceBuilder.build_namespace, EventManager.fire_event) == before
