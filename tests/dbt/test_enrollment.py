"""Enrolment, mobility, retention and class sizes: each number worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.dbt.dbt_warehouse import Record
from tests.dbt.side_by_side import Day, Told, side_by_side
from tests.dbt.story import section, student

#: The school year 2026-2027: from 17 August to 11 June in session, 1 October the count day.
AUG17, SEP7, OCT1, OCT6, OCT12, OCT21, NOV2, NOV12, JAN11 = (
    datetime(year, month, day, 2)
    for year, month, day in (
        (2026, 8, 17), (2026, 9, 7), (2026, 10, 1), (2026, 10, 6), (2026, 10, 12),
        (2026, 10, 21), (2026, 11, 2), (2026, 11, 12), (2027, 1, 11),
    )
)  # fmt: skip
JUN11, JUL20, SEP1, OCT2 = (
    datetime(2027, month, day, 2) for month, day in ((6, 11), (7, 20), (9, 1), (10, 2))
)
YEAR: Record = {
    "id": "year", "name": "Year", "start_date": "2026-08-17", "end_date": "2027-06-11",
}  # fmt: skip
NEXT: Record = YEAR | {"id": "next", "start_date": "2027-08-16", "end_date": "2028-06-09"}


def _enrollment(story: Told, columns: str, of: str = "school_id = 'elm'") -> list[tuple[Any, ...]]:
    return story.ask(
        f"select {columns} from roster.school_enrollment where {of} order by school_year, school_id"
    )


_DAYS = "select session_first_day, session_last_day, counted_from, counted_until, days"


@side_by_side
def test_days_count_in_session_and_while_the_roster_is_known(story: Told) -> Iterator[Day]:
    """Of a term made anew the new dates count; one of 2019 is nobody's."""
    old = {"id": "old", "name": "Old", "start_date": "2019-08-12", "end_date": "2020-06-05"}
    wrong = YEAR | {"id": "wrong", "end_date": "2027-06-25"}
    yield story.day(SEP7, [student("ana")], terms=[old, wrong], build=False)
    yield story.day(OCT1, [student("ana")], terms=[old, YEAR])

    assert story.ask(f"{_DAYS}, is_count_day_known, mobility_from from roster.school_calendar") == [
        # 7 September to 1 October: 24 days of September and one of October
        (
            date(2026, 8, 17), date(2027, 6, 11), date(2026, 9, 7), date(2026, 10, 1), 25,
            True, date(2026, 10, 1),
        )
    ]  # fmt: skip

    yield story.day(JUL20, [student("ana")], terms=[old])
    assert story.ask(f"{_DAYS} from roster.school_calendar order by school_year") == [
        # 7 September to 11 June: 24 + 31 + 30 + 31 + 31 + 28 + 31 + 30 + 31 + 11
        (date(2026, 8, 17), date(2027, 6, 11), date(2026, 9, 7), date(2027, 6, 11), 278),
        # a school year without terms is in session all the time; 1 to 20 July
        (date(2027, 7, 1), date(2028, 6, 30), date(2027, 7, 1), date(2027, 7, 20), 20),
    ]


@side_by_side
def test_a_term_that_begins_in_the_last_days_of_a_year_is_of_the_next(story: Told) -> Iterator[Day]:
    early = NEXT | {"start_date": "2027-06-28"}
    yield story.day(AUG17, [student("ana")], terms=[YEAR, early], build=False)
    yield story.day(SEP1, [student("ana")], terms=[YEAR, early])

    assert story.ask(
        "select session_first_day, session_last_day from roster.school_calendar order by 1"
    ) == [
        (date(2026, 8, 17), date(2027, 6, 11)),
        (date(2027, 7, 1), date(2028, 6, 9)),
    ]


