"""Rollbook's own settings, `ROLLBOOK_*` in the environment: read and checked in this one place.

Those of the sources are dlt's: `clever_settings` and `application_settings` read them.
"""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dlt_sources.errors import ConfigurationError
from dlt_sources.time_zones import TimeZones, time_zones
from orchestration.masking.key import given_key, masking_key

PROJECT_ROOT = Path(__file__).resolve().parents[2]

#: In a path these end a text in SQL (dbt, dlt), are part of a URL (Dagster, dlt) or of a pattern
#: (Dagster, which would not find its settings).
_UNFIT = frozenset("'%?*[")
_MEMORY = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT])i?B", re.IGNORECASE)
_MEGABYTES = {"K": 0.001, "M": 1, "G": 1_000, "T": 1_000_000}
_LEAST_MEGABYTES = 100


@dataclass(frozen=True)
class Settings:
    """What `ROLLBOOK_*` say, all of it checked; `dbt_memory` None means by the size of the log.

    `time_zones` are those in which days are counted; the nightly run is scheduled in the default.
    `school_year_start` is month and day, `fresh_hours` the age in hours from which a roster is
    stale: a night between two runs, the hour by which one night in autumn is longer, and three for
    a run that takes its time. Pages tell no number of people below `smallest_count`; 1 tells all.
    """

    home: Path
    time_zones: TimeZones
    school_year_start: str = "07-01"
    fresh_hours: float = 28.0
    dbt_memory: str | None = None
    publish_masked: bool = False
    smallest_count: int = 10


def settings() -> Settings:
    """All settings; raises ConfigurationError that names what is wrong and says what is right."""
    masked = publish_masked()
    # Before anything is published: a key that is weak, wherever it is set, is not taken for none.
    (masking_key if masked else given_key)()
    return Settings(
        home_folder(), time_zones(), school_year_start(), fresh_hours(), dbt_memory(), masked,
        smallest_count(),
    )  # fmt: skip


def settings_rows() -> list[tuple[str, str | None, str]]:
    """The rows of `ops.settings`: what decides what the published file says, and how old is old.

    The zones of single districts are rows of their own, each with the district's ID.
    """
    zones = time_zones()
    return [
        ("ROLLBOOK_FRESH_HOURS", None, f"{fresh_hours():g}"),
        ("ROLLBOOK_REPORT_SMALLEST_COUNT", None, str(smallest_count())),
        ("ROLLBOOK_SCHOOL_YEAR_START", None, school_year_start()),
        ("ROLLBOOK_TIME_ZONE", None, zones.default.key),
        *(("ROLLBOOK_TIME_ZONES", id_, zone.key) for id_, zone in sorted(zones.districts.items())),
    ]


def home_folder() -> Path:
    """`ROLLBOOK_HOME`, the folder where runs keep everything; by default one in the project."""
    named = _given("ROLLBOOK_HOME")
    try:
        folder = Path(named).expanduser() if named else PROJECT_ROOT / "data" / "local"
    except RuntimeError:
        raise _wrong("ROLLBOOK_HOME", "names the home of a user who does not exist") from None
    if unfit := sorted(set(str(folder.absolute())) & _UNFIT):
        raise _wrong(
            "ROLLBOOK_HOME", f"holds {' '.join(unfit)} in {str(folder.absolute())!r}, with which "
            "DuckDB, dlt and Dagster cannot name their files; choose another folder"
        )  # fmt: skip
    if not str(folder.absolute()).isprintable():
        raise _wrong(
            "ROLLBOOK_HOME", f"holds a character that cannot be shown in "
            f"{str(folder.absolute())!a}; choose another folder"
        )  # fmt: skip
    return folder.absolute()


def school_year_start() -> str:
    """`ROLLBOOK_SCHOOL_YEAR_START`: month and day that every year has."""
    text = _given("ROLLBOOK_SCHOOL_YEAR_START") or Settings.school_year_start
    try:
        # 2001 had no 29 February: a school year that begins on one would not begin every year.
        valid = re.fullmatch(r"\d\d-\d\d", text) and date.fromisoformat(f"2001-{text}")
    except ValueError:
        valid = None
    if not valid:
        raise _wrong(
            "ROLLBOOK_SCHOOL_YEAR_START", f"is {text!r}; write month and day that every year has, "
            "such as 07-01"
        )  # fmt: skip
    return text


#: In hours; whoever wants no warning for so long wants none.
_TEN_YEARS = 87_600


def fresh_hours() -> float:
    """`ROLLBOOK_FRESH_HOURS`: the age in hours from which a district's roster counts as stale."""
    text = _given("ROLLBOOK_FRESH_HOURS")
    try:
        hours = float(text) if text else Settings.fresh_hours
    except ValueError:
        hours = math.nan
    if not 0 < hours <= _TEN_YEARS:
        raise _wrong(
            "ROLLBOOK_FRESH_HOURS", f"is {text!r}; write hours, up to {_TEN_YEARS:,}, such as 28"
        )
    return hours


def dbt_memory() -> str | None:
    """`ROLLBOOK_DBT_MEMORY`: DuckDB's memory while history is derived; None if it is not set."""
    text = _given("ROLLBOOK_DBT_MEMORY")
    if text is None:
        return None
    match = _MEMORY.fullmatch(text)
    if not match or float(match[1]) * _MEGABYTES[match[2].upper()] < _LEAST_MEGABYTES:
        raise _wrong(
            "ROLLBOOK_DBT_MEMORY", f"is {text!r}; write a size of at least {_LEAST_MEGABYTES}MB, "
            "such as 2GB"
        )  # fmt: skip
    return text


def publish_masked() -> bool:
    """`ROLLBOOK_PUBLISH_MASKED`: whether each publish makes the masked copy as well."""
    text = (_given("ROLLBOOK_PUBLISH_MASKED") or "no").strip().lower()
    if text not in ("yes", "no"):
        raise _wrong("ROLLBOOK_PUBLISH_MASKED", f"is {text!r}; write yes or no")
    return text == "yes"


#: A district of a thousand students would have no number at all.
_GREATEST_SMALLEST = 1_000


def smallest_count() -> int:
    """`ROLLBOOK_REPORT_SMALLEST_COUNT`: the least number of people that the report tells."""
    text = (_given("ROLLBOOK_REPORT_SMALLEST_COUNT") or str(Settings.smallest_count)).strip()
    count = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0
    if not 1 <= count <= _GREATEST_SMALLEST:
        raise _wrong(
            "ROLLBOOK_REPORT_SMALLEST_COUNT", f"is {text!r}; write a whole number from 1 (tell "
            f"every number) to {_GREATEST_SMALLEST:,}, such as 10"
        )  # fmt: skip
    return count


def _given(name: str) -> str | None:
    """The text of a setting; None where it is not set or blank."""
    text = os.environ.get(name, "")
    return text if text.strip() else None


def _wrong(name: str, problem: str) -> ConfigurationError:
    return ConfigurationError(f"{name} {problem}.")
