"""The first days through the real command: what holds, what is written, what is never touched."""

import json
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import msgspec
import pytest

from dlt_sources.certification.catalogue import FOLDER, Fact, cases
from dlt_sources.certification.ids import PLACES, clever_id
from dlt_sources.sandbox.dataset import Dataset
from expectations.certification.asking import ask, last_day_of
from expectations.certification.judging import TABLES, judge
from expectations.certification.whole_roster import differences
from orchestration.certification.questions import questionnaire
from orchestration.certification.results import RESULTS, read_results
from tests.certification.conftest import LAST_DAY, Certified


def test_every_case_of_the_first_days_holds(certified: Certified) -> None:
    verdicts = read_results(certified.reports / RESULTS)
    outcomes = {verdict.case: verdict.outcome for verdict in verdicts}

    assert certified.code == 0, certified.printed
    assert [case for case, outcome in outcomes.items() if outcome == "fails"] == []
    assert sum(outcome == "holds" for outcome in outcomes.values()) >= 100


def test_every_fact_of_the_first_days_is_asked(certified: Certified) -> None:
    findings = ask(certified.evidence, cases())
    asked = {finding.case for finding in findings}

    for case in cases():
        if any(last_day_of(case, fact) <= LAST_DAY for fact in case.facts):
            assert case.id in asked


@pytest.mark.parametrize("place", PLACES)
def test_the_whole_roster_is_what_clever_showed(certified: Certified, place: str) -> None:
    assert differences(certified.evidence, clever_id(f"{place} district 1".strip())) == []


def test_the_live_home_is_not_touched(certified: Certified) -> None:
    assert {file.name for file in certified.home.iterdir()} == {"reports"}


def test_a_case_that_does_not_hold_tells_what_was_expected_and_found(
    certified: Certified, tmp_path: Path
) -> None:
    wrong = Fact("enrollments", "student 300601", ["section 601"], day=3)
    [case] = [case for case in cases() if case.id == "F1"]
    case = msgspec.structs.replace(case, facts=(*case.facts, wrong))

    [verdict] = judge([case], ask(certified.evidence, [case]), tmp_path / "docs")

    assert verdict.outcome == "fails"
    assert [(each.expected, each.found) for each in verdict.wrong] == [
        ("section 601", "section 602")
    ]


def test_a_case_of_a_later_day_waits(certified: Certified) -> None:
    verdicts = {verdict.case: verdict for verdict in read_results(certified.reports / RESULTS)}

    assert verdicts["F59"].outcome == "waits"
    assert verdicts["F59"].needs == "days that were not replayed"


def test_a_roster_that_lost_a_row_is_not_what_clever_showed(
    certified: Certified, tmp_path: Path
) -> None:
    spoiled = type(certified.evidence)(tmp_path)
    (tmp_path / "days").mkdir()
    for day in certified.evidence.days():
        spoiled.published(day).write_bytes(certified.evidence.published(day).read_bytes())
    with duckdb.connect(str(spoiled.published(LAST_DAY))) as roster:
        roster.execute(
            "delete from roster.enrollment_history where student_id = ?",
            [clever_id("student 300601")],
        )

    found = differences(spoiled, clever_id("district 1"))

    assert "day 0 in roster 3, enrollments: 1 missing, 0 too many" in found


class _Page(HTMLParser):
    """Counts the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.tags[tag] = self.tags.get(tag, 0) + 1


def test_the_report_has_every_case_every_question_and_the_pictures(certified: Certified) -> None:
    html = (certified.reports / "report.html").read_text()
    markdown = (certified.reports / "report.md").read_text()
    page = _Page()
    page.feed(html)

    assert all(f'<tr id="{case.id}">' in html for case in cases())
    assert all(f"| {case.id} | {case.title}" in markdown for case in cases())
    assert page.tags["svg"] == 1 + len(questionnaire().stories)
    assert "How are students and teachers associated?" in markdown
    assert "src=" not in html, "the page needs nothing but itself"


def test_the_report_says_which_answers_are_choices(certified: Certified) -> None:
    markdown = (certified.reports / "report.md").read_text()

    assert "*choice* Nothing is synced at login." in markdown
    assert "*run* Configured and used in every request of the run: v3.1." in markdown


def test_data_docs_have_a_page_for_every_table(certified: Certified) -> None:
    docs = certified.reports / "data_docs"

    assert (docs / "index.html").is_file()
    pages = {page.stem for page in (docs / "expectations").glob("*.html")}
    assert pages == {f"certification_{table}" for table in TABLES}
    assert all(page in (docs / "index.html").read_text() for page in pages)


def test_data_docs_load_nothing_from_elsewhere(certified: Certified) -> None:
    for page in (certified.reports / "data_docs").rglob("*.html"):
        text = page.read_text()
        assert "<script" not in text
        assert "url('http" not in text
        assert '<link rel="stylesheet" href="http' not in text


def test_results_and_data_docs_show_no_person(certified: Certified) -> None:
    users = Dataset.open(FOLDER).as_of(0).districts[clever_id("district 1")]["users"]
    people = [json.loads(users.raw(place)) for place in range(len(users))]
    emails = {person["email"] for person in people if len(person.get("email") or "") > 12}
    files = [certified.reports / RESULTS, *(certified.reports / "data_docs").rglob("*.html")]

    for file in files:
        text = file.read_text()
        assert not [email for email in emails if email in text], file
