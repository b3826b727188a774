"""Every field of Clever's objects and where it stands, as documented for v3.1.

A path is dotted; `[]` stands for the entries of a list. `!` marks what Clever guarantees: present
and not blank. `+` marks what v3.0 lacks. Everything else may be absent, null, or "".
"""

from __future__ import annotations

import re

GRADES = {
    "InfantToddler",
    "Preschool",
    "PreKindergarten",
    "TransitionalKindergarten",
    "Kindergarten",
    *(str(grade) for grade in range(1, 14)),
    "PostGraduate",
    "Ungraded",
    "Other",
}
ENUMS = {
    "grade": GRADES,
    "yes/no": {"Y", "N"},
    "state": {"running", "pending", "error", "paused", "success"},
    "login": {
        "Clever Badges",
        "Canvas",
        "Clever Passwords",
        "Google",
        "LDAP",
        "SAML",
        "Other",
    },
    "gender": {"M", "F", "X"},
    "race": {
        "Caucasian",
        "Asian",
        "Black or African American",
        "American Indian",
        "Hawaiian or Other Pacific Islander",
        "Two or More Races",
        "Unknown",
    },
    "lunch": {"Free", "Reduced", "Paid", "Other"},
    "disability": {
        *("aut", "db", "dd", "emn", "hi", "id", "md"),
        *("oi", "other", "ohi", "sld", "sli", "tbi", "vi"),
    },
    "phone type": {"Cell", "Home", "Work", "Other"},
    "relationship": {"Parent", "Grandparent", "Self", "Aunt/Uncle", "Sibling", "Other"},
    "contact type": {
        *("Parent/Guardian", "Emergency", "Primary", "Secondary", "Family", "Other"),
    },
    "subject": {
        "english/language arts",
        "math",
        "science",
        "social studies",
        "language",
        "homeroom/advisory",
        "interventions/online learning",
        "technology and engineering",
        "PE and health",
        "arts and music",
        "other",
    },
}
PATTERNS = {
    "id": r"[0-9a-f]{24}",
    "text": r"(?s).+",
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "birthday": r"[1-9]\d?/[1-9]\d?/\d{4}",
    "year": r"\d{4}",
    "language": r"[a-z]{3}|other",
    "number": r"-?\d+(\.\d+)?",
}

COMMON = {"id": "id!", "district": "id!", "created": "time!", "last_modified": "time!"}
LOCATION = {
    **{f"location.{part}": "text" for part in ("address", "city", "state", "zip")},
    "location.lat": "number",
    "location.lon": "number",
}
ROLE_SCHOOLS = {"school": "id!", "schools[]": "id!"}


def _under(prefix: str, fields: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}.{path}": kind for path, kind in fields.items()}


STUDENT = {
    "sis_id": "text!",
    **ROLE_SCHOOLS,
    "student_number": "text",
    "state_id": "text",
    "grade": "grade",
    "gender": "gender",
    "dob": "birthday",
    "race": "race",
    "hispanic_ethnicity": "yes/no",
    "ell_status": "yes/no",
    "graduation_year": "year",
    **LOCATION,
    "credentials.district_username": "text",
    "enrollments[].school": "id",
    "enrollments[].start_date": "date",
    "enrollments[].end_date": "date",
    "ext": "free",
    "legacy_id": "id",
    "email": "text",
    "frl_status": "lunch+",
    "gifted_status": "yes/no+",
    "section_504_status": "yes/no+",
    "disability.disability_status": "text+",
    "disability.disability_type": "text+",
    "disability.disability_code": "disability+",
    "home_language": "text+",
    "home_language_code": "language+",
    "iep_status": "text+",
    "preferred_name.first": "text+",
    "preferred_name.middle": "text+",
    "preferred_name.last": "text+",
}
TEACHER = {
    "sis_id": "text!",
    "legacy_id": "id",
    **ROLE_SCHOOLS,
    "teacher_number": "text",
    "state_id": "text",
    "title": "text",
    "credentials.district_username": "text",
    "ext": "free",
}
STAFF = {
    "staff_id": "text!",
    "legacy_id": "id",
    "schools[]": "id!",
    "title": "text",
    "department": "text",
    "roles[]": "text",
    "credentials.district_username": "text",
    "ext": "free",
}
CONTACT = {
    "sis_id": "text",
    "phone": "text",
    "phone_type": "phone type",
    "legacy_id": "id",
    "student_relationships[].student": "id!",
    "student_relationships[].relationship": "relationship",
    "student_relationships[].type": "contact type",
}

FIELDS: dict[str, dict[str, str]] = {
    "districts": {
        "id": "id!",
        "name": "text!",
        "sis_type": "text!",
        "launch_date": "date!",
        "portal_url": "text!",
        "login_methods[]": "login!",
        "state": "state",
        "error": "text",
        "last_sync": "time",
        "pause_start": "time",
        "pause_end": "time",
        "mdr_number": "text",
        "nces_id": "text",
        "district_contact.id": "id",
        "district_contact.district": "id",
        "district_contact.email": "text",
        "district_contact.name.first": "text",
        "district_contact.name.last": "text",
        "district_contact.title": "text",
        "lms_type": "text+",
        "lms_state": "text+",
        "last_attendance_sync": "time+",
    },
    "schools": {
        **COMMON,
        "name": "text!",
        "sis_id": "text!",
        "school_number": "text!",
        "low_grade": "grade",
        "high_grade": "grade",
        "phone": "text",
        "state_id": "text",
        "nces_id": "text",
        "mdr_number": "text",
        "principal.name": "text",
        "principal.email": "text",
        **LOCATION,
        "ext": "free",
    },
    "terms": {
        "id": "id!",
        "district": "id!",
        "name": "text",
        "start_date": "date",
        "end_date": "date",
    },
    "courses": {"id": "id!", "district": "id!", "name": "text", "number": "text"},
    "sections": {
        **COMMON,
        "school": "id!",
        "name": "text!",
        "sis_id": "text!",
        "students[]": "id",
        "teacher": "id",
        "teachers[]": "id",
        "subject": "subject",
        "course": "id",
        "term_id": "id",
        "grade": "grade",
        "period": "text",
        "section_number": "text",
        "ext": "free",
        "lms_status.synced_in_lms": "boolean+",
    },
    "users": {
        **COMMON,
        "name.first": "text",
        "name.middle": "text",
        "name.last": "text",
        "email": "text",
        "lms_status.synced_in_lms": "boolean+",
        **_under("roles.student", STUDENT),
        **_under("roles.teacher", TEACHER),
        **_under("roles.staff", STAFF),
        **_under("roles.district_admin", {"legacy_id": "id", "title": "text"}),
        **_under("roles.contact", CONTACT),
    },
}


def leaves(value: object, path: str = "") -> list[tuple[str, object]]:
    """Return every leaf of a record with its path; an extension object and a blank are leaves."""
    if isinstance(value, dict) and value and not path.endswith("ext"):
        inner = ((f"{path}.{key}".lstrip("."), each) for key, each in value.items())
        return [leaf for name, each in inner for leaf in leaves(each, name)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each, f"{path}[]")]
    return [(path, value)]


def is_blank(value: object) -> bool:
    return value is None or value in ("", {})


def fits(kind: str, value: object) -> bool:
    """Tell whether a value that is not blank has the form its field asks for."""
    kind = kind.rstrip("!+")
    if kind == "free":
        return isinstance(value, dict)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ENUMS:
        return value in ENUMS[kind]
    return isinstance(value, str) and re.fullmatch(PATTERNS[kind], value) is not None
