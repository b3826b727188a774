"""The settings of the Clever source, resolved by dlt: environment, `.dlt/config.toml`, secrets."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from dlt_sources.clever.limits import Limits, Rollover, read_setting
from dlt_sources.errors import ConfigurationError
from dlt_sources.time_zones import TimeZones, time_zones

_PREFIX = "SOURCES__CLEVER__"
_SECRETS = ("client_secret", "district_tokens")


@dataclass(frozen=True)
class CleverSettings:
    """Where Clever is, who asks, and how patiently. Secrets never show in its repr.

    Either `client_id` and `client_secret` are set, and Clever lists the districts, or
    `district_tokens` names them. Times are in seconds; `attempts` counts the first try too, and no
    wait between two tries is longer than `longest_wait`. `limits` and `rollover` are the safety
    limits of a sync, and when they leave room for a new semester or school year; `zones` are those
    in which they count days, `ROLLBOOK_TIME_ZONE` and `ROLLBOOK_TIME_ZONES`.
    """

    api_url: str = "https://api.clever.com"
    oauth_url: str = "https://clever.com"
    api_version: str = "v3.1"
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    district_tokens: Mapping[str, str] | None = field(default=None, repr=False)
    page_size: int = 10_000
    parallel_districts: int = 4
    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 90.0
    timeout: float = 60.0
    limits: Limits = field(default_factory=Limits)
    rollover: Rollover = field(default_factory=Rollover)
    zones: TimeZones = field(default_factory=time_zones)

    def __post_init__(self) -> None:
        """Raise ConfigurationError for what cannot work, naming the setting and what it needs."""
        for name in ("api_url", "oauth_url"):
            _check_url(name, getattr(self, name))
        _check(
            self.api_version in ("v3.0", "v3.1"),
            "API_VERSION",
            f"is {self.api_version!r}; use v3.1 or v3.0",
        )
        if not self.district_tokens and not (self.client_id and self.client_secret):
            raise ConfigurationError(
                "No Clever credentials: set SOURCES__CLEVER__CLIENT_ID and "
                "SOURCES__CLEVER__CLIENT_SECRET, or SOURCES__CLEVER__DISTRICT_TOKENS."
            )
        for name in ("client_id", "client_secret"):
            text = getattr(self, name)
            _check(not text or may_be_sent(text), name.upper(), "must be printable ASCII")
        if self.district_tokens is not None:
            _check_tokens(self.district_tokens)
        for name in ("page_size", "parallel_districts", "attempts", "timeout"):
            _check(0 < getattr(self, name) < math.inf, name.upper(), "must be more than 0")
        for name in ("first_wait", "longest_wait"):
            seconds = getattr(self, name)
            _check(0 <= seconds < math.inf, name.upper(), "must be a number of seconds, 0 or more")
        _check(self.page_size <= 10_000, "PAGE_SIZE", "must be at most 10000, Clever's limit")


def clever_settings(**given: Any) -> CleverSettings:
    """The settings dlt's configuration resolves under `sources.clever`, unless `given`.

    Raises ConfigurationError that says which setting is missing or wrong.
    """
    import dlt
    from dlt.common.configuration.providers.toml import TomlProviderReadException

    values = {name: value for name, value in given.items() if value is not None}
    for name, kind in _TYPES.items():
        if name in values:
            continue
        accessor = dlt.secrets if name in _SECRETS else dlt.config
        try:
            value = accessor.get(f"sources.clever.{name}", kind)
        except TomlProviderReadException:
            raise ConfigurationError(
                "A file of dlt's settings (.dlt/config.toml or .dlt/secrets.toml) is no TOML; "
                "mend it."
            ) from None
        except Exception:
            # dlt's message quotes the value, which may be a secret.
            raise ConfigurationError(
                f"{_PREFIX}{name.upper()} cannot be read as {_NAMES[kind]}."
            ) from None
        if value not in (None, ""):
            kind_read = _READ_FROM_JSON.get(name)
            values[name] = read_setting(name, value, kind_read) if kind_read else value
    return CleverSettings(**values)


_TYPES: dict[str, Any] = {
    "api_url": str,
    "oauth_url": str,
    "api_version": str,
    "client_id": str,
    "client_secret": str,
    "district_tokens": dict,
    "page_size": int,
    "parallel_districts": int,
    "attempts": int,
    "first_wait": float,
    "longest_wait": float,
    "timeout": float,
    "limits": dict,
    "rollover": dict,
}
_READ_FROM_JSON: dict[str, Any] = {"limits": Limits, "rollover": Rollover}
_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    dict: "a JSON object; docs/operations.md shows how it is written",
}


def _check(condition: bool, name: str, problem: str) -> None:
    if not condition:
        raise ConfigurationError(f"{_PREFIX}{name} {problem}.")


def _check_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        # Reading the port is what checks it.
        works = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        works = False
    _check(
        works and url.isprintable() and " " not in url,
        name.upper(),
        "is no URL; it must look like https://api.clever.com",
    )


def may_be_sent(text: str) -> bool:
    """Whether a text that is not blank holds only what a header of a request may hold."""
    return text.isascii() and text.isprintable() and bool(text.strip())


def _check_tokens(tokens: Mapping[str, str]) -> None:
    _check(
        all(isinstance(text, str) and may_be_sent(text) for text in (*tokens, *tokens.values())),
        "DISTRICT_TOKENS",
        'must be a JSON object of texts like {"district id": "token"}',
    )
