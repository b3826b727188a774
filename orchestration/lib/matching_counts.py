"""How many accounts are matched, and by what: the numbers of commands, the report and the UI."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from dlt_sources.sql import literal
from orchestration.lib.home import Home

#: Where an account can stand, in the order in which they are told.
STATUSES = (
    "matched",
    "review",
    "no candidate",
    "nothing to match by",
    "no district",
    "other role",
    "unknown user",
    "withdrawn",
)

#: What a decision on the same two that came later does not leave behind.
OPEN_PROBLEMS = """
    select * from matching.match_decisions
    where problem is not null and is_last and decision is distinct from 'withdraw'
"""

#: Of each table of the schema `matching` what is counted in it: queries of a name and a number.
_COUNTED: Mapping[str, str] = {
    "account_status": "select status, count(*) from matching.account_status group by 1",
    "account_matches": "select 'by ' || rule, count(*) from matching.account_matches group by 1",
    "match_review": """
        select 'matches contradicted', count(*) from intermediate.contradicted_matches
    """,
    "match_decisions": f"""
        select 'decisions', count(*) from matching.match_decisions
        union all
        select 'with a problem', count(*) from ({OPEN_PROBLEMS}) as open
    """,
    "match_suggestions": "select 'suggestions', count(*) from {suggestions}",
    **{
        f"{place}_{table}": f"select '{what}', count(distinct crm_id) from matching.{place}_{table}"
        for place in ("district", "school")
        for table, what in (("matches", "matched"), ("review", "open"))
    },
}
Counts = Mapping[str, Mapping[str, int]]


def matching_counts(
    connection: duckdb.DuckDBPyConnection, suggestions: str = "matching.match_suggestions"
) -> Counts:
    """By table of the schema `matching` the numbers that tell how it stands."""
    counts = {
        table: dict(connection.execute(query.format(suggestions=suggestions)).fetchall())
        for table, query in _COUNTED.items()
    }
    statuses = {status: counts["account_status"].get(status, 0) for status in STATUSES}
    opened = {"accounts open": statuses["review"]}
    return counts | {
        "account_status": statuses,
        "match_review": opened | counts["match_review"],
    }


def counts_of_build(home: Home) -> Counts:
    """The same of what was built and is not published yet; nobody may have it open for writing."""
    with duckdb.connect() as connection:
        for name, file in (("build", home.build), ("warehouse", home.warehouse)):
            connection.execute(f"attach {literal(file)} as {name} (read_only)")
        connection.execute("use build")
        # A view over what stands beside raw is the warehouse's.
        return matching_counts(connection, "warehouse.matching.match_suggestions")
