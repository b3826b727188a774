"""The rules of matching, and what stops them, each as a small story."""

from __future__ import annotations

from collections.abc import Mapping

from tests.matching.town import Case, Row, account, child

DOB, OTHER_DOB = "2012-04-03", "2009-09-09"
ANA = child("ana", "Ana Lee", sis_id="7", dob=DOB, email="ana@x.example")
#: Of a district that is not the story's.
ELSEWHERE = "!another district"


def rule(user: Row, having: Row, rule: str) -> Case:
    """One account that is matched with one user."""
    return Case([[user]], [[having]], {"a": ("u", rule)})


RULES: Mapping[str, Case] = {
    "sis_id": rule(child("u", sis_id="100"), account("a", sis_id="100"), "sis_id"),
    "sis_id of a teacher": rule(
        child("u", role="teacher", sis_id="100"),
        account("a", role="teacher", sis_id="100"),
        "sis_id",
    ),
    "sis_id of a contact": rule(
        child("u", role="contact", sis_id="9"), account("a", role="parent", sis_id="9"), "sis_id"
    ),
    "student_number": rule(
        child("u", student_number="S1"), account("a", student_number="S1"), "student_number"
    ),
    "state_id": rule(child("u", state_id="X1"), account("a", state_id="X1"), "state_id"),
    "teacher_number": rule(
        child("u", role="teacher", teacher_number="T1"),
        account("a", role="Teacher", teacher_number="T1"),
        "teacher_number",
    ),
    "staff_id": rule(
        child("u", role="staff", staff_id="F1"), account("a", role="staff", sis_id="F1"), "staff_id"
    ),
    "email, whatever its capitals and blanks": rule(
        child("u", email="Ana.Lee@x.example"), account("a", email=" ana.lee@X.example "), "email"
    ),
    "email of a district admin": rule(
        child("u", role="district_admin", email="a@x.example"),
        account("a", role="district admin", email="a@x.example"),
        "email",
    ),
    "district_username": rule(
        child("u", credentials={"district_username": "ana.l"}),
        account("a", username="Ana.L"),
        "district_username",
    ),
    "name and birthday": rule(
        child("u", "Ana Lee", dob="4/3/2012"), account("a", "Ana Lee", dob=DOB), "name_birthday"
    ),
    "name and birthday, whatever accents, hyphens and capitals": rule(
        child("u", "José O'Neil-Díaz", dob=DOB),
        account("a", "JOSE ONEIL_DIAZ", dob=DOB),
        "name_birthday",
    ),
    "sis_id, whatever a spreadsheet made of it": rule(
        child("u", sis_id="8001.0"), account("a", sis_id="8001.0"), "sis_id"
    ),
    "sis_id, of which capitals mean nothing as it is a UUID": rule(
        child("u", sis_id="0B5E6C1A-93F4-4B7E-8C0D-1234567890AB"),
        account("a", sis_id="0B5E6C1A-93F4-4B7E-8C0D-1234567890AB"),
        "sis_id",
    ),
    "email, in whatever way its accents are written": rule(
        child("u", email="jose\u0301@x.example"), account("a", email="jos\u00e9@x.example"), "email"
    ),
    "name and birthday, of which an account says it in another form": rule(
        child("u", "Ana Lee", dob="4/3/2012"),
        account("a", "Ana Lee", dob="03.04.2012"),
        "name_birthday",
    ),
    "a name of another script": rule(
        child("u", "รีนา กู", dob=DOB), account("a", "รีนา กู", dob=DOB), "name_birthday"
    ),
    "the name a student goes by, and birthday": rule(
        child("u", "Robert Lee", dob=DOB, preferred_name={"first": "Bob"}),
        account("a", "Bob Lee", dob=DOB),
        "name_birthday",
    ),
    "name and birthday at the school the account names": Case(
        [[child("u", "Ana Lee", dob=DOB, school="elm", schools=["elm"])]],
        [[account("a", "Ana Lee", dob=DOB, school_id="elm", district_id=None)]],
        {"a": ("u", "name_birthday")},
        schools=[{"id": "elm"}],
    ),
    "an account of no role, by what only one has": rule(
        child("u", role="teacher", sis_id="100"), account("a", role=None, sis_id="100"), "sis_id"
    ),
    "a role of blanks is none": rule(
        child("u", sis_id="100"), account("a", role=" ", sis_id="100"), "sis_id"
    ),
    "blanks around a number mean nothing": rule(
        child("u", sis_id="100"), account("a", sis_id=" 100\u00a0"), "sis_id"
    ),
    "right-to-left names": rule(
        child("u", "\u05d3\u05e0\u05d4 \u05db\u05d4\u05df", dob=DOB),
        account("a", "\u200f\u05d3\u05e0\u05d4 \u05db\u05d4\u05df", dob=DOB),
        "name_birthday",
    ),
    "the stronger rule goes first": Case(
        [[child("u", sis_id="1"), child("v", email="v@x.example")]],
        [[account("a", sis_id="1", email="v@x.example")]],
        {"a": ("u", "sis_id")},
    ),
}


