"""Which database and which table it is that is read, by what the database says of itself.

The URL stays the same when a file is replaced, a dump restored or a table made anew; what is known
of the old one says nothing of the new one. What a user has no right to ask is left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dlt_sources.application.mapping import TableMapping

#: The table in PostgreSQL's catalogue.
_CATALOGUED = """
from pg_class inner join pg_namespace on pg_namespace.oid = pg_class.relnamespace
where relname = %(table)s
    and case when %(schema)s::text is null then pg_table_is_visible(pg_class.oid)
        else nspname = %(schema)s end
"""
_POSTGRESQL = f"""
select (select oid from pg_database where datname = current_database()), pg_class.oid
{_CATALOGUED}"""
_HIDES_ROWS = f"select row_security_active(pg_class.oid) {_CATALOGUED}"
_MYSQL = """
select create_time from information_schema.tables
where table_schema = coalesce(%(schema)s, database()) and table_name = %(table)s
"""


def may_hide_rows(connection: Connection, mapping: TableMapping) -> bool:
    """Whether row-level security applies to this user, so that rows may be there and not shown."""
    if connection.dialect.name != "postgresql":
        return False
    return any(_first(connection, _HIDES_ROWS, _names(mapping)))


def identity(connection: Connection, mapping: TableMapping) -> list[Any]:
    """What stays the same as long as it is the same table of the same database."""
    names = _names(mapping)
    match connection.dialect.name:
        case "postgresql":
            asked = "select has_function_privilege('pg_control_system()', 'execute')"
            may = connection.exec_driver_sql(asked).scalar()
            system = "select system_identifier from pg_control_system()" if may else "select 0"
            return [*_first(connection, system), *_first(connection, _POSTGRESQL, names)]
        case "mysql" | "mariadb":
            server = "show variables where variable_name in ('server_uuid', 'server_uid')"
            return [*_first(connection, server), *_first(connection, _MYSQL, names)]
        case "sqlite":
            file = _file(connection)
            found = file.stat() if file else None
            schema = _first(connection, "pragma schema_version")
            return [found and found.st_dev, found and found.st_ino, *schema]
    return []


def writes(connection: Connection) -> int:
    """How often a file of SQLite's has been written, by its header; it never falls. Else 0."""
    file = _file(connection) if connection.dialect.name == "sqlite" else None
    if not file:
        return 0
    with file.open("rb") as opened:
        return int.from_bytes(opened.read(28)[24:])


def _names(mapping: TableMapping) -> dict[str, Any]:
    return {"table": mapping.table, "schema": mapping.schema}


def _first(connection: Connection, query: str, names: dict[str, Any] | None = None) -> list[Any]:
    row = connection.exec_driver_sql(query, names).first()
    return list(row) if row else []


def _file(connection: Connection) -> Path | None:
    path = _first(connection, "pragma database_list")[2]
    return Path(path) if path else None
