"""The settings of the application source, resolved by dlt: environment, config, secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlt_sources.application.mapping import ReadMapping, TableMapping, read_mapping
from dlt_sources.application.sample import make_sample
from dlt_sources.application.texts import utf8
from dlt_sources.errors import ConfigurationError

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
        from sqlalchemy import create_engine, event
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError
        from sqlalchemy.pool import NullPool

        try:
            url = make_url(self.database_url)
            if url.get_backend_name() == "sqlite":
                _require_file(url.database)
            engine = create_engine(url, poolclass=NullPool)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise ConfigurationError(
                "SOURCES__APPLICATION__DATABASE_URL is no SQLAlchemy URL that works here "
                f"({type(error).__name__}); it looks like postgresql+psycopg://user:password@host/"
                "database, and its driver must be installed."
            ) from None
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _read_any_text)
        return engine


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


def _read_any_text(connection: Any, _: Any) -> None:
    """SQLite keeps any bytes as text; Python's module would end a query at the first odd ones."""
    connection.text_factory = utf8


def _require_file(database: str | None) -> None:
    """SQLite would make an empty database where there is none."""
    if database and not Path(database.removeprefix("file:").split("?")[0]).exists():
        raise ConfigurationError(
            "The file that SOURCES__APPLICATION__DATABASE_URL names does not exist."
        )
