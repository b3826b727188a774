"""How few students share what others may know of them: k-anonymity, told with the masked copy.

The columns are those with the mark `quasi` in the YAML of `roster.students`, in its order. The
first line looks at one of them, each further one at one more: what an acquaintance, a newspaper or
another file may know together.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.masking.marks import published_marks

_TABLE = "ops.k_anonymity"
_COMMENTS = {
    "district_id": "The Clever ID of the district, masked.",
    "columns": "The columns of `roster.students` that are looked at together.",
    "students": "Active students of the district.",
    "groups": "Groups of students who are equal in all of these columns.",
    "smallest_group": "Students in the smallest group: the k of k-anonymity.",
    "alone": "Students who are alone in their group.",
    "below_5": "Students in groups of fewer than five.",
    "below_10": "Students in groups of fewer than ten.",
}
_ABOUT = (
    "Total, one row per district and set of columns. How few active students are equal in what "
    "others may know of them, although their names are masked."
)


@dataclass(frozen=True)
class Anonymity:
    """All districts' students, looked at by `columns`: see _COMMENTS."""

    columns: tuple[str, ...]
    students: int
    groups: int
    smallest_group: int
    alone: int
    below_5: int
    below_10: int


def measure(connection: duckdb.DuckDBPyConnection) -> tuple[Anonymity, ...]:
    """Make `ops.k_anonymity` in the database in use, of its students; its sums over districts."""
    marks = published_marks()["roster.students"]
    quasi = [column for column, mark in marks.items() if mark and mark.quasi]
    sets = [quasi[: number + 1] for number in range(len(quasi))]
    connection.execute(f"create table {_TABLE} as {' union all '.join(map(_counted, sets))}")
    connection.execute(f"comment on table {_TABLE} is '{_ABOUT}'")
    for column, comment in _COMMENTS.items():
        connection.execute(f"comment on column {_TABLE}.{column} is '{comment}'")
    rows = connection.execute(
        "select columns, sum(students), sum(groups), min(smallest_group), sum(alone), "
        f"sum(below_5), sum(below_10) from {_TABLE} group by columns order by len(columns)"
    ).fetchall()
    return tuple(Anonymity(tuple(columns), *map(int, counts)) for columns, *counts in rows)


def _counted(columns: list[str]) -> str:
    """The table's rows for one set of columns; what is not known is a value like others."""
    named = ", ".join(f'"{column}"' for column in columns)
    listed = ", ".join(f"'{column}'" for column in columns)
    return f"""
        select
            district_id, [{listed}] as columns,
            cast(sum(size) as bigint) as students, count(*) as groups,
            min(size) as smallest_group,
            count(*) filter (where size = 1) as alone,
            coalesce(cast(sum(size) filter (where size < 5) as bigint), 0) as below_5,
            coalesce(cast(sum(size) filter (where size < 10) as bigint), 0) as below_10
        from (
            select district_id, count(*) as size from roster.students
            where record_status = 'active' group by district_id, {named}
        )
        group by district_id"""
