"""Progress beside all who were enrolled, and before and after a move: worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.dbt.dbt_warehouse import Record
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import HOUR, record, section, student

#: In session from 17 August on; the last look is always on 13 September, a day before the 14th.
AUG17, AUG31, SEP14 = (datetime(2026, month, day, 2) for month, day in ((8, 17), (8, 31), (9, 14)))
YEAR: Record = {
    "id": "fall", "name": "Year", "start_date": "2026-08-17", "end_date": "2027-06-11",
}  # fmt: skip
_RATES = (
    "students, enrolled_days, students_with_records, share_with_records, records, "
    "records_per_week, scored, average_score, other_records"
)
_AROUND = (
    "days_before, records_before, records_per_week_before, average_score_before, "
    "days_after, records_after, records_per_week_after, average_score_after, "
    "change_per_week, change_of_score"
)


def _rates(story: Told, by: str, of: str = "") -> list[tuple[Any, ...]]:
    return story.ask(f"select kind, {_RATES} from progress.rates_by_{by} {of} order by kind")


def _around(story: Told, move: str, kind: str = "assessment") -> list[tuple[Any, ...]]:
    return story.ask(
        f"select {_AROUND} from progress.progress_around_moves "
        f"where move = '{move}' and kind = '{kind}' order by reporting_student_id, moved_on"
    )


def _assessment(id_: str, at: datetime, user: str = "ana", **more: Any) -> Record:
    return record(id_, at, user) | {"kind": "assessment", **more}


def _days(*days: datetime, **more: Any) -> Sequence[Record]:
    """An assessment of Ana's at noon of each day."""
    return [_assessment(f"{day:%m-%d}", day + 10 * HOUR, **more) for day in days]


@side_by_side
def test_everybody_who_was_enrolled_is_in_the_denominator(story: Told) -> Iterator[Day]:
    """Ana and Ben for 28 days, Cid for 14 of them and gone; attendance and assessment apart."""
    done = [
        _assessment("1", AUG17 + HOUR, score=0.5),
        _assessment("2", AUG31 + HOUR, score=1.0),
        _assessment("no score", AUG31 + HOUR),
        _assessment("summer", AUG17 - 40 * 24 * HOUR),
        _assessment("no time", AUG17) | {"occurred_at": None},
        _assessment("after Cid left", SEP14, "cid"),
        _assessment("after the last look", SEP14 + 24 * HOUR),
        record("3", AUG31, "cid") | {"kind": "attendance"},
        record("4", AUG17 + HOUR, "ben") | {"kind": "attendance"},
    ]
    ana, ben, cid = (student(name) for name in ("ana", "ben", "cid"))
    all_in = section("x", "ana", "ben", "cid")
    yield story.day(AUG17, [ana, ben, cid], [all_in], terms=[YEAR], build=False)
    yield story.day(AUG31, [ana, ben], [section("x", "ana", "ben")], terms=[YEAR], build=False)
    there = section("x", "ana", "ben")
    yield story.day(SEP14 - 24 * HOUR, [ana, ben], [there], terms=[YEAR], progress=done)

    # 17 August to 13 September are 28 days; Cid's are 17 to 30 August: 28 + 28 + 14 = 70 days,
    # ten weeks of a student. Assessments: 1, 2 and the one without a score, all Ana's; left out are
    # those of July, of Cid after leaving, and of after the last look. The one without a time is
    # nobody's. Attendance: Ben's; Cid's of 31 August at two o'clock came as she left.
    three = ("assessment", 3, 70, 1, 1 / 3, 3, 3 * 7 / 70, 2, 0.75)
    one = ("attendance", 3, 70, 1, 1 / 3, 1, 1 * 7 / 70, 0, None, 1)
    assert _rates(story, "school_year") == [(*three, 3), one]
    assert _rates(story, "school") == [(*three, 2), one], "in July she was in no school yet"


@side_by_side
def test_a_section_its_teacher_and_its_term_count_from_their_days(story: Told) -> Iterator[Day]:
    """Two classes of Kim's; Ana is in both, Ben in one until 30 August. Nobody works in y."""
    both = [section("x", "ana", "ben"), section("y", "ana", course="m2")]
    one = [section("x", "ana"), section("y", "ana", course="m2")]
    done = [_assessment("1", AUG17 + HOUR, section_id="x", score=1.0)]
    there = [student("ana"), student("ben")]
    yield story.day(AUG17, there, both, terms=[YEAR], build=False)
    yield story.day(AUG31, there, one, terms=[YEAR], build=False)
    yield story.day(SEP14 - 24 * HOUR, there, one, terms=[YEAR], progress=done)

    # x: Ana 28 days, Ben 14; y: Ana 28
    assert _rates(story, "section", "where reporting_section_id = 'x'") == [
        ("assessment", 2, 42, 1, 1 / 2, 1, 7 / 42, 1, 1.0, 0)
    ]
    assert _rates(story, "section", "where reporting_section_id = 'y'") == [
        ("assessment", 1, 28, 0, 0.0, 0, 0.0, 0, None, 0)
    ]
    together = [("assessment", 2, 70, 1, 1 / 2, 1, 7 / 70, 1, 1.0, 0)]
    assert _rates(story, "teacher") == together
    assert _rates(story, "term") == together


