"""What stands for an identifying text: the same for the same text and key, in every table and day.

DuckDB has no keyed hash, and a key must never be part of SQL, of which logs and profiles keep the
text. So the hashes are made here, and DuckDB calls them as functions of a connection.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType

#: What DuckDB calls them.
MASKED_ID, MASKED_NAME = "masked_id", "masked_name"

#: As long as a Clever ID: two of a thousand million texts meet once in a hundred thousand files.
_ID_BYTES = 12
_CONSONANTS = "bdfghjklmnprstvz"
_SYLLABLES = [consonant + vowel for consonant in _CONSONANTS for vowel in "aeio"]
_SYLLABLES_OF_A_NAME = 8


class Pseudonyms:
    """Keyed hashes (BLAKE2b with a key, a message authentication code as HMAC is one)."""

    def __init__(self, key: str) -> None:
        # BLAKE2b takes a key of at most 64 bytes; all of a longer one counts.
        self._key = blake2b(key.encode()).digest()

    def id(self, text: str) -> str:
        """Twenty-four hexadecimal digits, as of a Clever ID; blank stays blank."""
        return self._hash(b"id", text, _ID_BYTES).hex() if text.strip() else text

    def name(self, text: str) -> str:
        """An invented name such as `Tokarumefasogibe`; blank stays blank."""
        if not text.strip():
            return text
        made = self._hash(b"name", text, _SYLLABLES_OF_A_NAME)
        return "".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in made).capitalize()

    def register(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make MASKED_ID and MASKED_NAME functions of a connection; NULL stays NULL."""
        for name, of_text in ((MASKED_ID, self.id), (MASKED_NAME, self.name)):
            connection.create_function(
                name, _of_columns(of_text), ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW
            )

    def _hash(self, kind: bytes, text: str, size: int) -> bytes:
        return blake2b(text.encode(), digest_size=size, key=self._key, person=kind).digest()


def _of_columns(of_text: Callable[[str], str]) -> Callable[[pa.ChunkedArray], pa.Array]:
    """The function for some rows at once, which hashes what repeats among them once."""

    def of_column(column: pa.ChunkedArray) -> pa.Array:
        encoded = pa.chunked_array(column).combine_chunks().dictionary_encode()
        made = [None if text is None else of_text(text) for text in encoded.dictionary.to_pylist()]
        return pa.array(made, pa.string()).take(encoded.indices)

    return of_column
