from __future__ import annotations

from typing import Any

import pytest

from .client import Client

A = "66a0c000a1"
CEDAR, JUNIPER, HIGH = (f"{A}5c0{n:011d}" for n in (1, 2, 3))
HOMEROOM, GRADE_7, SCIENCE_7, BIOLOGY = (f"{A}5ec{n:011d}" for n in (1, 3, 6, 10))
YEAR, FALL = (f"{A}7e0{n:011d}" for n in (1, 2))
CORE_COURSE, MATH_COURSE = (f"{A}c00{n:011d}" for n in (3, 4))
ANIKA, NOAH, LUCIA, UNSHARED = (f"{A}57d{n:011d}" for n in (14, 19, 20, 39))
SILVA, WALSH, ODELL = (f"{A}7ea{n:011d}" for n in (3, 5, 6))
LIBRARIAN, ADMIN = f"{A}57a{3:011d}", f"{A}ad0{1:011d}"
VERA, ANTON = (f"{A}c07{n:011d}" for n in (2, 3))
DISTRICT = "63e0a000a1d0000000000001"


def relations(client: Client, path: str) -> list[str]:
    own, *others = client.get(path).json()["links"]
    assert own == {"rel": "self", "uri": f"/v3.1{path}"}
    assert all(link["uri"] == f"/v3.1{path}/{link['rel']}" for link in others)
    return [link["rel"] for link in others]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/users/{ANIKA}", ["district", "sections", "myContacts", "myTeachers", "schools"]),
        (f"/sections/{HOMEROOM}", ["district", "school", "term", "course", "users"]),
        (f"/schools/{CEDAR}", ["district", "sections", "users", "terms", "courses"]),
        (f"/courses/{CORE_COURSE}", ["district", "sections", "schools"]),
        (f"/terms/{YEAR}", ["district", "sections", "schools"]),
        (f"/users/{ODELL}", ["district", "sections", "myStudents", "schools"]),
        (f"/users/{VERA}", ["district", "myStudents"]),
        (f"/users/{LIBRARIAN}", ["district", "schools"]),
        (f"/users/{ADMIN}", ["district"]),
        (f"/districts/{DISTRICT}", []),
    ],
)
def test_a_single_object_links_to_its_relations(
    alder: Client, path: str, expected: list[str]
) -> None:
    assert relations(alder, path) == expected


def test_every_relation_a_single_object_links_to_can_be_followed(alder: Client) -> None:
    for path in (f"/users/{ANIKA}", f"/sections/{BIOLOGY}", f"/schools/{HIGH}", f"/terms/{YEAR}"):
        for link in alder.get(path).json()["links"]:
            assert alder.raw(link["uri"]).status_code == 200, link["uri"]


def test_a_single_object_is_the_record_of_the_list(alder: Client) -> None:
    in_list = {record["id"]: record for record in alder.records("/sections")}
    assert alder.get(f"/sections/{BIOLOGY}").json()["data"] == in_list[BIOLOGY]


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        (f"/sections/{GRADE_7}/course", f"/v3.1/courses/{CORE_COURSE}"),
        (f"/sections/{GRADE_7}/school", f"/v3.1/schools/{CEDAR}"),
        (f"/sections/{GRADE_7}/term", f"/v3.1/terms/{YEAR}"),
        (f"/sections/{GRADE_7}/district", f"/v3.1/districts/{DISTRICT}"),
        (f"/users/{ANIKA}/district", f"/v3.1/districts/{DISTRICT}"),
    ],
)
def test_one_object_below_another_links_to_its_own_path_only(
    alder: Client, path: str, canonical: str
) -> None:
    answer = alder.get(path).json()
    assert answer["links"] == [{"rel": "self", "uri": canonical}]
    assert canonical.endswith(answer["data"]["id"])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/schools/{CEDAR}/sections", {f"{A}5ec{n:011d}" for n in (1, 2, 3)}),
        (f"/schools/{CEDAR}/courses", {f"{A}c00{n:011d}" for n in (1, 2, 3)}),
        (f"/schools/{JUNIPER}/terms", {YEAR, FALL}),
        (f"/courses/{MATH_COURSE}/sections", {f"{A}5ec{n:011d}" for n in (4, 5)}),
        (f"/courses/{MATH_COURSE}/schools", {JUNIPER}),
        (f"/terms/{FALL}/schools", {JUNIPER, HIGH}),
        (f"/terms/{FALL}/sections", {f"{A}5ec{n:011d}" for n in (4, 5, 6, 8, 9)}),
        (f"/users/{ANIKA}/sections", {f"{A}5ec{n:011d}" for n in (3, 5, 6, 7)}),
        (f"/users/{SILVA}/sections", {f"{A}5ec{n:011d}" for n in (3, 7)}),
        (f"/users/{ANIKA}/schools", {CEDAR, JUNIPER}),
        (f"/users/{NOAH}/mycontacts", {VERA, ANTON}),
        (f"/users/{NOAH}/myContacts", {VERA, ANTON}),
        (f"/users/{VERA}/mystudents", {NOAH, LUCIA}),
        (f"/users/{WALSH}/mystudents", {f"{A}57d{n:011d}" for n in range(14, 24)}),
        (f"/users/{ANIKA}/myteachers", {f"{A}7ea{n:011d}" for n in (3, 4, 5)}),
        (f"/users/{ADMIN}/schools", set()),
    ],
)
def test_sub_collections_hold_what_belongs_to_a_record(
    alder: Client, path: str, expected: set[str]
) -> None:
    assert set(alder.ids(path)) == expected


