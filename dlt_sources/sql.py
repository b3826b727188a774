"""Text in SQL where no parameter can stand: names of files, comments, bodies of macros."""

from __future__ import annotations

from pathlib import Path


def literal(text: str | Path) -> str:
    """A text, or a file's name, as a literal of SQL."""
    quoted = str(text).replace("'", "''")
    return f"'{quoted}'"
