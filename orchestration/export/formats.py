"""The files that an export is made of."""

from __future__ import annotations

from enum import StrEnum

#: What an export is of, beside its files.
MANIFEST = "manifest.json"


class Format(StrEnum):
    """The kinds of files; each is its file's ending, too."""

    PARQUET = "parquet"
    CSV = "csv"
    XLSX = "xlsx"