def test_sub_collections_put_links_first_and_are_paged(alder: Client) -> None:
    answer = alder.get(f"/schools/{CEDAR}/sections", limit=2)
    assert list(answer.json()) == ["links", "data"]
    assert list(alder.get("/sections").json()) == ["data", "links"]
    pages = list(alder.walk(f"/v3.1/schools/{CEDAR}/sections?limit=2", "next"))
    assert [len(page["data"]) for page in pages] == [2, 1]


def everybody_at(client: Client, school: str, **query: str) -> set[str]:
    return set(client.ids(f"/schools/{school}/users", **query))


def test_a_school_lists_everybody_associated_with_it_and_on_demand_one_role(alder: Client) -> None:
    everybody = everybody_at(alder, CEDAR)
    by_role = [everybody_at(alder, CEDAR, role=each) for each in ("student", "teacher", "staff")]
    assert everybody == set().union(*by_role)
    assert by_role[2] == {f"{A}57a{1:011d}", LIBRARIAN}


def test_primary_leaves_out_whom_another_school_leads(alder: Client) -> None:
    assert ANIKA in everybody_at(alder, CEDAR)
    assert ANIKA not in everybody_at(alder, CEDAR, primary="true")
    assert alder.ids(f"/users/{ANIKA}/schools", primary="true") == [JUNIPER]


def test_a_person_with_two_roles_is_in_both_role_lists_and_once_among_all(alder: Client) -> None:
    assert ODELL in alder.ids("/users", role="teacher")
    assert ODELL in alder.ids("/users", role="staff")
    assert alder.ids("/users").count(ODELL) == 1


def test_the_role_lists_together_are_the_list_of_users(alder: Client) -> None:
    roles = ("contact", "district_admin", "staff", "student", "teacher")
    together = {each for role in roles for each in alder.ids("/users", role=role)}
    assert together == set(alder.ids("/users"))


def test_a_sections_users_can_be_narrowed_to_students_or_teachers(alder: Client) -> None:
    everybody = alder.ids(f"/sections/{SCIENCE_7}/users")
    students = alder.ids(f"/sections/{SCIENCE_7}/users", role="student")
    assert alder.ids(f"/sections/{SCIENCE_7}/users", role="teacher") == [WALSH]
    assert set(everybody) == {*students, WALSH}


def test_a_student_who_is_not_shared_stands_in_the_section_but_is_found_nowhere(
    alder: Client,
) -> None:
    section = alder.get(f"/sections/{BIOLOGY}").json()["data"]
    assert UNSHARED in section["students"]
    assert UNSHARED not in alder.ids(f"/sections/{BIOLOGY}/users")
    assert alder.get(f"/users/{UNSHARED}").status_code == 404
    alder.sandbox.set_day(4)
    assert UNSHARED in alder.ids(f"/sections/{BIOLOGY}/users")


def dates(terms: list[dict[str, Any]]) -> set[str]:
    return {term[name] for term in terms for name in ("start_date", "end_date")}


def test_term_dates_are_dates_except_below_a_school(alder: Client) -> None:
    assert dates(alder.records("/terms")) >= {"2026-08-17", "2026-12-18"}
    assert dates([alder.get(f"/terms/{FALL}").json()["data"]]) == {"2026-08-17", "2026-12-18"}
    assert dates([alder.get(f"/sections/{SCIENCE_7}/term").json()["data"]]) == {
        "2026-08-17",
        "2026-12-18",
    }
    assert dates(alder.records(f"/schools/{CEDAR}/terms")) == {
        "2026-08-17T00:00:00.000Z",
        "2027-06-11T00:00:00.000Z",
    }


@pytest.mark.parametrize(
    "path",
    [
        "/resources",
        f"/users/{ANIKA}/resources",
        f"/sections/{BIOLOGY}/resources",
        f"/courses/{CORE_COURSE}/resources",
    ],
)
def test_resources_have_an_envelope_of_their_own(alder: Client, path: str) -> None:
    answer = alder.get(path)
    assert answer.json() == {"resources": []}
    assert answer.headers["content-type"] == "application/json"
    assert "clever-request-id" in answer.headers
    assert "etag" not in answer.headers


def test_the_day_moves_while_the_server_runs(alder: Client) -> None:
    assert NOAH in alder.ids("/users")
    alder.sandbox.set_day(4)
    assert NOAH not in alder.ids("/users")
    alder.sandbox.set_day(7)
    assert NOAH in alder.ids("/users")
