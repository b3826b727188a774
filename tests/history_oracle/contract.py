"""What analysts are promised: which tables there are and which Clever field each column shows.

Written from the contract (the tables analysts query) and Clever's v3.1 objects, by hand
and on purpose a second time: nothing here comes from the code under test.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Fields of every user, whatever the roles.
COMMON = "name.first name.middle name.last email lms_status.synced_in_lms"

_LOCATION = "location.address location.city location.state location.zip location.lat location.lon"
_USERNAME = "credentials.district_username"

#: Clever's names by which an analyst does not find them: everything else is the path joined by `_`.
RENAMED = {
    "name.first": "first_name",
    "name.middle": "middle_name",
    "name.last": "last_name",
    "district_contact.name.first": "district_contact_first_name",
    "district_contact.name.last": "district_contact_last_name",
    "district_contact.district": "district_contact_district_id",
    _USERNAME: "district_username",
    "school": "school_id",
    "course": "course_id",
    "teacher": "primary_teacher_id",
    "staff_id": "staff_sis_id",
}

DATES = frozenset({"launch_date", "start_date", "end_date", "dob"})
FLAGS = frozenset({"lms_status.synced_in_lms"})
JSON = frozenset({"ext"})
#: Lists whose order and repetitions mean nothing and that are attributes of their record.
SETS = frozenset({"login_methods", "roles"})


@dataclass(frozen=True)
class Kind:
    """A kind of record: `student` has `roster.students` and `roster.student_history`.

    `object` is Clever's list it stands in, `role` the role of a user it is (None: the record).
    `fields` are paths inside the record or, for a role, inside that role.
    """

    singular: str
    plural: str
    object: str
    fields: tuple[str, ...]
    role: str | None = None

    @property
    def key(self) -> str:
        """The column of the Clever ID."""
        return f"{self.singular}_id"


def column(path: str) -> str:
    """The column of a field: `location_city` of `location.city`, `first_name` of `name.first`."""
    return RENAMED.get(path, path.replace(".", "_"))


def _kind(singular: str, plural: str, fields: str) -> Kind:
    return Kind(singular, plural, plural, tuple(fields.split()))


def _role(singular: str, plural: str, fields: str) -> Kind:
    return Kind(singular, plural, "users", tuple(fields.split()), role=singular)


KINDS = (
    _kind(
        "district",
        "districts",
        "name sis_type launch_date portal_url login_methods mdr_number nces_id district_contact.id"
        " district_contact.district district_contact.email district_contact.name.first"
        " district_contact.name.last district_contact.title lms_type lms_state",
    ),
    _kind(
        "school",
        "schools",
        "name sis_id school_number low_grade high_grade phone state_id nces_id mdr_number"
        f" principal.name principal.email {_LOCATION} ext",
    ),
    _kind("term", "terms", "name start_date end_date"),
    _kind("course", "courses", "name number"),
    _kind(
        "section",
        "sections",
        "name sis_id school course term_id teacher subject grade period section_number ext"
        " lms_status.synced_in_lms",
    ),
    _kind("user", "users", COMMON),
    _role(
        "student",
        "students",
        "sis_id school student_number state_id grade gender dob race hispanic_ethnicity ell_status"
        f" graduation_year {_LOCATION} {_USERNAME} ext legacy_id frl_status gifted_status"
        " section_504_status disability.disability_status disability.disability_type"
        " disability.disability_code home_language home_language_code iep_status"
        " preferred_name.first preferred_name.middle preferred_name.last",
    ),
    _role(
        "teacher",
        "teachers",
        f"sis_id legacy_id school teacher_number state_id title {_USERNAME} ext",
    ),
    _role("staff", "staff", f"staff_id legacy_id title department roles {_USERNAME} ext"),
    _role("district_admin", "district_admins", "legacy_id title"),
    _role("contact", "contacts", "sis_id phone phone_type legacy_id"),
)

BY_SINGULAR = {kind.singular: kind for kind in KINDS}
BY_ROLE = {kind.role: kind for kind in KINDS if kind.role}
ROLES = tuple(BY_ROLE)
OBJECTS = ("districts", "schools", "terms", "courses", "sections", "users")

#: The columns of each association that say what it associates.
ASSOCIATIONS = {
    "enrollment": ("section_id", "student_id"),
    "teaching": ("section_id", "teacher_id", "is_primary"),
    "school_membership": ("user_id", "role", "school_id", "is_primary"),
    "contact_relationship": ("contact_id", "student_id", "relationship", "relationship_type"),
}
