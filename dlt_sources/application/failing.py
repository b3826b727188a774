"""Why a table could not be read, for the person who can act, without a word of its data.

What databases say may quote rows or a password: of it only the kind of error and its code are told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dlt_sources.application.mapping import TableMapping
from dlt_sources.errors import RollbookError

if TYPE_CHECKING:
    from dlt_sources.application.reading import TableReader

#: Codes of PostgreSQL (text) and of MySQL and MariaDB (numbers).
_NO_RIGHT = {"42501", 1142, 1143, 1044}
_REFUSED = {"28P01", "28000", 1045, 1698}
_TIMED_OUT = {"57014", 3024, 1969}
_LOCKED = {"55P03", "40P01", 1205, 1213, "SQLITE_BUSY", "SQLITE_LOCKED"}
#: It let us connect, or lost us, and says nothing any more.
_SILENT = {2013, 2006}
_OF_A_TABLE = _NO_RIGHT | _TIMED_OUT | _LOCKED
_KEPT = "what was known of it stays"


def reason(error: Exception, mapping: TableMapping, reader: TableReader | None) -> str:
    """One sentence: which table and column, what the database says, what to do."""
    if isinstance(error, RollbookError):
        return str(error)
    code = _code(error)
    if reader is None and code not in _OF_A_TABLE:
        return not_reached(error)
    named = f"{mapping.schema}.{mapping.table}" if mapping.schema else mapping.table
    # A lock is on the whole table, and each look at a column would wait for it again.
    column = None if code in _LOCKED | _TIMED_OUT else _column(reader)
    what = f"column {column} of the application's table" if column else "application's table"
    return (
        f"The {what} {named}, which the mapping names for {mapping.name}, could not be read "
        f"({_kind(error, code)}); {_KEPT}. {_remedy(code, _quoted(mapping, code))}"
    )


def _quoted(mapping: TableMapping, code: Any) -> str:
    """A table's name as its database wants it written: the codes of MySQL are numbers."""
    mark = "`" if isinstance(code, int) else '"'
    parts = [part for part in (mapping.schema, mapping.table) if part]
    plain = [
        part if re.fullmatch("[a-z_][a-z0-9_]*", part) else f"{mark}{part}{mark}" for part in parts
    ]
    return ".".join(plain)


def not_reached(error: Exception) -> str:
    """Why the database as a whole could not be read."""
    code = _code(error)
    remedy = _remedy_of_all(error, code)
    return (
        f"The application's database could not be read ({_kind(error, code)}); what was known "
        f"of it stays. {remedy}, and run again."
    )


def _remedy_of_all(error: Exception, code: Any) -> str:
    if code in _REFUSED:
        return "Correct the user or the password in SOURCES__APPLICATION__DATABASE_URL"
    if _is_misuse(error, code):
        return (
            "Its driver does not take what SOURCES__APPLICATION__DATABASE_URL says: correct the "
            "options behind its ?, spelt as the driver spells them, or the host"
        )
    if code in _TIMED_OUT:
        return "The database's time limit ended it: raise the limit for this user"
    server = "the server that SOURCES__APPLICATION__DATABASE_URL names"
    if code in _SILENT or _timed_out(error):
        return (
            f"Nothing came from {server} in time: see that it is well, and that host and port are "
            "the database's"
        )
    return f"See that {server} is up and lets this machine in"


def _is_misuse(error: Exception, code: Any) -> bool:
    """Whether the driver refuses how it is called, before it has asked any server."""
    from sqlalchemy.exc import InterfaceError, NotSupportedError, ProgrammingError, SQLAlchemyError

    told = (InterfaceError, NotSupportedError, ProgrammingError)
    # SQLAlchemy passes on as its own whatever a driver knows to be wrong with a database.
    stumbled = not isinstance(error, SQLAlchemyError | OSError)
    return stumbled or (isinstance(error, told) and code is None)


def _timed_out(error: Exception) -> bool:
    origin = getattr(error, "orig", None) or error
    return isinstance(origin, TimeoutError) or "Timeout" in type(origin).__name__


def _remedy(code: Any, named: str) -> str:
    if code in _NO_RIGHT:
        return (
            f"Grant the user of the database the right to read it: GRANT SELECT ON {named} TO it."
        )
    if code in _LOCKED:
        return (
            "Somebody holds a lock on it, and no wait helped: let the application, or whoever "
            f"works on {named}, end that transaction, and run again."
        )
    if code in _TIMED_OUT:
        return "The database's time limit ended it: raise the limit for this user, and run again."
    return "See the database's own log for the details, mend it, and run again."


def _kind(error: Exception, code: Any) -> str:
    origin = getattr(error, "orig", None) or error
    name = type(error).__name__
    if type(origin) is not type(error) and type(origin).__name__ != name:
        name = f"{name}: {type(origin).__name__}"
    return f"{name}, {code}" if code else name


def _code(error: Exception) -> Any:
    origin = getattr(error, "orig", None)
    number = origin.args[0] if isinstance(origin, Exception) and origin.args else None
    if isinstance(number, int):
        return number
    return getattr(origin, "sqlstate", None) or getattr(origin, "sqlite_errorname", None)


def _column(reader: TableReader | None) -> str | None:
    """The column that the database refuses by itself, if it is not the whole table."""
    if reader is None:
        return None
    failing = reader.failing_columns()
    return failing[0] if 0 < len(failing) < len(reader.mapping.read_columns) else None
