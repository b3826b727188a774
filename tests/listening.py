"""A connection that notes what it is asked."""

from __future__ import annotations

from typing import Any, cast

import duckdb


class _Listening:
    def __init__(self, connection: duckdb.DuckDBPyConnection, said: list[str]) -> None:
        self._connection, self._said = connection, said

    def execute(self, sql: str, *given: Any) -> Any:
        self._said.append(f"{sql} {given}")
        return self._connection.execute(sql, *given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def listening(connection: duckdb.DuckDBPyConnection, said: list[str]) -> duckdb.DuckDBPyConnection:
    """The connection; what SQL it is given to execute, and with what, is added to `said`."""
    return cast("duckdb.DuckDBPyConnection", _Listening(connection, said))
