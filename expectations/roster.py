"""Suites for the built roster: complete, in known words, and true to what Clever showed."""

from __future__ import annotations

from dataclasses import dataclass

from dlt_sources.clever.objects import CLEVER_OBJECTS, Record
from expectations.model import Suite, is_equal, is_one_of, is_zero
from expectations.sql import agrees, counted, last_complete_sync, shown_in_latest_sync

_RECORDS: tuple[Record, ...] = tuple(
    record for item in CLEVER_OBJECTS for record in (item.record, *item.roles)
)

#: What Clever guarantees of each object, as columns of its table. Others may be missing any day.
_GUARANTEED = {
    "districts": ("name", "sis_type", "launch_date", "portal_url", "login_methods"),
    "schools": ("name", "sis_id", "school_number"),
    "sections": ("name", "sis_id", "school_id"),
    "users": ("roles",),
    "students": ("sis_id", "school_id"),
    "staff": ("staff_sis_id",),
}


@dataclass(frozen=True)
class Reference:
    """A column of a current table that names a record of another.

    `listed_as`: Clever's field, if what it refers to may be unshared and is then listed under it
    as unresolved.
    """

    table: str
    id: str
    column: str
    parent: str
    parent_id: str
    listed_as: str | None = None


_REFERENCES = (
    Reference("sections", "section_id", "school_id", "schools", "school_id", "school"),
    Reference("sections", "section_id", "term_id", "terms", "term_id", "term_id"),
    Reference("sections", "section_id", "course_id", "courses", "course_id", "course"),
    Reference("students", "student_id", "school_id", "schools", "school_id", "school"),
    Reference("teachers", "teacher_id", "school_id", "schools", "school_id", "school"),
    Reference("enrollments", "section_id", "section_id", "sections", "section_id"),
    Reference("enrollments", "section_id", "student_id", "students", "student_id"),
    Reference("teaching", "section_id", "section_id", "sections", "section_id"),
    Reference("teaching", "section_id", "teacher_id", "teachers", "teacher_id"),
    Reference("school_memberships", "user_id", "user_id", "users", "user_id"),
    Reference("school_memberships", "user_id", "school_id", "schools", "school_id"),
    Reference("contact_relationships", "contact_id", "contact_id", "contacts", "contact_id"),
    Reference("contact_relationships", "contact_id", "student_id", "students", "student_id"),
)


def _key(record: Record) -> str:
    return f"{record.singular}_id"


def _words(record: Record) -> str:
    return f"""
select
  '{record.plural}' as object,
  district_id,
  coalesce(record_status, '') as record_status,
  coalesce(change_type, '') as change_type,
  count(*) as rows,
  min({_key(record)}, 5) as rows_ids,
  {counted("(record_status = 'archived') <> (change_type = 'archived')", "torn", _key(record))}
from build.roster.{record.singular}_history
group by all
"""


VALUES = Suite(
    name="roster_values",
    description="Every version of every record is in one of the contract's words",
    database="build",
    queries=tuple(map(_words, _RECORDS)),
    checks=(
        is_one_of("every_version_has_a_known_status", "record_status", "active", "archived"),
        is_one_of(
            "every_version_has_a_known_change",
            "change_type",
            *("created", "updated", "archived", "restored"),
        ),
        is_zero("only_an_archiving_archives", "torn"),
    ),
)


def _presence(record: Record) -> str:
    required = dict.fromkeys((_key(record), "district_id", "first_seen_at", "last_changed_at"))
    guaranteed = _GUARANTEED.get(record.plural, (_key(record),))
    return f"""
select
  '{record.plural}' as object,
  district_id,
  count(*) as rows,
  {counted(" or ".join(f"{field} is null" for field in required), "missing", _key(record))},
  {counted(" or ".join(f"{field} is null" for field in guaranteed), "withheld", _key(record))}
from build.roster.{record.plural}
where record_status = 'active'
group by district_id
"""


FIELDS = Suite(
    name="roster_fields",
    description="Active records have the fields the contract and Clever promise",
    database="build",
    queries=tuple(map(_presence, _RECORDS)),
    checks=(
        is_zero("every_active_record_can_be_placed", "missing"),
        # Clever's promise, not ours: the record is kept as it is.
        is_zero("every_active_record_has_what_clever_guarantees", "withheld", "warn"),
    ),
)


def _resolution(reference: Reference) -> str:
    """Per district two rows: how often the reference is made, and how often it leads nowhere."""
    name = f"'{reference.table}.{reference.column}' as reference, child.district_id"
    active = "and child.record_status = 'active'" if reference.listed_as else ""
    child = f"build.roster.{reference.table} as child"
    made = f"where child.{reference.column} is not null {active} group by all"
    # The list is a view over all kinds of references; naming the kind leaves the others unread.
    listed = f"""anti join (
  select id, referenced_id from build.ops.unresolved_references
  where object = '{reference.table}' and field = '{reference.listed_as}'
) as listed
  on child.{reference.id} = listed.id and child.{reference.column} = listed.referenced_id"""
    return f"""
select {name}, count(*) as rows, 0 as dangling, null as dangling_ids
from {child}
{made}
union all
select {name}, 0, count(*), min(child.{reference.id}, 5)
from {child}
anti join (
  select {reference.parent_id} from build.roster.{reference.parent} where record_status = 'active'
) as parent on child.{reference.column} = parent.{reference.parent_id}
{listed if reference.listed_as else ""}
{made}
"""


REFERENCES = Suite(
    name="roster_references",
    description="What the roster refers to is active, or listed in ops.unresolved_references",
    database="build",
    # All of them, not only what is new: a parent that goes leaves children nobody touched, and
    # anti-joins over everything cost less than finding those (a second for 5 M enrollments).
    # One by one: in one query DuckDB would keep the tables they share, at several times the cost.
    queries=tuple(map(_resolution, _REFERENCES)),
    checks=(is_zero("every_reference_leads_somewhere", "dangling"),),
)


def _active(name: str) -> str:
    return f"""
  select '{name}' as object, district_id, count(*) as active
  from build.roster.{name}
  where record_status = 'active'
  group by district_id
"""


COUNTS = Suite(
    name="roster_counts",
    description="As many records of each district are active as Clever showed of it",
    database="build",
    queries=(
        f"""
with latest as ({last_complete_sync()}
),
shown as ({shown_in_latest_sync()}
),
active as ({"union all".join(_active(item.name) for item in CLEVER_OBJECTS)}
),
built as (
  select object, district_id, active
  from active
  semi join latest using (district_id)
)
select
  district_id,
  object,
  coalesce(active, 0) as active,
  {agrees("active")} as agreed,
  greatest(active, seen) as rows,
  abs(coalesce(active, 0) - agreed) as astray,
  [district_id] as astray_ids
from built
full join shown using (object, district_id)
""",
    ),
    checks=(is_equal("as_many_are_active_as_clever_showed", "active", "agreed", "astray"),),
)

ROSTER_SUITES = (VALUES, FIELDS, REFERENCES, COUNTS)