def stays(user: Row, having: Row, why: str, status: str = "review") -> Case:
    """One account and one user who are not matched."""
    return Case([[user]], [[having]], {"a": (status, why)})


NOBODY = "nobody in its district has what it has"
NOBODY_ELSE = "a person said whose it is not, and nobody else in its district has what it has"
NONES = (
    *("0", "0000", "N/A", "TBD", "none", "999999999", "-", "unknown", ".", "None given"),
    *("TEMP", "Not Assigned", "#N/A", "nan", "1111111", "123456789", "1E+09"),
)
VETOES: Mapping[str, Case] = {
    "leading zeros mean something": stays(
        child("u", sis_id="0100"), account("a", sis_id="100"), NOBODY, "no candidate"
    ),
    "a number of another role": stays(
        child("u", role="teacher", sis_id="1"), account("a", sis_id="1"), NOBODY, "no candidate"
    ),
    "an equal number with another birthday": stays(
        child("u", "Ana Lee", sis_id="1", dob=DOB),
        account("a", "Ana Lee", sis_id="1", dob=OTHER_DOB),
        "contradicted",
    ),
    "an equal number with another name": stays(
        child("u", "Ana Lee", sis_id="1"), account("a", "Zoe Khan", sis_id="1"), "contradicted"
    ),
    "an equal number with one name alike": rule(
        child("u", "Ana Smith", sis_id="1"), account("a", "Ana Lopez", sis_id="1"), "sis_id"
    ),
    "an equal number with typing errors": rule(
        child("u", "Katherine Smith", sis_id="1"),
        account("a", "Catherine Smyth", sis_id="1"),
        "sis_id",
    ),
    "an equal number with a nickname": rule(
        child("u", "Robert Lee", sis_id="1"), account("a", "Bob Lee", sis_id="1"), "sis_id"
    ),
    "an equal number with first and last name swapped": rule(
        child("u", "Thi Nguyen", sis_id="1"), account("a", "Nguyen Thi", sis_id="1"), "sis_id"
    ),
    "an equal number with another suffix": stays(
        child("u", "Al Lee,_Sr.", sis_id="1"),
        account("a", "Al Lee", suffix="Jr", sis_id="1"),
        "contradicted",
    ),
    "an equal e-mail with another first name": stays(
        child("u", "Ben Lee", email="lee@x.example"),
        account("a", "Ana Lee", email="lee@x.example"),
        "contradicted",
    ),
    "an equal user name with another first name, where a last name is not known": stays(
        child("u", "Lee", credentials={"district_username": "al"}),
        account("a", "Bob Lee", username="al"),
        "contradicted",
    ),
    "a contact of another first name, whose name Clever has as one": stays(
        child("u", "_Anna_Kowalska", "contact", email="k@x.example"),
        account("a", "Jan Nowak", "parent", email="k@x.example"),
        "contradicted",
    ),
    "a contact of one family name, whose name Clever has as one": stays(
        child("u", "_Marie_Curie", "contact", email="k@x.example"),
        account("a", "Pierre Curie", "parent", email="k@x.example"),
        "contradicted",
    ),
    "a suffix in the first name": stays(
        child("u", "Hans_Jr Kolb", email="k@x.example"),
        account("a", "Hans_Sr Kolb", email="k@x.example"),
        "contradicted",
    ),
    "names of another script that differ by a vowel": stays(
        child("u", "राम लाल", dob=DOB), account("a", "रुमि लाल", dob=DOB), NOBODY, "no candidate"
    ),
    "numbers of two users": Case(
        [[child("u", sis_id="1"), child("v", student_number="2")]],
        [[account("a", sis_id="1", student_number="2")]],
        {"a": ("review", "contradicted")},
    ),
    "the name of another user to the letter": Case(
        [[child("u", "Jayden Sisk", email="s@x.example"), child("v", "Jaden Sisk")]],
        [[account("a", "Jaden Sisk", email="s@x.example")]],
        {"a": ("review", "contradicted")},
    ),
    "the name of another user, whose birthday is another": Case(
        [[child("u", "Jayden Sisk", sis_id="1", dob=DOB), child("v", "Jaden Sisk", dob=OTHER_DOB)]],
        [[account("a", "Jaden Sisk", sis_id="1", dob=DOB)]],
        {"a": ("u", "sis_id")},
    ),
    "numbers that stand for none": Case(
        [[child(f"u{n}", student_number=none) for n, none in enumerate(NONES)]],
        [[account(f"a{n}", student_number=none) for n, none in enumerate(NONES)]],
        {f"a{n}": ("no candidate", NOBODY) for n, _ in enumerate(NONES)},
    ),
    "an address that stands for none": stays(
        child("u", email="noemail@x.example"),
        account("a", email="noemail@x.example"),
        NOBODY,
        "no candidate",
    ),
    "a name and a birthday that stand for none": Case(
        [[child("u", "Unknown Unknown", dob=DOB), child("v", "Ana Lee", dob="1970-01-01")]],
        [[account("a", "Unknown Unknown", dob=DOB), account("b", "Ana Lee", dob="1970-01-01")]],
        {"a": ("no candidate", NOBODY), "b": ("no candidate", NOBODY)},
    ),
    "an equal user name with another birthday": stays(
        child("u", credentials={"district_username": "al"}, dob=DOB),
        account("a", username="al", dob=OTHER_DOB),
        "contradicted",
    ),
    "name and birthday at another school": Case(
        [[child("u", "Ana Lee", dob=DOB, school="elm", schools=["elm"])]],
        [[account("a", "Ana Lee", dob=DOB, school_id="oak")]],
        {"a": ("review", "contradicted")},
        schools=[{"id": "elm"}, {"id": "oak"}],
    ),
    "name and birthday with another middle name": stays(
        child("u", "Ana Lee Ruth", dob=DOB), account("a", "Ana Lee Marta", dob=DOB), "contradicted"
    ),
    "a number of one with name and birthday of another": Case(
        [[child("u", "Ana Leeds", sis_id="1"), child("v", "Ana Lee", dob=DOB, sis_id="2")]],
        [[account("a", "Ana Lee", sis_id="1", dob=DOB)]],
        {"a": ("v", "name_birthday")},
    ),
    "two users with one number": Case(
        [[child("u", sis_id="1"), child("v", sis_id="1")]],
        [[account("a", sis_id="1")]],
        {"a": ("review", "several candidates")},
    ),
    "two accounts with one number": Case(
        [[child("u", sis_id="1")]],
        [[account("a", sis_id="1"), account("b", sis_id="1")]],
        {"a": ("review", "several candidates"), "b": ("review", "several candidates")},
    ),
    "one number and two accounts, of which one is another child's": Case(
        [[child("u", "Ana Lee", sis_id="1", dob=DOB)]],
        [[account("a", sis_id="1", dob=DOB), account("b", "Old Man", sis_id="1", dob=OTHER_DOB)]],
        {"a": ("review", "several candidates"), "b": ("review", "contradicted")},
    ),
    "an account of another district": stays(
        child("u", sis_id="1"),
        account("a", sis_id="1", district_id=ELSEWHERE),
        "it names a district that is not known",
        "no district",
    ),
    "an account of no district, where there are several": stays(
        child("u", sis_id="1"),
        account("a", sis_id="1", district_id=None),
        "it names no district, and there are several",
        "no district",
    ),
    "a role that is none of Clever's": stays(
        child("u", sis_id="1"),
        account("a", role="tutor", sis_id="1"),
        "its role is none of Clever's",
        "other role",
    ),
    "an account of blanks": stays(
        ANA,
        account("a", role="student", email=" ", username="", first_name="\u200b", last_name="  "),
        "it has no name, number, address or user name",
        "nothing to match by",
    ),
    "an account with nothing to match by": stays(
        ANA, account("a"), "it has no name, number, address or user name", "nothing to match by"
    ),
    "a birthday that is none": stays(
        child("u", "Ana Lee", dob=DOB),
        account("a", "Ana Lee", dob="31/31/2012"),
        NOBODY,
        "no candidate",
    ),
    "a name of three hundred letters": stays(
        child("u", f"Ana {'x' * 300}", dob=DOB),
        account("a", f"Bea {'x' * 300}", dob=DOB),
        NOBODY,
        "no candidate",
    ),
    "an e-mail that many share": Case(
        [[child("u", email="info@x.example"), child("v", email="info@x.example")]],
        [[account(f"a{n}", email="info@x.example") for n in range(40)]],
        {f"a{n}": ("review", "shared by many") for n in range(40)},
    ),
}
