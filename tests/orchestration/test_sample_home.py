"""Only `make run` and `make dev` name the sample, and never in the home of a real roster."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlt_sources.application.settings import SAMPLE, application_settings
from orchestration import dev, sample_run
from orchestration.lib.home import SAMPLE_HOME, Home

_URL = "SOURCES__APPLICATION__DATABASE_URL"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_URL, "")
    monkeypatch.setenv("SOURCES__APPLICATION__MAPPING", "")


def test_without_a_url_there_is_no_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(_URL)

    assert application_settings().is_none
    assert application_settings().tables == ()


def test_make_run_names_the_sample_whatever_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(_URL, "postgresql+psycopg://reader@real/app")

    environment = sample_run._environment("http://localhost", "id", "secret")

    assert environment[_URL] == f"sqlite:///{SAMPLE}"
    assert SAMPLE.exists()


def test_make_dev_names_it_in_the_samples_home_only(tmp_path: Path) -> None:
    dev._name_the_sample(Home(tmp_path))
    assert os.environ[_URL] == ""

    dev._name_the_sample(SAMPLE_HOME)
    assert os.environ[_URL] == f"sqlite:///{SAMPLE}"
