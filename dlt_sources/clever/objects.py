"""The one table of Clever's objects: what is walked, what it looks like, what is a change.

It drives the walk, the raw tables, and (through tests) the dbt sources, staging columns and checks.
Field names and types follow Clever's v3.1 objects; v3.0 is a subset of them.
"""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One leaf of a record and the column it becomes.

    `path` is where the value stands: inside the object or, for a role's field, inside
    `roles.<role>`. `type` is DuckDB's: VARCHAR unless the value is a date, a Clever boolean, a
    list or free-form JSON.
    """

    column: str
    path: Path
    type: str = "VARCHAR"


@dataclass(frozen=True)
class Record:
    """A kind of record analysts see: `student` with `roster.students` and `roster.student_history`.

    `lists` are the paths of lists that association tables hold: known, but no attributes.
    """

    singular: str
    plural: str
    fields: tuple[Field, ...]
    lists: tuple[Path, ...] = ()


@dataclass(frozen=True)
class CleverObject:
    """A list of Clever's API, with the rules by which two copies of one record are told apart.

    `volatile` paths never make a version; the order and repetitions of `sets` mean nothing. The
    items of a set are texts, or objects in those that are also `of_objects`.
    `roles` holds the records of each role of a user, by the role's key; other objects have none.
    """

    name: str
    record: Record
    volatile: tuple[Path, ...] = (("created",), ("last_modified",))
    sets: tuple[Path, ...] = ()
    of_objects: tuple[Path, ...] = ()
    roles: tuple[Record, ...] = ()

    @property
    def path(self) -> str:
        """The list's path below the API version, such as `users`."""
        return self.name


def _text(*columns: str) -> tuple[Field, ...]:
    return tuple(Field(column, (column,)) for column in columns)


def _location() -> tuple[Field, ...]:
    parts = ("address", "city", "state", "zip", "lat", "lon")
    return tuple(Field(f"location_{part}", ("location", part)) for part in parts)


_EXT = Field("ext", ("ext",), "JSON")
_LMS = Field("lms_status_synced_in_lms", ("lms_status", "synced_in_lms"), "BOOLEAN")
_SCHOOL = Field("school_id", ("school",))
_USERNAME = Field("district_username", ("credentials", "district_username"))

#: The fields every user has, whatever the roles; each role's table repeats them.
COMMON_USER_FIELDS = (
    Field("first_name", ("name", "first")),
    Field("middle_name", ("name", "middle")),
    Field("last_name", ("name", "last")),
    *_text("email"),
    _LMS,
)

DISTRICT = Record(
    "district",
    "districts",
    (
        *_text("name", "sis_type"),
        Field("launch_date", ("launch_date",), "DATE"),
        *_text("portal_url"),
        Field("login_methods", ("login_methods",), "VARCHAR[]"),
        *_text("mdr_number", "nces_id"),
        Field("district_contact_id", ("district_contact", "id")),
        Field("district_contact_district_id", ("district_contact", "district")),
        Field("district_contact_email", ("district_contact", "email")),
        Field("district_contact_first_name", ("district_contact", "name", "first")),
        Field("district_contact_last_name", ("district_contact", "name", "last")),
        Field("district_contact_title", ("district_contact", "title")),
        *_text("lms_type", "lms_state"),
    ),
)

SCHOOL = Record(
    "school",
    "schools",
    (
        *_text("name", "sis_id", "school_number", "low_grade", "high_grade", "phone"),
        *_text("state_id", "nces_id", "mdr_number"),
        Field("principal_name", ("principal", "name")),
        Field("principal_email", ("principal", "email")),
        *_location(),
        _EXT,
    ),
)

TERM = Record(
    "term",
    "terms",
    (
        *_text("name"),
        Field("start_date", ("start_date",), "DATE"),
        Field("end_date", ("end_date",), "DATE"),
    ),
)

