"""The key of the masked copy: a secret of dlt's convention, and nowhere else."""

from __future__ import annotations

from dlt_sources.errors import ConfigurationError

#: What it is called in the environment; in `.dlt/secrets.toml` it is `key` in `[masking]`.
KEY_SETTING = "MASKING__KEY"
_LEAST_CHARACTERS = 32
_LEAST_DIFFERENT = 8


def masking_key() -> str:
    """The key; raises ConfigurationError, which never quotes it, where it is missing or weak."""
    key = given_key()
    if key is None:
        raise _wrong("is missing")
    return key


def given_key() -> str | None:
    """The key, or None if there is none; raises ConfigurationError for a weak one.

    One that is mistyped is not none: for want of a key the masked copy goes.
    """
    key = _configured()
    if not key:
        return None
    if len(key) < _LEAST_CHARACTERS:
        raise _wrong(f"has only {len(key)} characters")
    if len(set(key)) < _LEAST_DIFFERENT:
        raise _wrong("repeats a few characters")
    return key


def _wrong(problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"{KEY_SETTING}, the key of the masked copy, {problem}; set it, in the environment or in "
        f".dlt/secrets.toml ([masking], key), to a random text of at least {_LEAST_CHARACTERS} "
        "characters, such as `openssl rand -hex 32` prints."
    )


def _configured() -> str:
    import dlt
    from dlt.common.configuration.providers.toml import TomlProviderReadException
    from dlt.common.configuration.utils import get_resolved_traces

    # dlt notes what it looked up, and a pipeline of this process writes that to its folder.
    notes = get_resolved_traces()
    notes.logging_enabled = False
    try:
        return (dlt.secrets.get("masking.key", str) or "").strip()
    except TomlProviderReadException:
        raise ConfigurationError(
            "A file of dlt's settings (.dlt/config.toml or .dlt/secrets.toml) is no TOML; mend it."
        ) from None
    except Exception:
        # dlt's message quotes the value.
        raise _wrong("cannot be read as text") from None
    finally:
        notes.logging_enabled = True
