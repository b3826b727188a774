"""What `make run` does: the days of the sample through the real pipeline, then a summary.

The sample's home is its own, below the default one, so that a real roster is never mixed with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from dlt_sources.application.settings import SAMPLE_MAPPING, sample_url
from dlt_sources.sandbox import serve
from orchestration.lib.home import SAMPLE_HOME
from orchestration.lib.settings import PROJECT_ROOT
from orchestration.lib.terminal import console as terminal_console
from orchestration.lib.terminal import plain

_SAMPLE = PROJECT_ROOT / "data" / "sample"
_HOME = SAMPLE_HOME
_QUERIES = {
    "Who was in each class on the second day, and with which teacher?": """
        select s.name as section, st.first_name || ' ' || st.last_name as student,
            t.last_name as teacher
        from roster.enrollments_on('{second}') as e
        join roster.sections_on('{second}') as s using (section_id)
        join roster.students_on('{second}') as st using (student_id)
        left join roster.teachers_on('{second}') as t on t.teacher_id = s.primary_teacher_id
        order by section, student limit 5""",
    "Which students were archived or came back, and when?": """
        select first_name || ' ' || last_name as student, change_type, valid_from
        from roster.student_history where change_type in ('archived', 'restored')
        order by valid_from, student limit 5""",
    "What did every student's enrollment look like over the days?": """
        select st.last_name as student, s.name as section, e.valid_from, e.valid_to
        from roster.enrollment_history as e
        join roster.students as st using (student_id) join roster.sections as s using (section_id)
        where e.valid_to is not null order by e.valid_from, student, section limit 5""",
}


@dataclass(frozen=True)
class Day:
    """A day of the sample: its number, the moment it is synced at (UTC) and what happens."""

    number: int
    observed_at: str
    story: tuple[str, ...]


def main() -> None:
    """Play the days that the home has not seen, then show what came of it."""
    console = terminal_console()
    days = _days()
    with serve(_SAMPLE, day=1) as sandbox:
        environment = _environment(sandbox.url, sandbox.client_id, sandbox.client_secret)
        for day in _unseen(days):
            sandbox.set_day(day.number)
            _rule(console, f"Day {day.number}, {day.observed_at[:10]}")
            for sentence in day.story:
                console.print(Text(f"  {plain(sentence)}"))
            _sync(day, environment)
    _summarise(console, days)


def _rule(console: Console, title: str) -> None:
    """A heading; a pipe has no width that a line could fill."""
    console.print(Rule(title, align="left"), width=min(console.width, 100))


def _days() -> list[Day]:
    days = []
    for folder in sorted((_SAMPLE / "days").iterdir()):
        about = json.loads((folder / "day.json").read_text())
        observed_at = f"{about['date']}T02:00:00"
        days.append(Day(int(folder.name), observed_at, tuple(about["story"])))
    return days


def _unseen(days: list[Day]) -> list[Day]:
    """The days after the last one synced; only the last again when all have been played."""
    if not _HOME.published.exists():
        return days
    with duckdb.connect(str(_HOME.published), read_only=True) as connection:
        row = connection.execute("select max(observed_at) from ops.syncs").fetchone()
    seen = row[0].isoformat() if row and row[0] else ""
    return [day for day in days if day.observed_at > seen] or days[-1:]


def _environment(url: str, client_id: str, client_secret: str) -> Mapping[str, str]:
    return {
        **os.environ,
        "ROLLBOOK_HOME": str(_HOME.root),
        "SOURCES__CLEVER__API_URL": url,
        "SOURCES__CLEVER__OAUTH_URL": url,
        "SOURCES__CLEVER__CLIENT_ID": client_id,
        "SOURCES__CLEVER__CLIENT_SECRET": client_secret,
        "SOURCES__APPLICATION__DATABASE_URL": sample_url(),
        "SOURCES__APPLICATION__MAPPING": str(SAMPLE_MAPPING),
    }


def _sync(day: Day, environment: Mapping[str, str]) -> None:
    command = [str(Path(sys.executable).with_name("rollbook")), "sync"]
    ended = subprocess.run(  # noqa: S603
        # Whatever today's date is, the sample's days are played at theirs.
        [*command, "--observed-at", day.observed_at, "--ahead-of-clock"],
        env=environment,
        check=False,
    )
    if ended.returncode:
        sys.exit(ended.returncode)


def _summarise(console: Console, days: list[Day]) -> None:
    _rule(console, "What came of it")
    with duckdb.connect(str(_HOME.published), read_only=True) as connection:
        _show(
            console,
            connection,
            "Each day, over all districts",
            """select observed_at::date as day, count(*) as districts, sum(records_seen) as seen,
                sum(created) as created, sum(updated) as updated, sum(archived) as archived,
                sum(restored) as restored from ops.syncs group by 1 order by 1""",
        )
        for title, query in _QUERIES.items():
            _show(
                console, connection, title, query.format(second=days[1].observed_at[:10]), sql=True
            )
    console.print(Text(f"\nThe published file: {plain(_HOME.published)}"), soft_wrap=True)
    console.print("Query it with any DuckDB client; `docs/guide.md` has the first five minutes.")


def _show(
    console: Console,
    connection: duckdb.DuckDBPyConnection,
    title: str,
    query: str,
    sql: bool = False,
) -> None:
    result = connection.execute(query)
    table = Table(*[column[0] for column in result.description or ()], box=None, pad_edge=False)
    for row in result.fetchall():
        table.add_row(*(Text("" if value is None else plain(value)) for value in row))
    console.print(Text(f"\n{title}", "bold"))
    if sql:
        lines = [line.strip() for line in query.strip().splitlines()]
        console.print(Text("  " + "\n  ".join(lines), "dim"))
    console.print(table)


if __name__ == "__main__":
    main()
