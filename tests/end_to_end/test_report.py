"""The report: a page for each district and an index after each sync, true, discreet and alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.lib.home import Home
from orchestration.report.discretion import Discretion
from orchestration.report.files import Renewed, file_of, renew_after_publish, renew_pages
from tests.end_to_end.conftest import Installation
from tests.end_to_end.hand_made import HandMade
from tests.end_to_end.personal import OF_PERSONS, of_the_application, of_the_roster
from tests.end_to_end.report_page import Page, read_page

_ALDER, _BIRCH = "63e0a000a1d0000000000001", "63e0a000b1d0000000000001"
_TEN = Discretion(10)


def _folder(installation: Installation) -> Path:
    return installation.home / "reports" / "roster"


@pytest.fixture(scope="module")
def synced(played: Installation) -> Installation:
    """The sample after four days: on the fourth somebody goes. Nobody has asked for a page."""
    ended = played.sync_day(4)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return played


@pytest.fixture(scope="module")
def pages(synced: Installation) -> dict[str, Page]:
    """The pages that the syncs have left, by file name."""
    return {file.name: read_page(file) for file in _folder(synced).iterdir()}


@pytest.fixture
def made(tmp_path: Path) -> Home:
    """A home of its own that has nothing yet."""
    return Home(tmp_path / "home")


def renewed(made: Home, played: Installation, districts: HandMade) -> Renewed:
    """Renew the pages of a file made by hand."""
    made.published.unlink(missing_ok=True)
    districts.write(played.home / "rollbook.duckdb", made.published)
    return renew_pages(made, made.reports / "roster")


def district(made: Home, district_id: str) -> Page:
    return read_page(made.reports / "roster" / file_of(district_id))


# --- what the pages say -------------------------------------------------------------------------


def test_a_sync_leaves_a_page_for_each_district_and_an_index(
    synced: Installation, pages: dict[str, Page]
) -> None:
    names = dict(synced.query("select district_id, name from roster.districts"))

    assert pages.keys() == {"index.html", *(file_of(str(id_)) for id_ in names)}
    assert {*pages["index.html"].links} == pages.keys() - {"index.html"}
    for id_, name in names.items():
        page = pages[file_of(str(id_))]
        assert page.headings[0] == (1, name) and page.links == ["index.html"]


def test_the_ui_links_to_the_index(
    synced: Installation, pages: dict[str, Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(synced.home / "dagster"))
    with dg.DagsterInstance.get() as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey(["published", "rollbook"]))
        assert event and event.asset_materialization
        told = event.asset_materialization.metadata

    assert told["report"].value == (_folder(synced) / "index.html").as_uri()
    assert told["report_trouble"].value == "none"


def test_things_are_counted_as_they_are_and_people_with_discretion(
    synced: Installation, pages: dict[str, Page]
) -> None:
    tables = {"students": _TEN, "enrollments": _TEN, "teachers": _TEN, "sections": Discretion(1)}
    days = 0
    for id_ in (_ALDER, _BIRCH):
        page = pages[file_of(id_)]
        for table, discretion in tables.items():
            course = page.tables.get(f"Active {table}", [])[1:]
            for day, told in course:
                [(count,)] = synced.query(
                    f"select count(*) from roster.{table}_on('{day}') where district_id = '{id_}'"
                )
                assert told == discretion.words(int(str(count))), (table, day)
                days += 1
    assert days >= 8
    assert "Fewer than 10 on 2026-08-" in pages[file_of(_ALDER)].text  # teachers


def test_each_district_stands_with_its_age_counts_and_warnings(
    synced: Installation, pages: dict[str, Page]
) -> None:
    rows = {
        row[0]: row for row in pages["index.html"].tables["The roster: can it be trusted today?"]
    }
    for id_, name in synced.query("select district_id, name from roster.districts"):
        counts = [
            int(str(synced.query(
                f"select count(*) from roster.{table} "
                f"where district_id = '{id_}' and record_status = 'active'"
            )[0][0]))
            for table in ("students", "teachers", "sections")
        ]  # fmt: skip
        [(last,)] = synced.query(
            "select strftime(last_complete_at, '%Y-%m-%d %H:%M') from ops.district_status "
            f"where district_id = '{id_}'"
        )
        told = [last, _TEN.words(counts[0]), _TEN.words(counts[1]), str(counts[2])]
        assert rows[str(name)][3:7] == told
        lines = synced.query(
            "select distinct line from ops.warnings where records is null "
            f"and district_id = '{id_}'"
        )
        page = pages[file_of(str(id_))]
        assert lines and all(str(line) in page.text for (line,) in lines)
        assert all(str(line) in rows[str(name)][7] for (line,) in lines)
    page = pages[file_of(_ALDER)]
    assert "fewer than 10 records of progress happened while Clever did not show" in page.text
    means = dict(synced.query("select warning, means from ops.warning_kinds"))
    table = pages["index.html"].tables["What the warnings mean, and what to do"]
    kinds = {row[0]: row[2] for row in table[1:]}
    assert kinds == {kind: means[kind] for kind in kinds} and "district_stale" in kinds


_NUMBER = re.compile(r"(?<![\d-])(\d[\d,]*)(?![\d-])")


def test_no_number_of_a_few_people_is_told(pages: dict[str, Page]) -> None:
    things = {"Active sections", "Sections by size", "Schools by size"}
    told = {
        (name, title, cell)
        for name, page in pages.items()
        for title, table in page.tables.items()
        if title not in things and name != "index.html" and not title.startswith("What the")
        for row in table[1:]
        if row[0] not in ("sections", "courses", "terms", "schools")
        for cell in row[1:]
    }

    assert len(told) > 10
    assert {cell for *_, cell in told if cell.isdigit() and 0 < int(cell) < 10} == set()
    assert all(int(cell) % 10 == 0 for *_, cell in told if cell.isdigit())


def test_of_grades_and_schools_small_ones_stand_together(
    synced: Installation, pages: dict[str, Page]
) -> None:
    grades = pages[file_of(_ALDER)].numbers("Active students by grade")
    counts = dict(
        synced.query(
            "select grade, count(*) from roster.students where record_status = 'active' "
            f"and district_id = '{_ALDER}' group by 1"
        )
    )
    small = sum(1 for count in counts.values() if int(str(count)) < 10)

    assert small >= 2
    assert f"{small} grades together" in grades
    assert len(grades) == len(counts) - small + 1


# --- what the pages are -------------------------------------------------------------------------


def test_nothing_is_fetched(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert page.fetched == []
        assert {"link", "img", "iframe", "object", "embed", "image"} & {*page.tags} == set()
        assert all(link in pages for link in page.links)


def test_no_address_is_in_the_bytes(synced: Installation) -> None:
    for file in _folder(synced).iterdir():
        found = {*re.findall(r"https?://[^\"' <]*", file.read_text(encoding="utf-8"))}
        assert found <= {"http://www.w3.org/2000/svg"}
        assert "default-src 'none'" in file.read_text(encoding="utf-8")


def test_a_page_can_be_read_without_seeing_it(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.language == "en"
        levels = [level for level, _ in page.headings]
        assert levels.count(1) == 1 and levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all(text.strip() for _, text in page.headings)
        for title, told in page.charts.items():
            assert told.startswith(title) and re.search(r"\d", told)
            assert len(page.tables[title]) > 1, "its numbers stand beside it"
        assert bool(page.charts) == (name != "index.html")


def test_nobody_of_the_sample_is_in_the_bytes(synced: Installation) -> None:
    words = " ".join(
        re.sub(r"<style>.*?</style>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        for file in _folder(synced).iterdir()
    )
    places = " ".join(str(name) for (name,) in synced.query("select name from roster.schools"))
    telling = of_the_roster(synced) | {*of_the_application(OF_PERSONS)} - {"None"}
    # What a page says by itself, of nobody.
    own = {"true", "false"}

    assert len(telling) > 200
    found = {
        text
        for text in telling - own
        if len(text) >= 3 and text not in places and re.search(rf"\b{re.escape(text)}\b", words)
    }
    assert found == set()


def test_names_cannot_be_anything_but_names(made: Home, played: Installation) -> None:
    long = "Very long " * 40
    odd = ("<script>alert(1)</script> & Sons", "مدرسة\u202e Evil", "Twins", "Twins", "</bdi>", long)
    ended = renewed(made, played, HandMade(6, names=odd))

    assert ended.problems == [] and ended.drawn == 6
    for file in ended.index.parent.iterdir():
        raw = file.read_text(encoding="utf-8")
        assert "<script>alert" not in raw and "\u202e" not in raw
    assert district(made, "d000").headings[0] == (1, odd[0])
    assert district(made, "d001").headings[0] == (1, "مدرسة\\u202e Evil")
    assert district(made, "d002").headings[0] == (1, "Twins (d002)")
    assert district(made, "d003").headings[0] == (1, "Twins (d003)")
    assert district(made, "d005").headings[0] == (1, long.strip())


# --- how they stand -----------------------------------------------------------------------------


def test_one_district_without_an_application(made: Home, played: Installation) -> None:
    renewed(made, played, HandMade(1))

    index = read_page(made.reports / "roster" / "index.html")
    assert "Yes: 1 district, complete and fresh, nothing to warn of." in index.text
    assert "There is no application" in index.text
    page = district(made, "d000")
    assert "Yes: complete and fresh, nothing to warn of." in page.text
    assert "There is no record of progress" in page.text


def test_what_is_held_is_told_in_plain_words(made: Home, played: Installation) -> None:
    renewed(made, played, HandMade(12, held=(7, 9)))

    index = read_page(made.reports / "roster" / "index.html")
    assert "Not all of it: 2 of 12 districts are not completely synced or too old." in index.text
    rows = index.tables["The roster: can it be trusted today?"]
    assert [row[0] for row in rows[1:3]] == ["District 7", "District 9"]
    page = district(made, "d007")
    assert "students: of 400, 390 would go and fewer than 10 would change" in page.text
    assert "rollbook sync --district d007 --approve-removals" in page.text


def test_a_district_that_was_never_complete_has_a_page_that_says_so(
    made: Home, played: Installation
) -> None:
    districts = HandMade(2)
    districts.write(played.home / "rollbook.duckdb", made.published)
    with duckdb.connect(str(made.published)) as connection:
        connection.execute(
            "update ops.district_status set status = 'retracted', last_complete_at = null "
            "where district_id = 'd001'"
        )
        connection.execute(
            "update ops.district_status set retired_at = since where district_id = 'd000'"
        )
    renew_pages(made, made.reports / "roster")

    assert "No: the district was never completely synced." in district(made, "d001").text
    assert district(made, "d001").charts == {}
    assert "The district is retired" in district(made, "d000").text
    assert district(made, "d000").charts


# --- what is drawn anew -------------------------------------------------------------------------


def _pictures(file: Path) -> str:
    return file.read_text(encoding="utf-8").partition("<!--drawn of")[2]


def test_a_sync_without_news_draws_nothing_and_still_tells_how_it_stands(
    synced: Installation, tmp_path: Path
) -> None:
    home = Installation(shutil.copytree(synced.home, tmp_path / "home"), synced.sandbox)
    before = {file.name: file.read_text() for file in _folder(home).glob("district-*")}
    assert home.sync_day(4).returncode == 0

    for name, page in before.items():
        file = _folder(home) / name
        assert _pictures(file) == page.partition("<!--drawn of")[2] != ""
        assert _made_at(file.read_text()) > _made_at(page)
    ended = home.run("report")
    assert ended.stdout.endswith(": 0 drawn, 2 as they were, 0 removed\n"), ended.stderr


def _made_at(page: str) -> str:
    found = re.search(r'<time datetime="([^"]*)"', page)
    assert found
    return found[1]


def test_changed_districts_only_are_drawn_anew(made: Home, played: Installation) -> None:
    assert renewed(made, played, HandMade(5)).line == "5 drawn, 0 as they were, 0 removed"
    folder = made.reports / "roster"
    assert renew_pages(made, folder).line == "0 drawn, 5 as they were, 0 removed"

    with duckdb.connect(str(made.published)) as connection:
        connection.execute(
            "update roster.student_history set grade = null "
            "where student_id = (select min(student_id) from roster.student_history "
            "where district_id = 'd003')"
        )
    before = {file.name: _pictures(file) for file in folder.iterdir()}
    assert renew_pages(made, folder).line == "1 drawn, 4 as they were, 0 removed"
    changed = {file.name for file in folder.iterdir() if _pictures(file) != before[file.name]}
    assert changed == {"district-d003.html"}


def test_another_limit_draws_all_anew(
    made: Home, played: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed(made, played, HandMade(2))
    monkeypatch.setenv("ROLLBOOK_REPORT_SMALLEST_COUNT", "1")
    assert renew_pages(made, made.reports / "roster").drawn == 2

    page = district(made, "d000")
    [(students,)] = _asked(made, "select count(*) from roster.students where district_id = 'd000' "
                           "and record_status = 'active'")  # fmt: skip
    assert page.tables["Active students"][1][1] == str(students)
    assert "fewer than" not in page.text


def _asked(made: Home, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(made.published), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_page_of_a_district_that_is_gone_goes_and_nobody_elses(
    made: Home, played: Installation
) -> None:
    renewed(made, played, HandMade(3))
    folder = made.reports / "roster"
    (folder / "district-notes.html").write_text("<!doctype html>mine")
    (folder / "notes.txt").write_text("mine")

    assert renewed(made, played, HandMade(2)).removed == 1
    assert {file.name for file in folder.iterdir()} == {
        "index.html", "district-d000.html", "district-d001.html", "district-notes.html",
        "notes.txt",
    }  # fmt: skip


# --- what goes wrong ----------------------------------------------------------------------------


def test_a_foreign_file_stays_and_the_sync_says_so(synced: Installation, tmp_path: Path) -> None:
    home = Installation(shutil.copytree(synced.home, tmp_path / "home"), synced.sandbox)
    foreign = _folder(home) / file_of(_ALDER)
    foreign.write_text("my notes")

    ended = home.sync_day(4)
    assert ended.returncode == 0
    assert "The report is not whole" in ended.stderr and str(foreign) in ended.stderr
    assert foreign.read_text() == "my notes"
    assert "The report is not whole" in home.run("status").stdout
    told = home.run("report")
    assert told.returncode == 1 and str(foreign) in told.stderr

    foreign.unlink()
    assert home.sync_day(4).stderr == ""
    assert read_page(foreign).charts
    assert "not whole" not in home.run("status").stdout


def test_a_page_that_cannot_be_drawn_still_says_how_the_district_stands(
    made: Home, played: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    HandMade(2).write(played.home / "rollbook.duckdb", made.published)
    made.prepare()
    with monkeypatch.context() as broken:
        broken.setattr("orchestration.report.section.svg", lambda *_: 1 / 0)
        ended = renew_after_publish(made)

    assert ended.trouble and "district d000 could not be drawn (ZeroDivisionError)" in ended.trouble
    page = read_page(made.reports / "roster" / "district-d000.html")
    assert "Yes: complete and fresh" in page.text and "could not be drawn" in page.text
    again = renew_after_publish(made)
    assert (again.drawn, again.trouble) == (2, None)


def test_whatever_goes_wrong_with_all_pages_is_told_and_not_raised(made: Home) -> None:
    made.root.mkdir()
    made.published.write_bytes(b"no database at all")

    assert "cannot be read" in str(renew_after_publish(made).trouble)


def test_a_folder_elsewhere(synced: Installation, tmp_path: Path) -> None:
    ended = synced.run("report", "--out", str(tmp_path / "new"), "--no-open")

    assert ended.returncode == 0, ended.stderr
    assert {file.name for file in (tmp_path / "new").iterdir()} == {
        file.name for file in _folder(synced).iterdir()
    }


def test_the_published_file_stays_as_it_is(synced: Installation) -> None:
    file = synced.home / "rollbook.duckdb"
    before = file.stat().st_mtime_ns, file.read_bytes()

    assert synced.run("report").returncode == 0
    assert (file.stat().st_mtime_ns, file.read_bytes()) == before


@contextmanager
def _open_for_writing(file: Path) -> Iterator[None]:
    with duckdb.connect(str(file)):
        yield


def test_what_cannot_be_reported_is_one_line(synced: Installation, tmp_path: Path) -> None:
    made = Installation(tmp_path / "home", synced.sandbox)

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

    shutil.copyfile(synced.home / "rollbook.duckdb", made.home / "new")
    (made.home / "new").replace(file)
    code, told = line("--out", str(file))
    assert code == 2 and "is no folder" in told and "--out" in told
    assert file.stat().st_size > 100_000


# --- in a browser -------------------------------------------------------------------------------

_CHROMIUM = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu"]
_needs_chromium = pytest.mark.skipif(
    shutil.which("chromium") is None, reason="there is no browser (chromium) to show it"
)
#: Pages in frames as wide as a telephone and as a screen, and by how much each is too wide.
_FRAMES = """<!doctype html><body>{frames}<pre></pre><script>
onload = () => document.querySelector("pre").textContent = [...document.querySelectorAll("iframe")]
  .map(frame => frame.contentDocument.documentElement)
  .map(page => page.scrollWidth - page.clientWidth).join(" ")
