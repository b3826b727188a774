"""`rollbook matches`: what is shown of open cases, to whom, and what is refused at once."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from dlt_sources.errors import ConfigurationError, RollbookError
from orchestration.cli import app
from orchestration.lib.home import Home
from orchestration.review.cases import read_review
from orchestration.review.deciding import outcome_of
from orchestration.review.page import Charts, write_page

#: In every column that tells of a person or place there is a word of it.
PERSONAL = "Secret"

_PUBLISHED = """
create schema matching; create schema intermediate; create schema roster;
create table matching.account_status(
    account_id varchar, status varchar, reason varchar, user_id varchar, district_id varchar,
    role varchar, candidates bigint
);
insert into matching.account_status values
    ('a-matched', 'matched', 'by email', 'u-0', 'd', 'student', 0),
    ('a-wrong', 'matched', 'by email; matched, and contradicted since', 'u-9', 'd', 'student', 1),
    ('a-open', 'review', 'several candidates', null, 'd', 'student', 2),
    ('a-shared', 'review', 'shared by many', null, 'd', null, 0),
    ('a-likely', 'review', 'suggested', null, 'd', 'teacher', 1),
    ('a-nobody', 'no candidate', 'nobody in its district has what it has', null, 'd', null, 0),
    ('a-gone', 'withdrawn', 'the application has it no more', null, 'd', null, 0);
create table matching.match_review as select * from (values
    ('a-open', 'u-1', 'several candidates', ['name_birthday'], null, cast(0.61 as double), 1),
    ('a-open', 'u-2', 'several candidates', ['name_birthday'], ['school'], 0.02, 2),
    ('a-shared', null, 'shared by many', ['email'], ['shared_by_many'], null, 1),
    ('a-likely', 'u-3', 'suggested', ['last_name'], [], 0.97, 1),
    ('a-wrong', 'u-9', 'matched, and contradicted since', ['email'], ['dob'], null, 1)
) as rows(account_id, user_id, reason, agreed, contradicted, probability, rank);
create table intermediate.contradicted_matches as select 'a-wrong' as account_id;
create table matching.account_matches as select * from (values
    ('a-matched', 'email'), ('a-wrong', 'email')
) as rows(account_id, rule);
create table matching.match_suggestions as select 'a-likely' as account_id;
create table matching.match_decisions as select * from (values
    ('1', 'account', 'a-open', 'u-1', 'accept', 'Secret author', 'Secret words',
     timestamp '2026-08-17 02:00', 'no such account is known', true, 0, 1),
    ('2', 'account', 'a-old', 'u-2', 'accept', 'Secret author', 'Secret words',
     timestamp '2026-08-17 02:00', 'no such account is known', false, 0, 2),
    ('3', 'account', 'a-old', 'u-2', 'withdraw', 'Secret author', 'Secret words',
     timestamp '2026-08-18 02:00', 'no such account is known', true, 0, 3),
    ('4', 'account', 'a-matched', 'u-0', 'accept', 'Secret author', 'Secret words',
     timestamp '2026-08-18 02:00', null, true, 0, 4)
) as rows(decision_id, object, account_id, user_id, decision, author, reason, decided_at, problem,
    is_last, load_id, news_id);
create table matching.district_matches as select 'c-1' as crm_id;
create table matching.district_review as
select 'c-2' as crm_id, cast(null as varchar) as district_id, 'no candidate' as reason,
    cast(null as varchar[]) as agreed, cast(null as varchar[]) as contradicted;
create table matching.school_matches as select 'c-1' as crm_id limit 0;
create table matching.school_review as
select 'c-3' as crm_id, 's-1' as school_id, 'contradicted' as reason, ['name'] as agreed,
    ['state'] as contradicted;
create table intermediate.matchable_accounts as select account_id, {account}
from matching.account_status;
create table intermediate.matchable_users as select user_id, {user}
from matching.match_review where user_id is not null
union all select 'u-1', {user};
create table intermediate.crm_records as select *, {place}
from (values ('district', 'c-2'), ('school', 'c-3')) as rows(object, crm_id);
create table roster.districts as
select 'd' as district_id, 'Secret name' as name, 'Secret nces' as nces_id,
    'Secret mdr' as mdr_number;
create table roster.schools as
select 's-1' as school_id, {school};
"""
_PERSON = ("first_name", "middle_name", "last_name", "suffix", "email", "username", "sis_id",
           "student_number", "state_id", "teacher_number", "grade", "dob", "school_ref",
           "school_id", "preferred_first_name", "district_username", "staff_id")  # fmt: skip
_PLACE = ("name", "city", "state", "nces_id", "mdr_number", "state_id", "school_number")


def _secrets(*columns: str) -> str:
    return ", ".join(f"'{PERSONAL} {column}' as {column}" for column in columns)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose published file has a case of each kind."""
    made = Home(tmp_path / "home")
    made.root.mkdir()
    school = (*_PLACE[:1], "location_city", "location_state", *_PLACE[3:])
    with duckdb.connect(str(made.published)) as connection:
        connection.execute(
            _PUBLISHED.format(
                account=_secrets(*_PERSON),
                user=_secrets(*_PERSON),
                place=_secrets(*_PLACE),
                school=_secrets(*school),
            )
        )
    monkeypatch.setenv("ROLLBOOK_HOME", str(made.root))
    return made


