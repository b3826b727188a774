"""The catalogue is complete, and nothing refers to what is not there."""

from pathlib import Path

import pytest

from dlt_sources.certification.acts import ACTS
from dlt_sources.certification.catalogue import LAST_DAY, Case, cases, read_cases
from dlt_sources.certification.ids import clever_id, is_name, short_name
from dlt_sources.errors import ConfigurationError
from expectations.certification.asking import day_of_fact, facts_of, unknown_checks
from expectations.certification.checks import CHECKS
from expectations.certification.judging import TABLES
from expectations.certification.replayed import EVIDENCE_CHECKS
from orchestration.certification.figures import FIGURES
from orchestration.certification.questions import choices, questionnaire

_NUMBERED = {
    *(f"A{number}" for number in (3, 4, 8, 9, 18, 26, 31)),
    *(f"F{number}" for number in range(1, 61)),
}


def _ids() -> set[str]:
    return {case.id for case in cases()}


def test_every_case_known_by_its_number_is_there() -> None:
    assert _ids() >= _NUMBERED


@pytest.mark.parametrize(
    ("table", "least"),
    [("A", 8), ("B", 31), ("C", 29), ("D", 30), ("F", 60), ("M", 38), ("L", 5), ("P", 2)],
)
def test_every_table_is_there(table: str, least: int) -> None:
    assert sum(case.table == table for case in cases()) >= least


def test_every_case_belongs_to_a_suite() -> None:
    assert {case.table for case in cases()} == set(TABLES)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_a_case_has_a_check_and_records_unless_it_waits(case: Case) -> None:
    if case.needs:
        assert not case.facts, "a case that cannot be played has nothing to check"
    else:
        assert facts_of(case)
        assert case.shown_by


def test_only_cases_of_the_events_wait() -> None:
    assert {case.id for case in cases() if case.needs} == {f"F{number}" for number in range(42, 48)}


def test_every_check_exists() -> None:
    assert list(unknown_checks(cases())) == []


def test_every_check_is_named_by_a_case() -> None:
    named = {fact.expect for case in cases() for fact in facts_of(case)}

    assert named == {*CHECKS, *EVIDENCE_CHECKS}


def test_every_act_happens() -> None:
    assert {event.act for case in cases() for event in case.events} == set(ACTS)


def test_everything_happens_within_the_days() -> None:
    days = {event.day for case in cases() for event in case.events}
    days |= {day_of_fact(case, fact) for case in cases() for fact in facts_of(case)}

    assert days <= set(range(LAST_DAY + 1))


def test_every_question_is_answered_by_something_that_exists() -> None:
    asked = (*questionnaire().requirements, *questionnaire().questions)

    assert all(each.figures or each.cases or each.choices for each in asked)
    assert {name for each in asked for name in each.figures} == set(FIGURES)
    assert {name for each in asked for name in each.choices} == set(choices())
    assert {name for each in asked for name in each.cases} <= _ids()


def test_every_requirement_has_a_case_as_its_evidence() -> None:
    assert all(each.cases for each in questionnaire().requirements)


@pytest.mark.parametrize(
    "name", ["student 738210114", "willow teacher 7", "hollow district 1", "maple account 3"]
)
def test_a_short_name_and_its_id_are_one(name: str) -> None:
    assert is_name(name)
    assert len(clever_id(name)) == 24
    assert short_name(clever_id(name)) == name


def test_two_cases_of_one_number_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "cases.yml"
    file.write_text("- {id: A1, title: one, must: hold}\n- {id: A1, title: two, must: hold}\n")

    with pytest.raises(ConfigurationError, match="two cases are called A1"):
        read_cases(file)