COURSE = Record("course", "courses", _text("name", "number"))

SECTION = Record(
    "section",
    "sections",
    (
        *_text("name", "sis_id"),
        _SCHOOL,
        Field("course_id", ("course",)),
        *_text("term_id"),
        Field("primary_teacher_id", ("teacher",)),
        *_text("subject", "grade", "period", "section_number"),
        _EXT,
        _LMS,
    ),
    lists=(("students",), ("teachers",)),
)

USER = Record("user", "users", COMMON_USER_FIELDS)

STUDENT = Record(
    "student",
    "students",
    (
        *_text("sis_id"),
        _SCHOOL,
        *_text("student_number", "state_id", "grade", "gender"),
        Field("dob", ("dob",), "DATE"),
        *_text("race", "hispanic_ethnicity", "ell_status", "graduation_year"),
        *_location(),
        _USERNAME,
        _EXT,
        *_text("legacy_id", "frl_status", "gifted_status", "section_504_status"),
        Field("disability_disability_status", ("disability", "disability_status")),
        Field("disability_disability_type", ("disability", "disability_type")),
        Field("disability_disability_code", ("disability", "disability_code")),
        *_text("home_language", "home_language_code", "iep_status"),
        Field("preferred_name_first", ("preferred_name", "first")),
        Field("preferred_name_middle", ("preferred_name", "middle")),
        Field("preferred_name_last", ("preferred_name", "last")),
    ),
    lists=(("schools",), ("enrollments",)),
)

TEACHER = Record(
    "teacher",
    "teachers",
    (
        *_text("sis_id", "legacy_id"),
        _SCHOOL,
        *_text("teacher_number", "state_id", "title"),
        _USERNAME,
        _EXT,
    ),
    lists=(("schools",),),
)

STAFF = Record(
    "staff",
    "staff",
    (
        # The district's own number; `staff_id` is the Clever ID, as in every other record table.
        Field("staff_sis_id", ("staff_id",)),
        *_text("legacy_id", "title", "department"),
        Field("roles", ("roles",), "VARCHAR[]"),
        _USERNAME,
        _EXT,
    ),
    lists=(("schools",),),
)

DISTRICT_ADMIN = Record("district_admin", "district_admins", _text("legacy_id", "title"))

CONTACT = Record(
    "contact",
    "contacts",
    _text("sis_id", "phone", "phone_type", "legacy_id"),
    lists=(("student_relationships",),),
)

_ROLES = (STUDENT, TEACHER, STAFF, DISTRICT_ADMIN, CONTACT)


def _in_every_role(*keys: str) -> tuple[Path, ...]:
    return tuple(("roles", role.singular, key) for role in _ROLES for key in keys)


#: Parents before children, so that a reader of the log meets a school before its sections.
CLEVER_OBJECTS = (
    CleverObject(
        "districts",
        DISTRICT,
        volatile=(
            ("last_sync",),
            ("last_clever_sync",),
            ("last_attendance_sync",),
            ("state",),
            ("error",),
            ("pause_start",),
            ("pause_end",),
            ("created",),
            ("last_modified",),
        ),
        sets=(("login_methods",),),
    ),
    CleverObject("schools", SCHOOL),
    CleverObject("terms", TERM),
    CleverObject("courses", COURSE),
    CleverObject("sections", SECTION, sets=(("students",), ("teachers",))),
    CleverObject(
        "users",
        USER,
        volatile=(
            ("created",),
            ("last_modified",),
            *_in_every_role("email", "created", "last_modified"),
        ),
        sets=(
            ("roles", "student", "schools"),
            ("roles", "student", "enrollments"),
            ("roles", "teacher", "schools"),
            ("roles", "staff", "schools"),
            ("roles", "staff", "roles"),
            ("roles", "contact", "student_relationships"),
        ),
        of_objects=(("roles", "contact", "student_relationships"),),
        roles=_ROLES,
    ),
)
