"""`ops.warnings`: what an analyst must know first, told where it is so and nowhere else.

One home with a district for each case; `well` and those named `nearly_...` are the counter-cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from dlt_sources.clever.results import utc_now
from orchestration.cli import app
from orchestration.lib.freshness import freshness
from orchestration.lib.home import Home
from orchestration.lib.published_file import publish
from tests.dbt.dbt_warehouse import Record, Warehouse
from tests.dbt.story import Story, begun, record

HOUR = timedelta(hours=1)
NOW = utc_now().replace(microsecond=0)
BEFORE, LATELY = NOW - 72 * HOUR, NOW - HOUR
OLD, AHEAD = NOW - 30 * HOUR, NOW + HOUR


def _shown(
    district: str, students: int = 12, sections: int = 3, made: str = "", in_none: int = 0
) -> dict[str, list[Record]]:
    """A district of one school, its classes made `made`; the last `in_none` students are in none.

    All are in every class, so that a class made anew has the students of the one before.
    """
    ids = [f"{district}-s{number}" for number in range(students)]
    place = {"school": f"{district}-elm", "term_id": f"{district}-fall"}
    return {
        "schools": [{"id": f"{district}-elm", "name": f"Elm of {district}"}],
        "terms": [
            {"id": f"{district}-fall", "name": "Fall", "start_date": "2026-08-01",
             "end_date": "2027-01-31"}
        ],
        "sections": [
            {"id": f"{district}-c{n}{made}", "name": f"Class {n}", **place,
             "students": ids[: students - in_none]}
            for n in range(sections)
        ],
        "users": [{"id": id_, "roles": {"student": {"school": place["school"]}}} for id_ in ids],
    }  # fmt: skip


def _with_term(shown: dict[str, list[Record]], id_: str) -> dict[str, list[Record]]:
    return {
        **shown,
        "terms": [term | {"id": id_} for term in shown["terms"]],
        "sections": [section | {"term_id": id_} for section in shown["sections"]],
    }


def _play_standings(warehouse: Warehouse) -> None:
    """What became of the newest sync of each district, and when the last complete one was."""
    for district, at in {"well": LATELY, "old": OLD, "ahead": AHEAD, "paused": OLD}.items():
        warehouse.sync(_shown(district), district=district, at=at)
    for status in ("held", "suspended", "failed", "inconsistent"):
        warehouse.sync(_shown(status), district=status, at=LATELY)
        warehouse.sync({}, district=status, at=LATELY + HOUR / 2, status=status)
    warehouse.sync({}, district="nothing", at=LATELY, status="held")
    warehouse.sync(_shown("retired"), district="retired", at=OLD)
    # A hold that Clever has corrected is none.
    warehouse.sync({}, district="nearly_held", at=BEFORE, status="held")
    warehouse.sync(_shown("nearly_held"), district="nearly_held", at=LATELY)
    with warehouse.connect() as connection:
        connection.execute(
            "update clever_raw.syncs set clever_state = 'paused' where district_id = 'paused'"
        )
        connection.execute(
            "insert into clever_raw.retirements by name select 900 as retirement_id, "
            "'retired' as district_id, 'retired' as action, ? as decided_at",
            [LATELY],
        )


def _play_rosters(warehouse: Warehouse) -> None:
    """Terms and classes that come back under another ID, and students in no class."""
    for district, sections in {"classes": 3, "nearly_classes": 2}.items():
        shown = _shown(district, sections=sections)
        warehouse.sync(shown, district=district, at=BEFORE)
        warehouse.sync(
            _shown(district, sections=sections, made="-anew"), district=district, at=LATELY
        )
    warehouse.sync(_shown("term"), district="term", at=BEFORE)
    warehouse.sync(_with_term(_shown("term"), "term-fall-2"), district="term", at=LATELY)
    # The next term is another one.
    warehouse.sync(_shown("nearly_term"), district="nearly_term", at=BEFORE)
    next_term = _with_term(_shown("nearly_term"), "nearly_term-spring")
    next_term["terms"] = [
        {"id": "nearly_term-spring", "name": "Spring", "start_date": "2027-02-01",
         "end_date": "2027-06-30"}
    ]  # fmt: skip
    warehouse.sync(next_term, district="nearly_term", at=LATELY)
    for district, students, in_none in (
        ("classless", 30, 10), ("nearly_classless", 30, 9), ("nearly_one_in_ten", 100, 10)
    ):  # fmt: skip
        shown = _shown(district, students, in_none=in_none)
        warehouse.sync(shown, district=district, at=LATELY)


def _play_progress(story: Story) -> None:
    """One of 100 records before the roster; and one of 101."""
    records = []
    for district, in_time in {"early": 99, "nearly_early": 100}.items():
        story.warehouse.sync(_shown(district), district=district, at=BEFORE)
        story.warehouse.sync(_shown(district), district=district, at=LATELY)
        user = f"{district}-s1"
        records.append(record(f"{district}-first", BEFORE - HOUR, user=user))
        records += [
            record(f"{district}-{n}", BEFORE + HOUR, user=user) for n in range(in_time)
        ]  # fmt: skip
    story.application.load(LATELY, progress=[*records, record("lost", BEFORE, user="who?")])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    story = begun(tmp_path_factory.mktemp("warnings"))
    _play_standings(story.warehouse)
    _play_rosters(story.warehouse)
    _play_progress(story)
    story.build(["--full-refresh", "--exclude-resource-type", "unit_test"])
    home = Home(story.warehouse.home)
    publish(home)
    return home


@pytest.fixture(scope="module")
def file(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published), read_only=True) as connection:
        yield connection


def _districts(file: duckdb.DuckDBPyConnection, warning: str) -> set[str | None]:
    query = "select distinct district_id from ops.warnings where warning = ?"
    return {district for (district,) in file.execute(query, [warning]).fetchall()}


@pytest.mark.parametrize(
    ("warning", "districts"),
    {
        "district_held": {"held", "nothing"},
        "district_suspended": {"suspended"},
        "district_failed": {"failed", "inconsistent"},
        "district_stale": {"old", "ahead", "nothing"},
        "district_paused": {"paused"},
        "district_retired": {"retired"},
        "counts_stop": {
            "held", "suspended", "failed", "inconsistent", "old", "ahead", "nothing", "retired"
        },
        "term_made_anew": {"term"},
        "sections_made_anew": {"classes"},
        "progress_without_roster": {"early"},
        "progress_unmatched": {None},
        "students_without_sections": {"classless"},
    }.items(),
)  # fmt: skip
def test_a_warning_stands_where_it_is_so_and_nowhere_else(
    file: duckdb.DuckDBPyConnection, warning: str, districts: set[str | None]
) -> None:
    assert _districts(file, warning) == districts


def test_every_kind_of_warning_has_its_case(file: duckdb.DuckDBPyConnection) -> None:
    kinds = file.execute("select warning from ops.warning_kinds order by 1").fetchall()
    seen = file.execute("select distinct warning from ops.warnings order by 1").fetchall()

    assert seen == kinds


def test_a_district_without_any_trouble_has_no_warning(file: duckdb.DuckDBPyConnection) -> None:
    for district in ("well", "nearly_held", "nearly_classes", "nearly_term", "nearly_early"):
        query = "from ops.warnings where district_id = ?"
        assert file.execute(query, [district]).fetchall() == []


def test_one_join_finds_the_warnings_of_what_is_asked(file: duckdb.DuckDBPyConnection) -> None:
    """No row is doubled where the table is named, and each of a held district's has its warning."""
    enrolled = file.execute(
        "select e.district_id, count(distinct (section_id, student_id)), count(*), "
        "list_sort(list(distinct w.warning)) "
        "from roster.enrollments as e join ops.warnings as w "
        "on w.district_id = e.district_id and w.table_name = 'roster.enrollments' "
        "where e.district_id in ('held', 'well', 'classes') group by 1 order by 1"
    ).fetchall()

    assert enrolled == [
        ("classes", 36, 36, ["sections_made_anew"]),
        ("held", 36, 36, ["district_held"]),
    ]


