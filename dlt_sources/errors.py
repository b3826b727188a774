"""Errors that speak to the person who can act: what happened, what was kept, what to do."""

from __future__ import annotations


class RollbookError(Exception):
    """The run itself failed; its text is one line for a person and holds no secret."""

    exit_code = 1


class ConfigurationError(RollbookError):
    """Wrong usage or configuration; nothing was started."""

    exit_code = 2


def clause(text: object) -> str:
    """A sentence without its full stop, for more to be joined to it by a mark of its own."""
    return str(text).rstrip(" .")