@side_by_side
def test_mobility_is_of_who_came_or_left_after_the_count_day(story: Told) -> Iterator[Day]:
    """Elm: Ana stays, Ben leaves for Oak, Cid comes late, Dan left in September, Eve goes."""
    ana, ben, cid, eve = (student(name) for name in ("ana", "ben", "cid", "eve"))
    dan = student("dan")
    yield story.day(AUG17, [ana, ben, dan, eve], terms=[YEAR], build=False)
    yield story.day(SEP7, [ana, ben, student("dan", school="oak"), eve], terms=[YEAR], build=False)
    gone = student("dan", school="oak")
    yield story.day(OCT1, [ana, ben, gone, eve], terms=[YEAR], build=False)
    moved = [student("ben", school="oak"), gone, cid]
    yield story.day(NOV2, [ana, eve, *moved], terms=[YEAR], build=False)
    yield story.day(JAN11, [ana, *moved], terms=[YEAR])

    assert _enrollment(
        story,
        "students, students_on_count_day, mobility_base, entries, exits, mobile_students, "
        "mobility_rate, mobility_incidence_rate, stability_rate",
    ) == [
        # Ever in Elm: all five. On 1 October: Ana, Ben, Eve. In the base from then on: Ana, Ben,
        # Cid, Eve. Cid came, Ben and Eve left: three of four are mobile, one of four is stable.
        (5, 3, 4, 1, 2, 3, 3 / 4, (1 + 2) / 4, 1 / 4)
    ]
    assert _enrollment(
        story,
        "students, students_on_count_day, mobility_base, mobile_students",
        "school_id = 'oak'",
    ) == [(2, 1, 2, 1)]
    assert story.ask(
        "select students, students_on_count_day, mobility_base, entries, exits, mobility_rate "
        "from roster.district_enrollment"
    ) == [
        # of the district: Cid came, Eve left; Ben only moved
        (5, 4, 5, 1, 1, 2 / 5)
    ]


@side_by_side
def test_membership_is_the_students_of_an_average_day(story: Told) -> Iterator[Day]:
    yield story.day(AUG17, [student("ana"), student("ben")], terms=[YEAR], build=False)
    yield story.day(SEP7, [student("ana")], terms=[YEAR], build=False)
    yield story.day(OCT6, [student("ana")], terms=[YEAR])

    # 17 August to 6 October are 15 + 30 + 6 = 51 days, Ben's until 6 September 15 + 6 = 21.
    assert _enrollment(story, "enrolled_days, average_daily_membership") == [(72, 72 / 51)]


@side_by_side
def test_an_absence_of_ten_days_is_none(story: Told) -> Iterator[Day]:
    """Ben is gone from 12 to 21 October: ten days. Cid from 12 to 22: one more."""
    all_there = [student("ana"), student("ben"), student("cid")]
    oct22, oct23 = (datetime(2026, 10, day, 2) for day in (22, 23))
    yield story.day(AUG17, all_there, terms=[YEAR], build=False)
    yield story.day(OCT12, [student("ana")], terms=[YEAR], build=False)
    yield story.day(oct22, all_there[:2], terms=[YEAR], build=False)
    yield story.day(oct23, all_there, terms=[YEAR])

    assert _enrollment(
        story, "mobility_base, entries, exits, mobile_students, mobility_incidence_rate"
    ) == [(3, 1, 1, 1, 2 / 3)]
    assert story.ask(
        "select reporting_student_id, first_day, last_day from roster.school_stays order by all"
    ) == [
        ("ana", date(2026, 8, 17), None),
        ("ben", date(2026, 8, 17), None),
        ("cid", date(2026, 8, 17), date(2026, 10, 11)),
        ("cid", date(2026, 10, 23), None),
    ]


@side_by_side
def test_who_moves_away_and_back_is_mobile_once_and_counts_four_times(
    story: Told,
) -> Iterator[Day]:
    away = [student("ana", school="oak"), student("ben")]
    both = [student("ana"), student("ben")]
    yield story.day(AUG17, both, terms=[YEAR], build=False)
    yield story.day(OCT6, away, terms=[YEAR], build=False)
    yield story.day(OCT21, both, terms=[YEAR])

    columns = "mobility_base, entries, exits, mobile_students, mobility_rate"
    assert _enrollment(story, columns, "true") == [(2, 1, 1, 1, 1 / 2), (1, 1, 1, 1, 1.0)]
    assert story.ask(
        "select from_id, to_id, moved_on, is_mobility from roster.student_moves order by moved_on"
    ) == [
        ("elm", "oak", date(2026, 10, 6), True),
        ("oak", "elm", date(2026, 10, 21), True),
    ]


