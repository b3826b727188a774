"""Settings, as dlt resolves them: every mistake names the setting, no message holds a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dlt_sources.clever import CleverSettings, clever_settings
from dlt_sources.errors import ConfigurationError

PREFIX = "SOURCES__CLEVER__"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "CLIENT_ID", "the-id")
    monkeypatch.setenv(PREFIX + "CLIENT_SECRET", "the-secret")


def test_clever_itself_is_the_default() -> None:
    settings = clever_settings()

    assert (settings.api_url, settings.oauth_url) == (
        "https://api.clever.com",
        "https://clever.com",
    )
    assert (settings.api_version, settings.page_size) == ("v3.1", 10_000)
    assert (settings.client_id, settings.client_secret) == ("the-id", "the-secret")


def test_the_environment_sets_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "DISTRICT_TOKENS", '{"d1": "t1"}')
    monkeypatch.setenv(PREFIX + "API_VERSION", "v3.0")
    monkeypatch.setenv(PREFIX + "PAGE_SIZE", "500")
    monkeypatch.setenv(PREFIX + "LONGEST_WAIT", "0.5")

    settings = clever_settings()

    assert settings.district_tokens == {"d1": "t1"}
    assert (settings.api_version, settings.page_size) == ("v3.0", 500)
    assert settings.longest_wait == 0.5


def test_what_is_given_counts_more() -> None:
    assert clever_settings(client_id="other").client_id == "other"


def test_secrets_never_show() -> None:
    shown = repr(clever_settings(district_tokens={"d1": "the-token"}))

    assert "the-secret" not in shown
    assert "the-token" not in shown


def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PREFIX + "CLIENT_SECRET")

    with pytest.raises(ConfigurationError, match=PREFIX + "CLIENT_SECRET, or "):
        clever_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISTRICT_TOKENS", "the-token"),
        ("DISTRICT_TOKENS", '["the-token"]'),
        ("DISTRICT_TOKENS", '{"d1": 7}'),
        ("DISTRICT_TOKENS", '{"d1": ""}'),
        ("DISTRICT_TOKENS", '{"d1": "the-token\\n"}'),
        ("DISTRICT_TOKENS", '{"d1": " ", "d2": "the-token"}'),
        ("CLIENT_SECRET", "the-token\u2026"),
        ("API_URL", "api.clever.com"),
        ("OAUTH_URL", "ftp://clever.com"),
        ("API_VERSION", "v2.1"),
        ("API_VERSION", "v3.2"),
        ("PAGE_SIZE", "0"),
        ("PAGE_SIZE", "10001"),
        ("PAGE_SIZE", "many"),
    ],
)
def test_a_wrong_setting_is_named_without_its_secret(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREFIX + name, value)

    with pytest.raises(ConfigurationError, match=PREFIX + name) as caught:
        clever_settings()

    assert "the-token" not in str(caught.value)


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"parallel_districts": 0}, {"timeout": 0}])
def test_a_number_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="more than 0"):
        CleverSettings(client_id="a", client_secret="b", **wrong)


def test_a_broken_file_of_settings_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a process of its own: dlt reads its files once."""
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "secrets.toml").write_text("[sources.clever\nclient_secret = 'the-secret'")
    code = "from dlt_sources.clever import clever_settings; clever_settings()"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DLT_PROJECT_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.stderr.splitlines()[-1].endswith(
        "A file of dlt's settings (.dlt/config.toml or .dlt/secrets.toml) is no TOML; mend it."
    )
    assert "the-secret" not in ended.stderr
