"""The checks a case can name: a question each, in SQL over a published roster, about one record.

A query sees the variables `id` and `other` (Clever IDs), `t` (the moment of the day's sync),
`until` (the end of the time asked about) and the table `days` (`day`, `date`). It answers with
one column of text, NULL for a missing value; the rows of a list come in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dlt_sources.certification.catalogue import Fact
from dlt_sources.certification.ids import split_name
from dlt_sources.clever.objects import CLEVER_OBJECTS, COMMON_USER_FIELDS, Record
from expectations.certification.check import DAY, Check, as_of
from expectations.certification.matched import MATCHED_CHECKS

_BY_SINGULAR = {
    record.singular: record for item in CLEVER_OBJECTS for record in (item.record, *item.roles)
}
_KINDS = {"admin": "district_admin"}
_ASSOCIATIONS = (
    "enrollment_history",
    "teaching_history",
    "school_membership_history",
    "contact_relationship_history",
)


def record_of(name: str) -> Record:
    """The kind of record a short name stands for: the table its values are looked up in."""
    kind = split_name(name)[1]
    return _BY_SINGULAR[_KINDS.get(kind, kind)]


def _history(fact: Fact) -> str:
    return f"{record_of(fact.of).singular}_history"


def _key(fact: Fact) -> str:
    return f"{record_of(fact.of).singular}_id"


def _of_record(fact: Fact, what: str) -> str:
    return f"select {what} from {as_of(_history(fact))} where {_key(fact)} = getvariable('id')"


def _status(fact: Fact) -> str:
    return _of_record(fact, "record_status")


def _value(fact: Fact) -> str:
    return _of_record(fact, f"cast({fact.field} as varchar)")


def _extra(fact: Fact) -> str:
    """Unknown fields of a user are kept with the user, those of a role with the role."""
    of_user, of_role = (f"json_extract({table}.extra, '$.{fact.field}')" for table in ("u", "r"))
    return (
        f"select cast(coalesce({of_user}, {of_role}) as varchar) "
        f"from {as_of('user_history')} as u "
        f"join {as_of(_history(fact))} as r on u.user_id = r.{_key(fact)} "
        "where u.user_id = getvariable('id')"
    )


def _filled(fact: Fact) -> str:
    record = record_of(fact.of)
    shared = () if record.plural in ("schools", "sections") else COMMON_USER_FIELDS
    cases = ", ".join(
        f"case when {field.column} is not null then '{field.column}' end"
        for field in (*shared, *record.fields)
    )
    names = _of_record(fact, f"unnest([{cases}]) as name")
    return f"select name from ({names}) where name is not null"


def _versions(fact: Fact, condition: str = "true") -> str:
    return (
        f"select change_type || ' ' || {DAY.format('valid_from')} from roster.{_history(fact)} "
        f"where {_key(fact)} = getvariable('id') and valid_from <= getvariable('until') "
        f"and {condition}"
    )


def _life(fact: Fact) -> str:
    return _versions(fact, "change_type <> 'updated'")


def _enrollments(fact: Fact) -> str:
    ours, theirs = _pair(fact, "student_id")
    return f"select {theirs} from {as_of('enrollment_history')} where {ours} = getvariable('id')"


def _enrolled(fact: Fact) -> str:
    return f"select cast(count(*) as varchar) from ({_enrollments(fact)})"


def _teaching(fact: Fact) -> str:
    ours, theirs = _pair(fact, "teacher_id")
    mark = "case when is_primary then ' (primary)' else '' end"
    shown = f"teacher_id || {mark}" if theirs == "teacher_id" else theirs
    return f"select {shown} from {as_of('teaching_history')} where {ours} = getvariable('id')"


def _pair(fact: Fact, person: str) -> tuple[str, str]:
    own = _key(fact)
    return (own, person) if own == "section_id" else (person, "section_id")


def _teachers_of(_: Fact) -> str:
    return (
        f"select distinct teacher_id from {as_of('enrollment_history')} "
        f"join {as_of('teaching_history')} using (district_id, section_id) "
        "where student_id = getvariable('id')"
    )


def _schools(_: Fact) -> str:
    return (
        "select role || ' at ' || school_id || case when is_primary then ' (primary)' else '' end "
        f"from {as_of('school_membership_history')} where user_id = getvariable('id')"
    )


def _roles(_: Fact) -> str:
    return f"select unnest(roles) from {as_of('user_history')} where user_id = getvariable('id')"


def _relationships(_: Fact) -> str:
    return (
        "select student_id || ': ' || relationship || ', ' || relationship_type "
        f"from {as_of('contact_relationship_history')} where contact_id = getvariable('id')"
    )


def _contacts_of(_: Fact) -> str:
    return (
        f"select distinct contact_id from {as_of('contact_relationship_history')} "
        "where student_id = getvariable('id')"
    )


def _spells(history: str, member: str, mark: str = "''") -> Callable[[Fact], str]:
    def query(_: Fact) -> str:
        begins, ends = DAY.format("valid_from"), DAY.format("valid_to")
        return (
            f"select {begins} || '-' || coalesce(cast({ends} as varchar), '') || {mark} "
            f"from roster.{history} where section_id = getvariable('id') "
            f"and {member} = getvariable('other')"
        )

    return query


_enrolled_spells = _spells("enrollment_history", "student_id")
_taught_spells = _spells(
    "teaching_history", "teacher_id", "case when is_primary then ' primary' else '' end"
)


def _same(fact: Fact) -> str:
    return (
        f"select case when count(*) = 2 and count(distinct {fact.field}) = 1 "
        f"then 'same' else 'different' end from {as_of(_history(fact))} "
        f"where {_key(fact)} in (getvariable('id'), getvariable('other'))"
    )


def _unique(_: Fact) -> str:
    tables = (
        f"(select {record.singular}_id from roster.{record.plural} "
        f"group by {record.singular}_id having count(*) > 1)"
        for record in _BY_SINGULAR.values()
    )
    return " union all ".join(tables)


def _new_versions(_: Fact) -> str:
    histories = (*(f"{singular}_history" for singular in _BY_SINGULAR), *_ASSOCIATIONS)
    began = "district_id = getvariable('id') and valid_from = getvariable('t')"
    counts = (f"select count(*) as rows from roster.{name} where {began}" for name in histories)
    return f"select cast(sum(rows) as varchar) from ({' union all '.join(counts)})"


def _count(fact: Fact) -> str:
    record = next(each for each in _BY_SINGULAR.values() if each.plural == fact.field)
    return (
        f"select cast(count(*) as varchar) from {as_of(f'{record.singular}_history')} "
        "where district_id = getvariable('id') and record_status = 'active'"
    )


_THIS_SYNC = "district_id = getvariable('id') and observed_at = getvariable('t')"


def _sync(fact: Fact) -> str:
    return f"select cast({fact.field} as varchar) from ops.syncs where {_THIS_SYNC}"


def _synced(_: Fact) -> str:
    yes = "case when status = 'complete' then 'yes' else 'no' end"
    return f"select {yes} from ops.syncs where {_THIS_SYNC}"


def _syncs(_: Fact) -> str:
    return (
        "select cast(count(*) as varchar) from ops.syncs where district_id = getvariable('id') "
        "and cast(observed_at as date) = cast(getvariable('t') as date)"
    )


def _of_sync(table: str, shown: str, condition: str = "true") -> Callable[[Fact], str]:
    def query(_: Fact) -> str:
        return (
            f"select distinct {shown} from ops.{table} as told "
            "semi join (select sync_id, district_id from ops.syncs "
            "where district_id = getvariable('id') "
            "and cast(observed_at as date) = cast(getvariable('t') as date)) "
            f"using (sync_id, district_id) where {condition}"
        )

    return query


_rejected = _of_sync("rejected_records", "object || ': ' || id")
_held = _of_sync("held_changes", "object", "limit_hit is not null")
_approved = _of_sync("approvals", "object")


def _unresolved(_: Fact) -> str:
    return (
        "select field || ': ' || referenced_id from ops.unresolved_references "
        "where id = getvariable('id')"
    )


def _drift(_: Fact) -> str:
    return (
        "select distinct path from ops.schema_drift where district_id = getvariable('id') "
        "and first_seen_at = getvariable('t')"
    )


#: Every check a fact can name, with what it says; `replayed` has more.
CHECKS: Mapping[str, Check] = {
    **MATCHED_CHECKS,
    "status": Check("is active, archived, or was never seen", _status),
    "value": Check("has this value, as it came", _value),
    "kept": Check("has every value Clever showed", _value),
    "extra": Check("keeps the unknown field", _extra),
    "filled": Check("has values in these columns and in no other", _filled, is_list=True),
    "life": Check("was created, archived, restored on these days", _life, True, whole=True),
    "versions": Check("has these versions and no other", _versions, True, whole=True),
    "same": Check("has the same value as another record", _same),
    "roles": Check("has these roles", _roles, is_list=True),
    "enrollments": Check("has these students, or these sections", _enrollments, is_list=True),
    "enrolled": Check("has so many students", _enrolled),
    "teaching": Check("has these teachers, or these sections", _teaching, is_list=True),
    "teachers_of": Check("has these teachers through sections", _teachers_of, is_list=True),
    "schools": Check("belongs to these schools", _schools, is_list=True),
    "relationships": Check("is a contact in these ways", _relationships, is_list=True),
    "contacts_of": Check("has these contacts", _contacts_of, is_list=True),
    "spells": Check("listed the student from day to day", _enrolled_spells, True, whole=True),
    "taught": Check("had the teacher from day to day", _taught_spells, True, whole=True),
    "unique": Check("no Clever ID stands twice in a table", _unique, is_list=True),
    "new_versions": Check("so many versions and intervals began with the sync", _new_versions),
    "count": Check("so many records are active", _count),
    "sync": Check("the sync's line says so", _sync),
    "synced": Check("the sync was complete, or not", _synced),
    "syncs": Check("so many syncs on that day", _syncs),
    "unresolved": Check("refers to what is not there", _unresolved, is_list=True, then=True),
    "rejected": Check("these records were rejected", _rejected, is_list=True),
    "held": Check("these passed a limit in a sync that was held", _held, is_list=True),
    "approved": Check("a person approved what happened to these", _approved, is_list=True),
    "drift": Check("these fields were reported as new", _drift, is_list=True),
}