@side_by_side
def test_only_days_of_its_term_count_for_a_section(story: Told) -> Iterator[Day]:
    """It is shown until 13 September, two weeks after its term."""
    short = YEAR | {"id": "short", "end_date": "2026-08-30"}
    x = section("x", "ana", term_id="short")
    done = [*_days(AUG17, SEP14 - 48 * HOUR, score=1.0)]
    yield story.day(AUG17, [student("ana")], [x], terms=[YEAR, short], build=False)
    yield story.day(SEP14 - 24 * HOUR, [student("ana")], [x], terms=[YEAR, short], progress=done)

    assert _rates(story, "section") == [("assessment", 1, 14, 1, 1.0, 1, 7 / 14, 1, 1.0, 1)]
    assert _rates(story, "term") == [("assessment", 1, 14, 1, 1.0, 1, 7 / 14, 1, 1.0, 1)]


@side_by_side
def test_of_nobody_enrolled_there_is_no_rate(story: Told) -> Iterator[Day]:
    """The application names a class that Ana is not in, and that is empty."""
    done = [_assessment("1", AUG17 + HOUR, section_id="y")]
    there = [section("x", "ana"), section("y")]
    yield story.day(AUG17, [student("ana")], there, terms=[YEAR], build=False)
    yield story.day(AUG31, [student("ana")], there, terms=[YEAR], progress=done)

    assert _rates(story, "section", "where reporting_section_id = 'y'") == [
        ("assessment", 0, 0, 1, None, 1, None, 0, None, 0)
    ]


@side_by_side
def test_a_term_made_anew_and_a_child_with_two_ids_are_one(story: Told) -> Iterator[Day]:
    """Both come under another ID on 31 August; four weeks of one student in one term."""

    def numbered(id_: str) -> Record:
        return {"id": id_, "roles": {"student": {"sis_id": "1", "grade": "7", "school": "elm"}}}

    anew = YEAR | {"id": "anew"}
    done = [_assessment("1", AUG17 + HOUR), _assessment("2", AUG31 + HOUR, "ana-again")]
    again = section("x", "ana-again", term_id="anew")
    yield story.day(AUG17, [numbered("ana")], [section("x", "ana")], terms=[YEAR], build=False)
    yield story.day(AUG31, [numbered("ana-again")], [again], terms=[anew], build=False)
    yield story.day(
        SEP14 - 24 * HOUR, [numbered("ana-again")], [again], terms=[anew], progress=done
    )

    whole = [("assessment", 1, 28, 1, 1.0, 2, 2 * 7 / 28, 0, None, 0)]
    for by in ("term", "section", "teacher", "school", "school_year"):
        assert _rates(story, by) == whole, by
    assert story.ask("from roster.student_moves") == []


_TWO_WEEKS_BEFORE_AND_AFTER = [
    # 17 to 30 August: three records in 14 days; 31 August to 13 September: one in 14
    (14, 3, 3 * 7 / 14, 0.5, 14, 1, 1 * 7 / 14, 1.0, (1 - 3) * 7 / 14, 0.5)
]
_THREE = [AUG17, AUG17 + timedelta(days=1), AUG17 + timedelta(days=2)]


@side_by_side
def test_before_and_after_a_move_to_another_school(story: Told) -> Iterator[Day]:
    done = [*_days(*_THREE, score=0.5), *_days(AUG31, score=1.0)]
    yield story.day(AUG17, [student("ana")], terms=[YEAR], build=False)
    yield story.day(AUG31, [student("ana", school="oak")], terms=[YEAR], build=False)
    there = [student("ana", school="oak")]
    yield story.day(SEP14 - 24 * HOUR, there, terms=[YEAR], progress=done)

    assert _around(story, "school") == _TWO_WEEKS_BEFORE_AND_AFTER
    assert story.ask("select from_id, to_id, is_mobility from roster.student_moves") == [
        ("elm", "oak", False)
    ], "before the count day nobody is mobile"


@side_by_side
def test_before_and_after_a_move_to_another_section_and_teacher(story: Told) -> Iterator[Day]:
    """
    Ana goes from x to z of the same course, and from Kim to Lee. What she does in x later is
    neither before nor after; that y begins, a course she never had, is no move.
    """
    done = [
        *_days(*_THREE, score=0.5, section_id="x"),
        *_days(AUG31, score=1.0, section_id="z"),
        _assessment("late", AUG31 + 30 * HOUR, section_id="x", score=0.0),
    ]
    x, z = section("x", "ana", "ben"), section("z", "cid", teachers=["lee"])
    there = [student(name) for name in ("ana", "ben", "cid")]
    moved = [
        section("x", "ben"),
        section("z", "ana", "cid", teachers=["lee"]),
        section("y", "ana", course="m2"),
    ]
    yield story.day(AUG17, there, [x, z], terms=[YEAR], build=False)
    yield story.day(AUG31, there, moved, terms=[YEAR], build=False)
    yield story.day(SEP14 - 24 * HOUR, there, moved, terms=[YEAR], progress=done)

    assert story.ask(
        "select reporting_student_id, move, moved_on, from_id, to_id, from_section_id, "
        "to_section_id from roster.student_moves order by move"
    ) == [
        ("ana", "section", date(2026, 8, 31), "x", "z", "x", "z"),
        ("ana", "teacher", date(2026, 8, 31), "kim", "lee", "x", "z"),
    ]
    assert _around(story, "section") == _TWO_WEEKS_BEFORE_AND_AFTER
    assert _around(story, "teacher") == _TWO_WEEKS_BEFORE_AND_AFTER