</script>"""


@_needs_chromium
def test_a_browser_shows_every_page_without_an_error_and_nothing_too_wide(
    synced: Installation, tmp_path: Path, made: Home, played: Installation
) -> None:
    renewed(made, played, HandMade(2, names=("W" * 300, "مدرسة"), held=(0,)))
    files = [*_folder(synced).iterdir(), *(made.reports / "roster").iterdir()]
    frames = "".join(
        f'<iframe src="{file.as_uri()}" width="{width}" height="600"></iframe>'
        for file in files
        for width in (360, 1280)
    )
    whole = tmp_path / "frames.html"
    whole.write_text(_FRAMES.format(frames=frames))
    shown = subprocess.run(
        [*_CHROMIUM, "--dump-dom", "--allow-file-access-from-files", "--enable-logging=stderr",
         whole.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    found = re.search(r"<pre>([\d -]+)</pre>", shown.stdout)
    assert found and len(found[1].split()) == 2 * len(files)
    assert {int(width) for width in found[1].split()} == {0}
    assert "CONSOLE" not in shown.stderr


@_needs_chromium
def test_a_page_prints(synced: Installation, tmp_path: Path) -> None:
    printed = tmp_path / "page.pdf"
    file = _folder(synced) / file_of(_ALDER)
    subprocess.run(
        [*_CHROMIUM, f"--print-to-pdf={printed}", file.as_uri()],
        capture_output=True, check=True, timeout=120,
    )  # fmt: skip

    assert printed.read_bytes().startswith(b"%PDF") and printed.stat().st_size > 20_000
