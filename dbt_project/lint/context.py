"""Stands in for dbt's `context` while sqlfluff lints."""


def env_var(name: str, default: str) -> str:
    """No setting is there."""
    del name
    return default


def var(name: str, default: object) -> object:
    """No variable is given."""
    del name
    return default


def get(name: str, default: dict[str, object]) -> dict[str, object]:
    """Nothing of dbt's context is there."""
    del name
    return default
