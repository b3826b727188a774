"""Labelled people as the relations that scoring reads: `accounts`, `users`; and `truth`."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from tests.matching.people import Labelled
from tests.matching.writing import COLUMNS

_TYPES = {"dob": pa.date32(), "school_ids": pa.list_(pa.string())}


def load(connection: duckdb.DuckDBPyConnection, people: Labelled) -> None:
    """Make the three tables."""
    for name, extra, rows in (
        ("accounts", ("account_id",), people.accounts),
        ("users", ("user_id", "preferred_first_name"), people.users),
    ):
        columns = (*extra, *COLUMNS)
        schema = pa.schema([(column, _TYPES.get(column, pa.string())) for column in columns])
        table = pa.Table.from_pylist(
            [{column: row.get(column) for column in columns} for row in rows], schema
        )
        connection.register("given", table)
        connection.execute(f"create or replace table {name} as from given")
        connection.unregister("given")
    truth = pa.Table.from_pylist(
        [
            {"account_id": account, "user_id": user, "traps": people.traps.get(account, [])}
            for account, user in people.truth.items()
        ],
        pa.schema(
            [("account_id", pa.string()), ("user_id", pa.string()),
             ("traps", pa.list_(pa.string()))]
        ),
    )  # fmt: skip
    connection.register("given", truth)
    connection.execute("create or replace table truth as from given")
    connection.unregister("given")
