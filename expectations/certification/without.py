"""What a roster would answer if it lacked something: a case that holds then, too, is no evidence.

A lack says of relations which rows there would be: `{"roster.teaching_history": "is_primary"}` is a
roster without co-teachers. In a condition `{}` stands for the relation. Questions are asked as they
are, of those rows only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Lack = Mapping[str, str]
_RELATION = re.compile(r"\b(?:roster|matching|progress|ops)\.\w+")


def without(query: str, lack: Lack) -> str:
    """A check's query, reading only the rows that there would be."""

    def read(found: re.Match[str]) -> str:
        relation = found[0]
        if relation not in lack:
            return relation
        return f"(select * from {relation} where {lack[relation].replace('{}', relation)})"

    return _RELATION.sub(read, query)
