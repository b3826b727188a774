"""What `roster.guide` says of a published file, held against the file."""

from __future__ import annotations

import duckdb


def failing_samples(file: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The sample queries that do not run, with DuckDB's error, by what they are of."""
    failed = {}
    for name, sample in file.execute("select table_name, sample from roster.guide").fetchall():
        try:
            file.execute(sample).fetchall()
        except duckdb.Error as error:
            failed[name] = str(error)
    return failed


def doubled_keys(file: duckdb.DuckDBPyConnection) -> list[str]:
    """The relations and macros (as their samples call them) with two rows of one key."""
    keyed = "select table_name, kind, key, sample from roster.guide where len(key) > 0"
    doubled = []
    for name, kind, key, sample in file.execute(keyed).fetchall():
        source = f"({sample})" if kind == "macro" else name
        columns = ", ".join(key)
        query = f"select {columns} from {source} group by all having count(*) > 1"
        if file.execute(query).fetchall():
            doubled.append(name)
    return doubled
