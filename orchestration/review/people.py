"""What is known of both sides of a case: personal, and read only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

#: What is compared, by its name: only what is known.
Values = Mapping[str, str]

_NUMBERS = "sis_id, student_number, state_id, teacher_number"
_PLACE_NUMBERS = "nces_id, mdr_number, state_id, school_number"
_SCHOOLS = "with schools as (select school_id, name as school_name from roster.schools)"
#: Of each kind the side of the application, then Clever's: an ID, and columns to be shown.
_VALUES: Mapping[str, tuple[str, str]] = {
    "account": (
        f"""
        {_SCHOOLS}
        select account_id, concat_ws(' ', first_name, middle_name, last_name, suffix) as name,
            dob as birthday, email, username as "user name", {_NUMBERS}, grade,
            coalesce(school_name, school_ref) as school
        from intermediate.matchable_accounts left join schools using (school_id)
        where account_id in (select account_id from matching.match_review)
            or account_id in (
                select account_id from matching.account_status
                where status not in ('matched', 'withdrawn')
            )
        """,
        f"""
        {_SCHOOLS}
        select user_id, concat_ws(' ', first_name, middle_name, last_name) as name,
            preferred_first_name as "preferred name", dob as birthday, email,
            district_username as "user name", {_NUMBERS}, staff_id, grade, school_name as school
        from intermediate.matchable_users left join schools using (school_id)
        where user_id in (select user_id from matching.match_review)
        """,
    ),
    **{
        place: (
            f"""
            select crm_id, name, city, state, {_PLACE_NUMBERS} from intermediate.crm_records
            where object = '{place}' and crm_id in (select crm_id from matching.{place}_review)
            """,
            f"""
            from ({clevers})
            where {place}_id in (select {place}_id from matching.{place}_review)
            """,
        )
        for place, clevers in {
            "district": "select district_id, name, nces_id, mdr_number from roster.districts",
            "school": "select school_id, name, location_city as city, location_state as state, "
            f"{_PLACE_NUMBERS} from roster.schools",
        }.items()
    },
}


def values_of(
    connection: duckdb.DuckDBPyConnection, kind: str
) -> tuple[Mapping[str, Values], Mapping[str, Values]]:
    """What is known of the open subjects of a kind, and of their candidates, by ID."""
    theirs, ours = _VALUES[kind]
    return _by_id(connection, theirs), _by_id(connection, ours)


def _by_id(connection: duckdb.DuckDBPyConnection, query: str) -> Mapping[str, Values]:
    """A user has a row for each role: what differs between them is told side by side."""
    found = connection.execute(query)
    columns = [column[0] for column in found.description][1:]
    known: dict[str, dict[str, str]] = {}
    for id_, *row in found.fetchall():
        values = known.setdefault(id_, {})
        for column, value in zip(columns, row, strict=True):
            text = "" if value is None else str(value)
            if text and text not in values.get(column, "").split(" / "):
                values[column] = " / ".join(filter(None, (values.get(column, ""), text)))
    return known