def run(*arguments: str) -> str:
    """What a command shows on its output; its errors are raised."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["matches", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_counts_come_first_and_the_most_urgent_case_before_all_others(home: Home) -> None:
    lines = run().splitlines()

    assert lines[0].startswith(
        "Accounts: 2 matched, 3 review, 1 no candidate, 1 withdrawn; 1 match"
    )
    assert "1 decision has a problem" in lines[0]
    assert "Districts of the customer list: 1 matched, 1 open." in lines
    cases = [
        line.split(":")[0] for line in lines if line.startswith(("account ", "school ", "dist"))
    ]
    assert cases == [
        "account a-wrong", "account a-likely", "account a-open", "account a-shared", "school c-3",
        "account a-nobody", "district c-2",
    ]  # fmt: skip


def test_a_candidate_is_told_with_its_evidence(home: Home) -> None:
    lines = [line.strip() for line in run("list").splitlines()]

    assert "u-2: several candidates; 2.0%; agrees: name_birthday; contradicts: school" in lines
    assert "no ID: shared by many; agrees: email; contradicts: shared_by_many" in lines
    assert "u-3: suggested; 97.0%; agrees: last_name" in lines
    assert "decision 1, accept a-open u-1: no such account is known" in lines


def test_a_decision_that_was_withdrawn_is_no_problem_any_more(home: Home) -> None:
    review = read_review(home)

    assert review
    assert [each.decision_id for each in review.problems] == ["1"]
    assert review.counts["match_decisions"] == {"decisions": 4, "with a problem": 1}


@pytest.mark.parametrize(
    ("number", "problem"), [(1, "no such account is known"), (3, None), (5, "no such account")]
)
def test_a_withdrawal_of_what_was_decided_on_nobody_is_no_problem(
    home: Home, number: int, problem: str | None
) -> None:
    with duckdb.connect(str(home.published)) as connection:
        connection.execute(
            "insert into matching.match_decisions by name select '5' as decision_id, 'x' as "
            "account_id, 'y' as user_id, 'withdraw' as decision, 'no such account' as problem"
        )
        connection.execute("alter table matching.match_decisions add column is_standing boolean")

    assert outcome_of(home, number).problem == problem


def test_programs_get_one_document(home: Home) -> None:
    told = json.loads(run("--json"))

    assert told.keys() == {"counts", "cases", "problems"}
    assert told == json.loads(run("list", "--json"))
    by_id = {case["id"]: case for case in told["cases"]}
    assert by_id["a-open"] == {
        "object": "account", "id": "a-open", "status": "review", "reason": "several candidates",
        "district_id": "d", "role": "student",
        "candidates": [
            {"clever_id": "u-1", "reason": "several candidates", "agreed": ["name_birthday"],
             "contradicted": [], "probability": 0.61},
            {"clever_id": "u-2", "reason": "several candidates", "agreed": ["name_birthday"],
             "contradicted": ["school"], "probability": 0.02},
        ],
    }  # fmt: skip
    assert "a-gone" not in by_id and "a-matched" not in by_id
    assert told["problems"][0].keys() == {
        "decision_id", "object", "account_id", "clever_id", "decision", "decided_at", "problem",
    }  # fmt: skip


@pytest.mark.parametrize("command", [(), ("list",), ("--json",), ("list", "--json")])
def test_names_are_shown_only_when_asked_for(home: Home, command: tuple[str, ...]) -> None:
    assert PERSONAL not in run(*command)

    named = run(*command, "--names")

    for column in ("first_name", "email", "dob", "student_number", "author", "words"):
        assert f"{PERSONAL} {column}" in named, column


def test_a_file_of_names_is_its_owners_alone(home: Home, tmp_path: Path) -> None:
    page = home.reports / "matching" / "report.html"
    assert run("report") == f"Wrote {page}\n"
    assert PERSONAL not in page.read_text()

    run("report", "--names")

    assert f"{PERSONAL} first_name" in page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    run("report", "--names", "--out", str(tmp_path / "elsewhere" / "page.html"))
    assert (tmp_path / "elsewhere" / "page.html").read_text() == page.read_text()


class _Page(HTMLParser):
    """The tags of a page, what its text says, and every address it names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def test_the_page_has_every_case_and_needs_no_network(home: Home) -> None:
    run("report")
    text = (home.reports / "matching" / "report.html").read_text()
    page = _Page(text)

    assert page.addresses == []
    assert "script" not in page.tags
    assert page.ids == ["account-a-wrong", "account-a-likely", "account-a-open",
                        "account-a-shared", "school-c-3"]  # fmt: skip
    assert "61.0 %" in text and "not scored" in text
    for alone in ("a-nobody", "c-2"):
        assert f"<code>{alone}</code>" in text