@side_by_side
def test_stays_made_day_by_day_are_those_of_a_full_build(story: Told) -> Iterator[Day]:
    """Ana moves away and back, Ben is gone for nine days, Cid for good, and Dan comes last."""
    ana, ben, cid = (student(name) for name in ("ana", "ben", "cid"))
    away = student("ana", school="oak")
    yield story.day(AUG17, [ana, ben, cid], terms=[YEAR])
    yield story.day(OCT6, [away, ben], terms=[YEAR])
    yield story.day(OCT12, [away], terms=[YEAR])
    yield story.day(OCT21, [ana, ben, student("dan")], terms=[YEAR])

    stays = "select * from intermediate.student_stays order by student_id, stay_number"
    assert story.ask(f"select student_id, school_id, first_day, last_day from ({stays})") == [
        ("ana", "elm", date(2026, 8, 17), date(2026, 10, 5)),
        ("ana", "oak", date(2026, 10, 6), date(2026, 10, 20)),
        ("ana", "elm", date(2026, 10, 21), None),
        ("ben", "elm", date(2026, 8, 17), None),
        ("cid", "elm", date(2026, 8, 17), date(2026, 10, 5)),
        ("dan", "elm", date(2026, 10, 21), None),
    ]
    yield from story.ends_as_a_full_build_would(stays)


@side_by_side
def test_a_student_in_two_schools_is_counted_in_the_primary_one(story: Told) -> Iterator[Day]:
    both: Record = {"student": {"grade": "7", "school": "elm", "schools": ["elm", "oak"]}}
    yield story.day(AUG17, [{"id": "ana", "roles": both}], terms=[YEAR], build=False)
    yield story.day(OCT6, [{"id": "ana", "roles": both}], terms=[YEAR])

    assert _enrollment(story, "school_id, students", "true") == [("elm", 1)]


@side_by_side
def test_a_promotion_to_the_next_school_over_summer_is_no_mobility(story: Told) -> Iterator[Day]:
    """Ana ends grade 5, is shown in Elm until July, and begins grade 6 in Oak; Ben stays."""
    fifth = [student("ana", grade="5"), student("ben", grade="4")]
    sixth = [student("ana", grade="6", school="oak"), student("ben", grade="5")]
    yield story.day(AUG17, fifth, terms=[YEAR], build=False)
    yield story.day(JUN11, fifth, terms=[YEAR], build=False)
    yield story.day(JUL20, fifth, terms=[YEAR, NEXT], build=False)
    yield story.day(SEP1, sixth, terms=[NEXT], build=False)
    yield story.day(OCT2, sixth, terms=[NEXT])

    assert story.ask("select moved_on, is_mobility from roster.student_moves") == [
        (date(2027, 9, 1), False)
    ]
    assert _enrollment(
        story, "school_year, school_id, mobility_base, mobile_students, mobility_rate", "true"
    ) == [
        ("2026-2027", "elm", 2, 0, 0.0),
        ("2027-2028", "elm", 1, 0, 0.0),
        ("2027-2028", "oak", 1, 0, 0.0),
    ]