@side_by_side
def test_before_and_after_another_teacher_of_the_class(story: Told) -> Iterator[Day]:
    """Dan comes with Lee, and Ben goes with Kim: only Ana had both."""
    done = [*_days(*_THREE, score=0.5), *_days(AUG31, score=1.0)]
    there = [student(name) for name in ("ana", "ben", "dan")]
    lee = section("x", "ana", "dan", teachers=["lee", "kim"])
    yield story.day(AUG17, there, [section("x", "ana", "ben")], terms=[YEAR], build=False)
    yield story.day(AUG31, there, [lee], terms=[YEAR], build=False)
    yield story.day(SEP14 - 24 * HOUR, there, [lee], terms=[YEAR], progress=done)

    assert story.ask(
        "select reporting_student_id, move, from_id, to_id from roster.student_moves"
    ) == [("ana", "teacher", "kim", "lee")]
    assert _around(story, "teacher") == _TWO_WEEKS_BEFORE_AND_AFTER


@side_by_side
def test_the_cohort_has_all_who_moved(story: Told) -> Iterator[Day]:
    """Ana as above, and Ben without any record: 28 days before, 28 after."""
    done = [*_days(*_THREE, score=0.5), *_days(AUG31, score=1.0)]
    here = [student(name) for name in ("ana", "ben")]
    there = [student(name, school="oak") for name in ("ana", "ben")]
    yield story.day(AUG17, here, terms=[YEAR], build=False)
    yield story.day(AUG31, there, terms=[YEAR], build=False)
    yield story.day(SEP14 - 24 * HOUR, there, terms=[YEAR], progress=done)

    assert story.ask(
        "select move, from_id, to_id, kind, students, days_before, records_before, "
        "records_per_week_before, students_with_records_before, average_score_before, "
        "days_after, records_after, records_per_week_after, average_score_after, "
        "scored_on_both_sides, average_change_of_score from progress.progress_by_move"
    ) == [
        (
            "school", "elm", "oak", "assessment", 2, 28, 3, 3 * 7 / 28, 1, 0.5,
            28, 1, 1 * 7 / 28, 1.0, 1, 0.5,
        )
    ]  # fmt: skip


@side_by_side
def test_a_kind_without_records_has_its_row_and_no_score(story: Told) -> Iterator[Day]:
    """Ben's attendance makes it a kind of the year; Ana, who moves, has none of it."""
    done = [record("1", AUG17 + HOUR, "ben") | {"kind": "attendance"}]
    yield story.day(AUG17, [student("ana"), student("ben")], terms=[YEAR], build=False)
    moved = [student("ana", school="oak"), student("ben")]
    yield story.day(AUG31, moved, terms=[YEAR], build=False)
    yield story.day(SEP14 - 24 * HOUR, moved, terms=[YEAR], progress=done)

    assert _around(story, "school", "attendance") == [
        (14, 0, 0.0, None, 14, 0, 0.0, None, 0.0, None)
    ]


@pytest.mark.parametrize("what", ["the next term", "the same section", "made anew", "too late"])
@side_by_side
def test_what_is_no_move_to_another_section(story: Told, what: str) -> Iterator[Day]:
    """
    The next term's class of the course; a return to the same one; the class under another ID with
    all its students; and another one of the same course, after eleven days without any.
    """
    fall = YEAR | {"end_date": "2026-08-30"}
    spring = YEAR | {"id": "spring", "name": "Spring", "start_date": "2026-08-31"}
    there = [student(name) for name in ("ana", "ben")]
    first = section("x", "ana", "ben", name="A", period="1")
    gap, last, terms = [section("x", "ben", name="A", period="1")], first, [YEAR]
    if what == "the next term":
        gap, last, terms = [], section("z", "ana", "ben", term_id="spring"), [fall, spring]
    elif what == "made anew":
        gap, last = [], first | {"id": "z"}
    elif what == "too late":
        last = section("z", "ana", name="B", period="2")
    days = {"too late": 12}.get(what, 1)
    yield story.day(AUG17, there, [first], terms=terms, build=False)
    yield story.day(AUG31 - timedelta(days=days), there, gap, terms=terms, build=False)
    then = [*gap, last] if what == "too late" else [last]
    yield story.day(AUG31, there, then, terms=terms, build=False)
    yield story.day(SEP14 - 24 * HOUR, there, then, terms=terms)

    assert story.ask("select move from roster.student_moves") == []
