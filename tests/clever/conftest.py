from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlt_sources.clever import CleverSettings
from dlt_sources.sandbox import serve

from .world import Home, World, school, section, student


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Elm with a school, a section and three students; Oak without anybody."""
    world = World(tmp_path / "dataset")
    students = [student(1), student(2), student(3)]
    world.day(1, {"schools": [school()], "sections": [section(1, [1, 2])], "users": students})
    return world


@pytest.fixture
def home(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A new home beside a running sandbox, with little patience."""
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    with serve(world.folder) as sandbox:
        settings = CleverSettings(
            api_url=sandbox.url,
            oauth_url=sandbox.url,
            client_id=sandbox.client_id,
            client_secret=sandbox.client_secret,
            attempts=3,
            first_wait=0.01,
            longest_wait=0.05,
            timeout=5.0,
        )
        folder = tmp_path / "home"
        folder.mkdir()
        yield Home(folder, sandbox, settings)
