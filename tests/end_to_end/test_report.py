"""`rollbook report`: every number is the roster's, and nobody is in it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import Installation
from tests.end_to_end.hand_made import HandMade
from tests.end_to_end.personal import OF_PERSONS, of_the_application, of_the_roster
from tests.end_to_end.report_page import Page, read_page

_LINES = {
    "Students": "students",
    "Teachers": "teachers",
    "Sections": "sections",
    "Enrollments": "enrollments",
}


@pytest.fixture(scope="module")
def page(played: Installation) -> Page:
    """The page of the sample after four days: on the fourth somebody goes."""
    synced = played.sync_day(4)
    assert synced.returncode == 0, synced.stderr
    ended = played.run("report")
    file = played.home / "reports" / "roster.html"
    assert (ended.returncode, ended.stdout) == (0, f"Wrote {file}\n"), ended.stderr
    return read_page(file)


@pytest.fixture
def made(played: Installation, tmp_path: Path) -> Installation:
    """A home of its own that has nothing yet."""
    return Installation(tmp_path / "home", played.sandbox)


def report_of(made: Installation, played: Installation, districts: HandMade) -> Page:
    """The page of a file made by hand."""
    districts.write(played.home / "rollbook.duckdb", made.home / "rollbook.duckdb")
    ended = made.run("report")
    assert ended.returncode == 0, ended.stderr
    return read_page(made.home / "reports" / "roster.html")


def test_a_line_is_the_roster_as_it_stood_at_the_end_of_each_day(
    played: Installation, page: Page
) -> None:
    names = dict(played.query("select name, district_id from roster.districts"))
    for title, table in _LINES.items():
        points = page.values(title)
        assert {point["series"] for point in points} == names.keys()
        for point in points:
            where = f"district_id = '{names[point['series']]}'"
            on = f"roster.{table}_on('{point['day']}')"
            [(count,)] = played.query(f"select count(*) from {on} where {where}")
            assert point["count"] == count, (title, point)
    assert len({point["day"] for point in page.values("Sections")}) > 1


def test_each_district_stands_with_its_counts_and_warnings(
    played: Installation, page: Page
) -> None:
    for district_id, name in played.query("select district_id, name from roster.districts"):
        row = page.row(str(name))
        counts = [
            played.query(
                f"select count(*) from roster.{table} "
                f"where district_id = '{district_id}' and record_status = 'active'"
            )[0][0]
            for table in ("students", "teachers", "sections")
        ]
        [(last,)] = played.query(
            "select strftime(last_complete_at, '%Y-%m-%d %H:%M') from ops.district_status "
            f"where district_id = '{district_id}'"
        )
        assert row[3:7] == [last, *(f"{count:,}" for count in counts)]
        lines = played.query(
            f"select distinct line from ops.warnings where district_id = '{district_id}'"
        )
        assert lines and all(str(line) in row[7] for (line,) in lines)
    for kind, means in played.query(
        "select warning, means from ops.warning_kinds "
        "where warning in (select warning from ops.warnings)"
    ):
        assert page.row(str(kind))[2] == means


def test_what_came_and_went_is_what_the_syncs_say(played: Installation, page: Page) -> None:
    expected = {
        (str(day), kind): count
        for kind, column in (
            ("came", "created"), ("came back", "restored"), ("changed", "updated"),
            ("went", "archived"),
        )
        for day, count in played.query(
            f"select cast(observed_at as date), sum({column}) from ops.syncs "
            "where sync_id > 1 and status = 'complete' group by 1"
        )
    }  # fmt: skip
    shown = page.values("Records by day of the sync")
    assert {(each["day"], each["kind"]): each["count"] for each in shown} == expected
    assert {kind for (_, kind), count in expected.items() if count} >= {"came", "changed", "went"}


def test_no_grade_of_a_few_students_is_told_and_none_is_lost(
    played: Installation, page: Page
) -> None:
    shown = {each["name"]: each["count"] for each in page.values("Active students by grade")}
    grades = dict(
        played.query(
            "select grade, count(*) from roster.students where record_status = 'active' group by 1"
        )
    )
    assert min(shown.values()) >= 10
    assert sum(shown.values()) == sum(int(str(count)) for count in grades.values())
    alone = shown.keys() & grades.keys()
    assert {grade: shown[str(grade)] for grade in alone} == {
        grade: grades[grade] for grade in alone
    }
    sizes = {each["name"]: each["count"] for each in page.values("Active schools by size")}
    [(schools,)] = played.query(
        "select count(*) from roster.schools where record_status = 'active'"
    )
    assert sum(sizes.values()) == schools


def test_progress_and_matching_are_counted(played: Installation, page: Page) -> None:
    shown = page.values("Records by week")
    for kind, table in (("matched", "student_progress"), ("unmatched", "unmatched_progress")):
        weeks = {each["day"]: each["count"] for each in shown if each["kind"] == kind}
        expected = played.query(
            "select cast(cast(date_trunc('week', occurred_at) as date) as varchar), count(*) "
            f"from progress.{table} where record_status = 'active' group by 1"
        )
        assert {day: count for day, count in weeks.items() if count} == dict(expected)
    for share in page.values("Share unmatched"):
        counts = {each["kind"]: each["count"] for each in shown if each["day"] == share["day"]}
        total = sum(counts.values())
        assert share["share"] == (counts["unmatched"] / total if total else None)
    accounts = {each["name"]: each["count"] for each in page.values("Accounts by how they stand")}
    assert accounts == dict(
        played.query("select status, count(*) from matching.account_status group by 1")
    )


def test_every_chart_has_a_sentence_and_its_numbers(page: Page) -> None:
    assert len(page.charts) == len(page.labels) == 10
    assert all(re.search(r"\d", label) for label in page.labels)
    for each in page.values("Active students by grade"):
        assert page.row(each["name"]) == [each["name"], f"{each['count']:,}"]


def test_nothing_is_fetched(page: Page) -> None:
    assert page.fetched == []
    assert {"link", "img", "iframe", "object", "embed"} & {*page.tags} == set()
    assert not any("http" in str(spec) for spec in page.charts.values())


def test_nobody_of_the_sample_is_in_it(played: Installation, page: Page) -> None:
    words = f"{page.text} {page.labels} {page.charts}"
    places = " ".join(str(name) for (name,) in played.query("select name from roster.schools"))
    telling = of_the_roster(played) | {*of_the_application(OF_PERSONS)} - {"None"}

    assert len(telling) > 200
    found = {
        text
        for text in telling
        if len(text) >= 3 and text not in places and re.search(rf"\b{re.escape(text)}\b", words)
    }
    assert found == set()


def test_names_cannot_be_anything_but_names(made: Installation, played: Installation) -> None:
    odd = ("<script>alert(1)</script> & Sons", "مدرسة\u202e Evil", "Twins", "Twins", "</bdi>")
    page = report_of(made, played, HandMade(5, names=odd))

    raw = (made.home / "reports" / "roster.html").read_text(encoding="utf-8")
    assert "<script>alert" not in raw and "\u202e" not in raw
    assert odd[0] in page.text and "مدرسة\\u202e Evil" in page.text
    assert {"Twins (d002)", "Twins (d003)"} <= {each["series"] for each in page.values("Students")}
    assert page.row(odd[0])[1] == "complete"


def test_one_district_without_an_application(made: Installation, played: Installation) -> None:
    page = report_of(made, played, HandMade(1))

    assert "Yes: 1 district, complete and fresh, nothing to warn of." in page.text
    assert "There is no application: no progress was ever read." in page.text
    assert "There are no accounts to match." in page.text
    assert {*page.charts} >= {*_LINES} and "Records by week" not in page.charts


def test_of_many_districts_the_worst_come_first_and_the_small_ones_are_summed(
    made: Installation, played: Installation
) -> None:
    page = report_of(made, played, HandMade(120, days=400, held=(7, 9)))

    assert "Not all of it: 2 of 120 districts are not completely synced or too old." in page.text
    districts = [row[0] for row in page.rows if row[0].startswith("District ")]
    assert districts[:2] == ["District 7", "District 9"]
    assert "held: students: of 400, 390 would go and 3 would change" in page.row("District 7")[7]
    assert "118 districts with nothing to warn of" in page.text
    own = {each["series"] for each in page.values("Students")}
    assert own == {f"District {number}" for number in range(6)}
    for title, table in _LINES.items():
        others = page.values(f"{title} of the others, together")
        active = "true" if table == "enrollments" else "record_status = 'active'"
        [(count,)] = made.query(
            f"select count(*) from roster.{table} where {active} and district_id >= 'd006'"
        )
        assert {each["series"] for each in others} == {"the other 114 districts together"}
        assert others[-1]["count"] == count
        assert len({each["day"] for each in others}) <= 367


def test_a_file_elsewhere(played: Installation, tmp_path: Path) -> None:
    ended = played.run("report", "--out", str(tmp_path / "new" / "page.html"))

    assert ended.returncode == 0, ended.stderr
    assert "can it be trusted today?" in (tmp_path / "new" / "page.html").read_text()


def test_the_published_file_stays_as_it_is(played: Installation) -> None:
    file = played.home / "rollbook.duckdb"
    before = file.stat().st_mtime_ns, file.read_bytes()

    assert played.run("report").returncode == 0
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before


@contextmanager
def _open_for_writing(file: Path) -> Iterator[None]:
    with duckdb.connect(str(file)):
        yield


def test_what_cannot_be_reported_is_one_line(
    made: Installation, played: Installation, tmp_path: Path
) -> None:
    def line(*arguments: str) -> tuple[int, str]:
        ended = made.run("report", *arguments)
        assert ended.stdout == "" and ended.stderr.count("\n") == 1
        return ended.returncode, ended.stderr

    code, told = line()
    assert code == 2 and "Nothing has been published" in told and "`rollbook sync`" in told
    assert not made.home.exists()

    made.home.mkdir()
    file = made.home / "rollbook.duckdb"
    file.write_bytes(b"no database at all")
    code, told = line()
    assert code == 1 and "cannot be read" in told
    file.unlink()
    with _open_for_writing(file):
        code, told = line()
    assert code == 1 and "open for writing" in told
    code, told = line()
    assert code == 1 and "another version of Rollbook" in told

    shutil.copyfile(played.home / "rollbook.duckdb", made.home / "new")
    (made.home / "new").replace(file)
    code, told = line("--out", str(tmp_path))
    assert code == 2 and "is a folder" in told and "--out" in told


@pytest.mark.skipif(shutil.which("chromium") is None, reason="there is no browser to draw it")
def test_a_browser_draws_every_chart_without_an_error(played: Installation, page: Page) -> None:
    file = played.home / "reports" / "roster.html"
    drawn = subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom",
         "--virtual-time-budget=8000", "--enable-logging=stderr", file.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    assert drawn.stdout.count('class="marks"') == len(page.charts)
    assert "CONSOLE" not in drawn.stderr