def test_every_table_that_is_warned_of_is_in_the_guide(file: duckdb.DuckDBPyConnection) -> None:
    unknown = file.execute(
        "select distinct table_name from ops.warnings "
        "where table_name not in (select table_name from roster.guide)"
    ).fetchall()
    of_a_held_district = file.execute(
        "select count(distinct table_name) from ops.warnings where warning = 'district_held'"
    ).fetchone()

    assert unknown == []
    assert of_a_held_district and of_a_held_district[0] > 50


def test_what_is_stale_is_so_for_the_check_and_the_status_too(
    home: Home, file: duckdb.DuckDBPyConnection
) -> None:
    stale = {each.district_id for each in freshness(home, utc_now()) if each.stale}

    assert stale == _districts(file, "district_stale")


def test_a_file_that_nobody_renews_grows_old_by_itself(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is that of whoever asks; here the limit comes down to it instead."""
    monkeypatch.setenv("ROLLBOOK_FRESH_HOURS", "0.5")
    publish(home)

    with duckdb.connect() as reader:
        reader.execute(f"attach '{home.published}' as renewed (read_only)")
        reader.execute("use renewed")
        assert "well" in _districts(reader, "district_stale")


def test_the_clock_is_utc_in_every_session(file: duckdb.DuckDBPyConnection) -> None:
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        file.execute(f"set timezone = '{zone}'")
        assert _districts(file, "district_stale") == {"old", "ahead", "nothing"}


def test_each_warning_says_since_when_and_how_much(file: duckdb.DuckDBPyConnection) -> None:
    query = (
        "select distinct object, object_id, since, records, line from ops.warnings "
        "where district_id = ? and warning = ?"
    )

    def told(district: str, warning: str) -> list[tuple[object, ...]]:
        return file.execute(query, [district, warning]).fetchall()

    minute = f"{_second(LATELY):%Y-%m-%d %H:%M} UTC"
    assert told("held", "district_held") == [
        (None, None, LATELY + HOUR / 2, None,
         f"the newest sync is held; the roster is of {minute}")
    ]  # fmt: skip
    assert told("nothing", "district_held") == [
        (None, None, LATELY, None,
         "the newest sync is held; the roster is empty: there is no complete sync")
    ]  # fmt: skip
    assert told("classes", "sections_made_anew") == [
        ("schools", "classes-elm", LATELY, 3,
         "3 sections of Elm of classes came back under new IDs")
    ]  # fmt: skip
    assert told("term", "term_made_anew") == [
        ("terms", "term-fall-2", LATELY, None, "the term Fall was term-fall before")
    ]
    assert told("classless", "students_without_sections") == [
        (None, None, LATELY, 10, "10 of 30 active students are in no section")
    ]


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def test_status_shows_them(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(home.root))
    shown = CliRunner().invoke(app, ["status"], env={"COLUMNS": "200"})

    assert shown.exit_code == 0
    lines = [line for line in shown.output.splitlines() if line.startswith("Before trusting")]
    assert (
        "Before trusting a number of classes: sections_made_anew "
        "(3 sections of Elm of classes came back under new IDs)"
    ) in lines
    assert (
        "Before trusting a number: progress_unmatched "
        "(1 records of progress belong to no known student)"
    ) in lines
    assert not any(" of well:" in line or " of retired:" in line for line in lines)


def test_status_tells_programs_of_them(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(home.root))
    told = json.loads(CliRunner().invoke(app, ["status", "--json"]).output)

    warnings = {each["district_id"]: each["warnings"] for each in told}
    assert warnings["nearly_classes"] == []
    assert [each["warning"] for each in warnings["retired"]] == ["counts_stop", "district_retired"]
