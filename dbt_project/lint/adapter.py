"""Stands in for dbt's `adapter` while sqlfluff lints: a dispatched macro becomes an expression."""

from __future__ import annotations

from collections.abc import Callable


def dispatch(macro_name: str, macro_namespace: str | None = None) -> Callable[..., str]:
    """A macro that renders as a column of the macro's name, whatever it is called with."""
    del macro_namespace

    def expression(*_: object, **__: object) -> str:
        return macro_name

    return expression
