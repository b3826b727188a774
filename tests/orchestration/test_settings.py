"""Rollbook's own settings: what is wrong is named, with what is right, before anything starts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.errors import ConfigurationError
from dlt_sources.time_zones import TimeZones
from orchestration.lib.checking import check_sync
from orchestration.lib.settings import PROJECT_ROOT, home_folder, settings


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__CLEVER__CLIENT_ID", "the-id")
    monkeypatch.setenv("SOURCES__CLEVER__CLIENT_SECRET", "the-secret")
    monkeypatch.setenv("SOURCES__APPLICATION__DATABASE_URL", "none")


WRONG = [
    ("ROLLBOOK_SCHOOL_YEAR_START", "13-45", "such as 07-01"),
    ("ROLLBOOK_SCHOOL_YEAR_START", "02-29", "every year has"),
    ("ROLLBOOK_SCHOOL_YEAR_START", "7-1", "such as 07-01"),
    ("ROLLBOOK_SCHOOL_YEAR_START", "07-01-x", "such as 07-01"),
    ("ROLLBOOK_TIME_ZONE", "Mars/Phobos", "America/Chicago"),
    ("ROLLBOOK_TIME_ZONE", "../etc/passwd", "America/Chicago"),
    ("ROLLBOOK_TIME_ZONE", "America", "America/Chicago"),
    ("ROLLBOOK_TIME_ZONES", "America/Chicago", "write a JSON object of district ID to time zone"),
    ("ROLLBOOK_TIME_ZONES", '["America/Chicago"]', "write a JSON object"),
    ("ROLLBOOK_TIME_ZONES", '{"d1": 5}', "write a JSON object"),
    ("ROLLBOOK_TIME_ZONES", '{"d1": "UTC", "d1": "UTC"}', "twice"),
    (
        "ROLLBOOK_TIME_ZONES",
        '{"d1": "Mars/Phobos"}',
        "(district d1) is 'Mars/Phobos'; write",
    ),
    ("ROLLBOOK_TIME_ZONES", '{"d1": ""}', "(district d1) is ''; write an IANA"),
    ("ROLLBOOK_FRESH_HOURS", "nan", "such as 28"),
    ("ROLLBOOK_FRESH_HOURS", "a day", "such as 28"),
    ("ROLLBOOK_FRESH_HOURS", "1e15", "up to 87,600"),
    ("ROLLBOOK_DBT_MEMORY", "plenty", "such as 2GB"),
    ("ROLLBOOK_DBT_MEMORY", "1KB", "at least 100MB"),
    ("ROLLBOOK_PUBLISH_MASKED", "maybe", "write yes or no"),
    ("ROLLBOOK_REPORT_SMALLEST_COUNT", "0", "from 1 (tell every number) to 1,000"),
    ("ROLLBOOK_REPORT_SMALLEST_COUNT", "1001", "such as 10"),
    ("ROLLBOOK_REPORT_SMALLEST_COUNT", "-5", "such as 10"),
    ("ROLLBOOK_REPORT_SMALLEST_COUNT", "ten", "such as 10"),
    ("ROLLBOOK_REPORT_SMALLEST_COUNT", "9.5", "such as 10"),
    ("ROLLBOOK_HOME", "/srv/it's", "choose another folder"),
    ("ROLLBOOK_HOME", "/srv/a\nb", "choose another folder"),
    ("ROLLBOOK_HOME", "/srv/a[b]", "choose another folder"),
    ("SOURCES__CLEVER__FIRST_WAIT", "-1", "0 or more"),
    ("SOURCES__CLEVER__LONGEST_WAIT", "nan", "0 or more"),
    ("SOURCES__CLEVER__TIMEOUT", "inf", "more than 0"),
    ("SOURCES__CLEVER__API_URL", "https://clever.example:port", "is no URL"),
    ("SOURCES__CLEVER__LIMITS", '{"removed": "much"}', "removed"),
    ("SOURCES__APPLICATION__MAPPING", "/nowhere/mapping.toml", "/nowhere/mapping.toml"),
]


@pytest.mark.parametrize(("name", "value", "right"), WRONG)
def test_a_wrong_setting_is_named_with_what_is_right(
    name: str, value: str, right: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "SOURCES__APPLICATION__MAPPING":
        monkeypatch.delenv("SOURCES__APPLICATION__DATABASE_URL")
        monkeypatch.setenv("SOURCES__APPLICATION__DATABASE_URL", "sqlite:///application.sqlite")
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigurationError) as caught:
        check_sync()

    assert right in str(caught.value)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value) or name.endswith("MAPPING")


def test_without_any_the_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        "HOME", "SCHOOL_YEAR_START", "TIME_ZONE", "TIME_ZONES", "FRESH_HOURS", "DBT_MEMORY",
        "REPORT_SMALLEST_COUNT",
    )  # fmt: skip
    for name in names:
        monkeypatch.setenv(f"ROLLBOOK_{name}", "")

    found = settings()

    assert found.home == PROJECT_ROOT / "data" / "local"
    assert (found.school_year_start, found.time_zones) == ("07-01", TimeZones())
    assert (found.fresh_hours, found.dbt_memory) == (28.0, None)
    assert found.smallest_count == 10


def test_a_masked_copy_with_every_publish_asks_for_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROLLBOOK_PUBLISH_MASKED", " Yes ")
    monkeypatch.setenv("MASKING__KEY", "")
    with pytest.raises(ConfigurationError, match=r"MASKING__KEY.*is missing"):
        check_sync()

    monkeypatch.setenv("MASKING__KEY", "a key of the tests, 32 characters")
    check_sync()
    assert settings().publish_masked


def test_a_masking_key_that_is_mistyped_is_not_taken_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a key a publish removes the masked copy."""
    monkeypatch.setenv("MASKING__KEY", "short")
    with pytest.raises(ConfigurationError, match=r"MASKING__KEY.*has only 5 characters"):
        settings()


@pytest.mark.parametrize("size", ["2GB", "512MB", "1.5 GiB", "300mb"])
def test_sizes_that_duckdb_knows_are_taken(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.setenv("ROLLBOOK_DBT_MEMORY", size)

    assert settings().dbt_memory == size
    duckdb.connect(config={"memory_limit": size}).close()


@given(name=st.text(st.characters(exclude_characters="\x00/", codec="utf-8"), min_size=1))
def test_any_home_is_taken_or_refused_with_the_reason(name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLBOOK_HOME", f"/srv/{name}")
        try:
            folder = home_folder()
        except ConfigurationError as error:
            assert str(error).isprintable()
            assert "ROLLBOOK_HOME" in str(error)
        else:
            assert folder == Path(f"/srv/{name}")
            assert not set("'%?*[") & set(str(folder))
