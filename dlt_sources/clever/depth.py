"""How deep a record may be nested: whatever reads JSON with recursion gives up somewhere.

Where depends on the reader and on who calls it, so a limit of our own comes first.
"""

from __future__ import annotations

import re

#: Lists and objects within each other in one record; Clever's own records have about five.
DEEPEST = 100

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)


def is_too_deep(text: bytes) -> bool:
    """Whether lists and objects in a JSON text are nested more than `DEEPEST` deep."""
    if text.count(b"{") + text.count(b"[") <= DEEPEST:
        return False
    depth = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        depth += (first in b"[{") - (first in b"]}")
        if depth > DEEPEST:
            return True
    return False


def without_the_deepest(text: bytes) -> bytes:
    """A JSON text with nothing in what lies twice as deep: readable, and still too deep a record.

    A page of records can so be read in which one is nested deeper than any decoder goes.
    """
    parts: list[bytes] = []
    depth = start = 0
    for token in _TOKENS.finditer(text):
        first = text[token.start()]
        if first in b"[{":
            depth += 1
            if depth == 2 * DEEPEST:
                parts.append(text[start : token.end()])
        elif first in b"]}":
            if depth == 2 * DEEPEST:
                start = token.start()
            depth -= 1
    return b"".join([*parts, text[start:]])
