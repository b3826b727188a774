"""Empty databases for an application to live in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.application import servers


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sequence[str]]:
    """Two between which an application moves: two files, or PostgreSQL and a file."""
    files = [tmp_path / name for name in ("first.sqlite", "second.sqlite")]
    for file in files:
        file.touch()
    urls = [f"sqlite:///{file}" for file in files]
    with ExitStack() as stack:
        if request.param == "postgresql":
            urls = [stack.enter_context(servers.postgres()).url, urls[0]]
        yield urls
