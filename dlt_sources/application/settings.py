"""The settings of the application source, resolved by dlt: environment, config, secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dlt_sources.application.connecting import ANSWER, engine_of
from dlt_sources.application.mapping import ReadMapping, TableMapping, read_mapping
from dlt_sources.application.sample import make_sample

if TYPE_CHECKING:
    from sqlalchemy import Engine

_DATA = Path(__file__).resolve().parents[2] / "data" / "application"
SAMPLE = _DATA / "sample.sqlite"
SAMPLE_MAPPING = _DATA / "mapping.toml"

#: The URL of an installation without an application.
NONE = "none"


@dataclass(frozen=True)
class ApplicationSettings:
    """Where the application's database is and what stands where in it.

    The URL may hold a password and never shows in the repr.
    """

    database_url: str = field(repr=False)
    mapping: Path

    @property
    def is_none(self) -> bool:
        """Whether there is no application at all."""
        return self.database_url.lower() == NONE

    @cached_property
    def read(self) -> ReadMapping:
        """The mapping. Raises ConfigurationError for a file that cannot be read."""
        return ReadMapping() if self.is_none else read_mapping(self.mapping)

    @property
    def tables(self) -> tuple[TableMapping, ...]:
        """What is read. Raises as `read` does."""
        return self.read.tables

    @property
    def refused(self) -> Mapping[str, str]:
        """By name the tables whose entries cannot work, and why. Raises as `read` does."""
        return self.read.refused

    def engine(self) -> Engine:
        """An engine for the database; nothing is opened. Raises ConfigurationError."""
        return engine_of(self.database_url)

    def reach(self) -> None:
        """Raise what the driver raises where the database does not let us in, or says nothing."""
        engine = engine_of(self.database_url, silence=ANSWER)
        with engine.connect():
            pass


def application_settings() -> ApplicationSettings:
    """The settings under `sources.application`; without a URL there is no application."""
    import dlt

    url = dlt.secrets.get("sources.application.database_url", str)
    mapping = dlt.config.get("sources.application.mapping", str)
    return ApplicationSettings(url or NONE, Path(mapping) if mapping else SAMPLE_MAPPING)


def sample_url() -> str:
    """The URL of the sample's database, which is made if it is not there yet."""
    make_sample(SAMPLE)
    return f"sqlite:///{SAMPLE}"