def test_a_chart_is_drawn_by_the_pages_own_scripts(home: Home, tmp_path: Path) -> None:
    review = read_review(home)
    assert review
    charts = Charts({"a-open": {"title": "</script><b>"}}, "<script>var vegaEmbed;</script>")

    write_page(tmp_path / "page.html", review, names=False, most=9, charts=charts)

    text = (tmp_path / "page.html").read_text()
    page = _Page(text)
    assert page.addresses == []
    assert page.tags.count("details") == 1
    assert "</script><b>" not in text
    assert "b" not in page.tags


def test_what_data_says_steers_neither_a_terminal_nor_a_page(home: Home) -> None:
    evil = "\x1b[31m<script>alert(1)</script>"
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("update matching.account_status set account_id = ? "
                           "where account_id = 'a-nobody'", [evil])  # fmt: skip

    listed = run()
    run("report")

    assert "\x1b" not in listed and "\\x1b[31m<script>" in listed
    page = (home.reports / "matching" / "report.html").read_text()
    assert "script" not in _Page(page).tags


def test_so_many_cases_are_shown_and_the_rest_is_told(home: Home) -> None:
    assert "and 5 more" in run("--limit", "2")
    run("report", "--limit", "2")

    assert "5 more cases" in (home.reports / "matching" / "report.html").read_text()


def test_before_anything_is_published_nothing_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path))

    assert "run `rollbook sync`" in run()
    assert json.loads(run("--json")) == {"counts": {}, "cases": [], "problems": []}
    with pytest.raises(ConfigurationError, match="run `rollbook sync`"):
        run("report")
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_version_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path))
    with duckdb.connect(str(tmp_path / "rollbook.duckdb")) as connection:
        connection.execute("create table other as select 1")

    with pytest.raises(RollbookError, match="another version of Rollbook"):
        run()


def test_a_page_that_cannot_be_written_says_where_to(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="--out"):
        run("report", "--out", str(tmp_path / "file" / "page.html"))
    for folder in (str(tmp_path), ".", "/"):
        with pytest.raises(ConfigurationError, match="is a folder; name a file in it"):
            run("report", "--out", folder)


def test_only_a_page_is_replaced(home: Home, tmp_path: Path) -> None:
    """What was named by mistake may be the roster, the log or a device."""
    roster = home.published.read_bytes()
    link, pipe, page = (tmp_path / name for name in ("link", "pipe", "page.html"))
    link.symlink_to(home.published)
    os.mkfifo(pipe)
    for there in (home.published, link, pipe):
        with pytest.raises(ConfigurationError, match="is no page that may be replaced"):
            run("report", "--out", str(there))
    assert home.published.read_bytes() == roster and link.is_symlink() and pipe.is_fifo()

    for _ in range(2):
        run("report", "--out", str(page))
    assert page.read_text().startswith("<!doctype html>")


_HOLD = """
import sys, duckdb
with duckdb.connect(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_page_written_while_a_run_has_the_files_has_no_charts_and_says_so(home: Home) -> None:
    with duckdb.connect(str(home.warehouse)):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home.build)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        result = CliRunner().invoke(app, ["matches", "report"])
        holder.kill()

    assert result.exit_code == 0, result.output
    assert "A run is under way; the page has no charts" in result.stderr
    page = _Page((home.reports / "matching" / "report.html").read_text())
    assert "account-a-likely" in page.ids and "script" not in page.tags


REASON = ("--reason", "asked the school")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a-1", "u-1", *REASON), "No decision given; give exactly one of --accept, --reject"),
        (("a-1", "u-1", "--accept", "--reject", *REASON), "--accept and --reject given; give"),
        (("a-1", "u-1", "--accept", "--withdraw", *REASON), "--accept and --withdraw given"),
        (("a-1", "u-1", "--accept", "--reason", " "), "--reason is empty; say why"),
        (("", "u-1", "--accept", *REASON), "ACCOUNT is empty; give an ID"),
        (("a-1", "  ", "--accept", *REASON), "CLEVER_ID is empty; give an ID"),
        (("a\t1", "u-1", "--accept", *REASON), "ACCOUNT holds a control character"),
        (("a-1", "u-1\x00", "--accept", *REASON), "CLEVER_ID holds a control character"),
        (("a-1", "u-1", "--accept", "--reason", "a\nb"), "--reason holds a control character"),
        (("a-1", "u-1", "--accept", "--reason", "\udcff"), "--reason is no text in this"),
        (("a-1", "u-1", "--accept", *REASON), "holds no log yet; run `rollbook sync` first"),
    ],
)
def test_what_cannot_be_a_decision_is_refused_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path / "home"))

    with pytest.raises(ConfigurationError) as raised:
        run("decide", *arguments)

    assert told in str(raised.value)
    assert raised.value.exit_code == 2
    assert not (tmp_path / "home").exists()


def test_options_belong_behind_the_subcommand(home: Home) -> None:
    with pytest.raises(ConfigurationError, match="Write options after `report`"):
        run("--names", "report")
