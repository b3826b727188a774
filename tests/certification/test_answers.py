"""An answer of the report holds only if a case shows it that would fail were it otherwise."""

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlt_sources.certification.catalogue import Case, cases
from expectations.certification.asking import ask, facts_of, failing_without, last_day_of
from expectations.certification.judging import judge
from expectations.certification.verdicts import Outcome, Verdict
from expectations.certification.without import without
from orchestration.certification import report
from orchestration.certification.proofs import proofs, standing
from orchestration.certification.questions import Asked, Requirement, questionnaire
from tests.certification.conftest import LAST_DAY, Certified

_LACKS = st.sampled_from(["matching", "history"])
_CASES = st.sampled_from(["A1", "B2", "C3"])
_OUTCOMES = st.sampled_from(["holds", "fails", "waits"])


def _verdicts(outcomes: Mapping[str, Outcome]) -> dict[str, Verdict]:
    return {case: Verdict(case, outcome, 1) for case, outcome in outcomes.items()}


_HOLD = _verdicts({"A1": "holds", "B2": "holds"})


def test_an_answer_without_a_case_never_holds() -> None:
    only_said = Asked(figures=("keys",), choices=("access",), without=("matching",))

    assert standing(only_said, {}, {"matching": {"A1"}}) == "stated, not shown"


def test_cases_that_hold_without_it_too_show_nothing() -> None:
    asked = Asked(cases=("A1", "B2"), without=("matching",))

    assert standing(asked, _HOLD, {"matching": ()}) == "stated, not shown"
    assert standing(asked, _HOLD, {"matching": {"B2"}}) == "holds"


def test_cases_of_which_nobody_says_what_they_show_show_nothing() -> None:
    assert standing(Asked(cases=("A1",)), _HOLD, {"matching": {"A1"}}) == "stated, not shown"


def test_each_half_of_an_answer_needs_a_case_of_its_own() -> None:
    asked = Asked(cases=("A1", "B2"), without=("archiving", "restoring"))

    assert standing(asked, _HOLD, {"archiving": {"A1"}, "restoring": ()}) == "stated, not shown"
    assert standing(asked, _HOLD, {"archiving": {"A1"}, "restoring": {"A1"}}) == "holds"


@given(
    named=st.lists(_CASES, unique=True),
    lacks=st.lists(_LACKS, unique=True),
    outcomes=st.fixed_dictionaries(dict.fromkeys(["A1", "B2", "C3"], _OUTCOMES)),
    proved=st.dictionaries(_LACKS, st.sets(_CASES)),
)
def test_what_holds_is_always_shown(
    named: list[str],
    lacks: list[str],
    outcomes: dict[str, Outcome],
    proved: Mapping[str, Collection[str]],
) -> None:
    asked = Asked(cases=tuple(named), without=tuple(lacks))

    stands = standing(asked, _verdicts(outcomes), proved)

    if stands == "holds":
        assert named and lacks
        assert {outcomes[case] for case in named} == {"holds"}
        assert all(set(named) & set(proved.get(lack, ())) for lack in lacks)
    assert (stands == "fails") == ("fails" in {outcomes[case] for case in named})


def test_a_lack_leaves_the_rows_of_its_condition_and_other_relations_alone() -> None:
    query = "select 1 from roster.a as a join roster.ab using (id) anti join ops.a using (id)"

    asked = without(query, {"roster.a": "n = (select min(n) from {})"})

    assert asked == (
        "select 1 from (select * from roster.a where n = (select min(n) from roster.a)) as a "
        "join roster.ab using (id) anti join ops.a using (id)"
    )


def test_every_lack_can_be_asked_of_what_is_published(certified: Certified) -> None:
    with certified.evidence.rosters() as roster:
        for lack in questionnaire().lacks.values():
            for relation in lack:
                # A relation or column that there is not is an error.
                assert roster.execute(without(f"select count(*) from {relation}", lack)).fetchone()


def _played(case: Case) -> bool:
    return bool(facts_of(case)) and all(
        last_day_of(case, fact) <= LAST_DAY for fact in facts_of(case)
    )


def test_every_case_of_matching_fails_in_a_roster_without_matches(certified: Certified) -> None:
    played = [case for case in cases() if case.table == "M" and _played(case)]

    with certified.evidence.rosters() as rosters:
        lack = questionnaire().lacks["matching"]
        failing = failing_without(certified.evidence, rosters, played, lack)

    assert len(played) >= 25
    assert failing == {case.id for case in played}


def test_a_roster_that_lacks_nothing_fails_no_case(certified: Certified) -> None:
    played = [case for case in cases() if _played(case)]

    with certified.evidence.rosters() as rosters:
        assert failing_without(certified.evidence, rosters, played, {}) == set()


def test_the_cases_of_the_first_days_are_evidence(certified: Certified) -> None:
    """Of each answer all of whose cases were played; of the others the replay to the end tells."""
    asked, by_id = questionnaire(), {case.id: case for case in cases()}
    proved = proofs(asked, certified.evidence, cases())

    for each in asked.asked:
        if each.cases and all(_played(by_id[name]) for name in each.cases):
            found = {name for lack in each.without for name in proved[lack]}
            assert found.intersection(each.cases), each


def _told(certified: Certified, folder: Path) -> str:
    verdicts = judge(cases(), ask(certified.evidence, cases()), folder / "docs")
    _, markdown = report.write_report(folder, certified.evidence, cases(), verdicts)
    return markdown.read_text()


def test_the_report_says_of_what_is_only_stated_that_it_is(
    certified: Certified, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = questionnaire()
    without_cases = Requirement(title="Said in a sentence", choices=("progress",))
    not_about_it = Requirement(title="Shown by another", cases=("A8",), without=("matching",))
    shown = Requirement(title="Shown by its own", cases=("M3",), without=("matching",))
    asked = msgspec.structs.replace(
        ours, requirements=(without_cases, not_about_it, shown), questions=ours.questions[:1]
    )

    monkeypatch.setattr(report, "questionnaire", lambda: asked)
    markdown = _told(certified, tmp_path)

    assert "### Said in a sentence: stated, not shown" in markdown
    assert "### Shown by another: stated, not shown" in markdown
    assert "*No evidence: it would hold without, too.*" in markdown
    assert "### Shown by its own: holds" in markdown


def test_every_requirement_and_question_tells_how_it_stands(certified: Certified) -> None:
    markdown = (certified.reports / "report.md").read_text()
    html = (certified.reports / "report.html").read_text()

    assert "### A strategy for matching existing users: " in markdown
    assert "Which version of Clever's API is used? (stated, not shown)" in markdown
    assert "How are schools matched with those that existed before? (holds)" in markdown
    for each in questionnaire().questions:
        if not each.cases:
            assert f"{each.ask} (stated, not shown)" in markdown
    assert '<span class="stated">stated, not shown</span> Which version' in html


def test_the_report_answers_on_matching_from_the_run(certified: Certified) -> None:
    markdown = (certified.reports / "report.md").read_text()

    assert "accounts of the application: matched" in markdown
    assert "schools in the application's list 5 are matched" in markdown
    assert "By Clever ID. An account that existed before" not in markdown


def test_no_answer_of_matching_is_a_choice() -> None:
    asked = [each for each in questionnaire().asked if "matching" in each.without]

    assert len(asked) >= 5
    assert not [each for each in asked if each.choices]


def test_every_lack_is_of_an_answer_and_every_answer_with_cases_says_what_it_is_about() -> None:
    asked = questionnaire()

    assert {name for each in asked.asked for name in each.without} == set(asked.lacks)
    assert all(bool(each.cases) == bool(each.without) for each in asked.asked)
