"""The application that is written for measuring, and what is asked of the published file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dlt_sources.application.settings import ApplicationSettings
from dlt_sources.application.syncing import sync_application
from tests.bench.application import YEAR_BEGINS, YEAR_ENDS, Application
from tests.bench.commands import Measured
from tests.bench.generator import District
from tests.bench.measure import Run
from tests.bench.progress import Worked, page
from tests.bench.questions import Answer, questions, seconds_of

DISTRICT = District(users=400)
RECORDS = 3_000
MAPPING = Path("data/application/mapping.toml")

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def application(tmp_path: Path) -> Application:
    application = Application(DISTRICT, tmp_path / "application.sqlite")
    application.write(RECORDS)
    return application


@pytest.fixture
def query(application: Application) -> Query:
    connection = sqlite3.connect(application.file)
    return lambda sql: connection.execute(sql).fetchall()


def test_the_application_holds_as_much_as_was_asked(application: Application, query: Query) -> None:
    assert query("select count(*) from activity") == [(RECORDS,)]
    assert query("select count(*) from people") == [(application.accounts,)]
    assert query("select count(*) from admin_changes") == [(application.edits,)]


def test_the_records_are_of_many_students_all_year(query: Query) -> None:
    [(first, last)] = query("select min(done_at), max(done_at) from activity")
    [(students,)] = query("select count(distinct person) from activity where person like '65%'")

    assert datetime.fromisoformat(first) == YEAR_BEGINS
    assert YEAR_ENDS - timedelta(hours=3) < datetime.fromisoformat(last) < YEAR_ENDS
    assert students > DISTRICT.students * 0.9


def test_a_third_of_the_records_name_a_section_and_a_few_name_nobody(query: Query) -> None:
    [(sections, nobody, accounts)] = query(
        "select avg(class is not null), avg(person like 'nobody-%'), avg(person like 'p-%') "
        "from activity"
    )

    assert 0.3 < sections < 0.37
    assert 0 < nobody < 0.01
    assert 0 < accounts < 0.03


def test_the_same_application_is_written_again(application: Application, tmp_path: Path) -> None:
    again = Application(DISTRICT, tmp_path / "again.sqlite")
    again.write(RECORDS)

    assert again.file.read_bytes() == application.file.read_bytes()


def test_a_day_is_a_load_of_what_was_new_changed_and_deleted(
    application: Application, tmp_path: Path
) -> None:
    settings = ApplicationSettings(application.url, MAPPING.absolute())

    def load(at: datetime) -> tuple[int, ...]:
        lines = sync_application(tmp_path, settings=settings, run_id="run", observed_at=at)
        [line] = [line for line in lines if line.table_name == "progress"]
        assert line.status == "complete"
        return (line.created, line.updated, line.withdrawn)

    assert load(YEAR_ENDS) == (RECORDS, 0, 0)
    application.pass_day(YEAR_ENDS + timedelta(days=1))
    created, updated, withdrawn = load(YEAR_ENDS + timedelta(days=2))

    assert (created, withdrawn) == (10_000, 100)
    assert 950 <= updated <= 1_000


def test_an_answer_is_timed_several_times(tmp_path: Path) -> None:
    published = tmp_path / "rollbook.duckdb"
    with duckdb.connect(str(published)) as connection:
        connection.execute("create table numbers as select range as number from range(10)")

    assert len(seconds_of(published, "select max(columns(*)) from numbers")) == 3


def test_the_page_says_how_many_times_as_long_a_command_takes() -> None:
    def worked(records: int, first: float, daily: float) -> Worked:
        commands = {
            what: Measured(Run(seconds, seconds, 700, 800, ""), {"dbt": 1.0})
            for what, seconds in (("first sync", first), ("nothing changed", daily))
        }
        answers = dict.fromkeys(questions(DISTRICT), Answer(0.5, 100))
        return Worked(records, commands, answers, {"log": 1.0})

    lines = "\n".join(page(DISTRICT, [worked(0, 10, 4), worked(1_000_000, 20, 5)]))

    assert re.search(r"^\| 1,000,000 \| 20.0 \| 2.00 \| 1.00 \|", lines, re.MULTILINE)
    assert re.search(r"^\| 1,000,000 \| 5.0 \| 1.25 \| 0.25 \|", lines, re.MULTILINE)
