from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlt_sources.sandbox import Sandbox, serve

from .client import Client

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="session")
def sample_server() -> Iterator[Sandbox]:
    with serve(SAMPLE) as sandbox:
        yield sandbox


@pytest.fixture
def sample(sample_server: Sandbox) -> Sandbox:
    """The shipped sample on its first day, without faults."""
    sample_server.set_day(1)
    sample_server.clear_faults()
    return sample_server


@pytest.fixture
def alder(sample: Sandbox) -> Client:
    return Client(sample, "sandbox-token-alder-valley")


@pytest.fixture
def birchwood(sample: Sandbox) -> Client:
    return Client(sample, "sandbox-token-birchwood")
