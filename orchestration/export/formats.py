"""The kinds of files that an export can be of."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """The kinds of files; each is its file's ending, too."""

    PARQUET = "parquet"
    CSV = "csv"
    XLSX = "xlsx"