@side_by_side
def test_retention_is_of_those_who_return(story: Told) -> Iterator[Day]:
    """
    Ana goes from 5 to 6, Ben repeats 4, Cid of 5 is not there again, Dan comes new, Eve's grade
    is none, and Fay goes on in another school. In July all still have their old grades.
    """
    before = [
        student("ana", grade="5"), student("ben", grade="4"), student("cid", grade="5"),
        student("eve", grade="Ungraded"), student("fay", grade="5"),
    ]  # fmt: skip
    after = [
        student("ana", grade="6"), student("ben", grade="4"), student("dan", grade="5"),
        student("eve", grade="Ungraded"), student("fay", grade="6", school="oak"),
    ]  # fmt: skip
    yield story.day(AUG17, before, terms=[YEAR], build=False)
    yield story.day(JUL20, before, terms=[YEAR])

    retention = "from roster.grade_retention order by grade"
    assert story.ask(retention) == [], "nobody knows yet"

    yield story.day(SEP1, after, terms=[NEXT], build=False)
    yield story.day(OCT2, after, terms=[NEXT])
    columns = "school_id, school_year, grade, returned_students, retained_students, retention_rate"
    assert story.ask(f"select {columns} {retention}") == [
        ("elm", "2026-2027", "4", 1, 1, 1.0),
        ("elm", "2026-2027", "5", 2, 0, 0.0),
    ]
    # of Elm: Ana, Ben and Fay return, Ben in the same grade
    assert story.ask(
        "select sum(retained_students) / sum(returned_students) from roster.grade_retention"
    ) == [(1 / 3,)]


@side_by_side
def test_who_came_back_under_another_id_is_one_student(story: Told) -> Iterator[Day]:
    def numbered(id_: str) -> Record:
        about = {"sis_id": "1", "grade": "7", "school": "elm"}
        return {"id": id_, "roles": {"student": about}}

    yield story.day(AUG17, [numbered("ana")], terms=[YEAR], build=False)
    yield story.day(NOV2, [], terms=[YEAR], build=False)
    yield story.day(NOV12, [numbered("ana-again")], terms=[YEAR])

    assert story.ask("select reporting_student_id, first_day from roster.school_stays") == [
        ("ana", date(2026, 8, 17))
    ], "gone for ten days, from 2 to 11 November"
    assert _enrollment(story, "students, mobile_students, mobility_rate") == [(1, 0, 0.0)]


@side_by_side
def test_before_the_count_day_no_rate_is_known(story: Told) -> Iterator[Day]:
    yield story.day(AUG17, [student("ana"), student("ben")], terms=[YEAR], build=False)
    yield story.day(SEP7, [student("ana"), student("ben", school="oak")], terms=[YEAR])

    assert _enrollment(
        story, "students, students_on_count_day, mobility_base, mobility_rate, stability_rate"
    ) == [(2, None, 0, None, None)]


@side_by_side
def test_a_held_district_counts_up_to_its_last_complete_sync(story: Told) -> Iterator[Day]:
    yield story.day(AUG17, [student("ana")], terms=[YEAR], build=False)
    yield story.day(OCT6, [student("ana")], terms=[YEAR], build=False)
    story.hold(JAN11)

    assert story.ask("select counted_until from roster.school_calendar") == [(date(2026, 10, 6),)]


@side_by_side
def test_a_class_size_is_that_of_an_average_day(story: Told) -> Iterator[Day]:
    """X: Ana from 17 August to 6 September, Ben to 1 October. Y is empty. W's term is over."""
    over = {"id": "over", "name": "Over", "start_date": "2026-08-17", "end_date": "2026-08-26"}
    both, terms = [student("ana"), student("ben")], [YEAR, over]
    rest = [section("y", term_id="year"), section("w", "ana", term_id="over")]
    x = section("x", "ana", "ben", term_id="year")
    yield story.day(AUG17, both, [x, *rest], terms=terms, build=False)
    yield story.day(
        SEP7, both, [section("x", "ben", term_id="year"), *rest], terms=terms, build=False
    )
    yield story.day(OCT1, both, [section("x", "ben", term_id="year"), *rest], terms=terms)

    assert story.ask(
        "select reporting_section_id, first_day, last_day, days, students, enrolled_days, "
        "average_size from roster.section_sizes order by 1"
    ) == [
        # 17 to 26 August
        ("w", date(2026, 8, 17), date(2026, 8, 26), 10, 1, 10, 1.0),
        # 15 + 30 + 1 days; of Ana 15 + 6, of Ben all
        ("x", date(2026, 8, 17), date(2026, 10, 1), 46, 2, 21 + 46, 67 / 46),
        ("y", date(2026, 8, 17), date(2026, 10, 1), 46, 0, 0, 0.0),
    ]
