"""`roster.changes_between(t1, t2)`: how the roster at one time differs from that at another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dlt_sources.clever.objects import CLEVER_OBJECTS
from orchestration.lib.dbt_runner import models
from orchestration.lib.macros import Macro
from orchestration.lib.moments import Moments

#: What a history tells of its versions; all else is told by Clever.
_OF_VERSIONS = frozenset(
    {
        "district_id", "record_status", "change_type", "valid_from", "valid_to", "is_current",
        "first_seen_at", "archived_at", "restored_at", "times_archived", "archive_reason",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Compared:
    """A history whose rows of two times are compared, by the columns that make a row the same.

    `told` is what of the key is told in `before` and `after` of what came or went.
    """

    history: str
    object: str
    id: str
    fields: tuple[str, ...]
    related_object: str | None = None
    related_id: str | None = None
    told: tuple[str, ...] = ()
    is_record: bool = False


def changes_between(moments: Moments) -> Macro:
    """What came, went and changed, field by field; t1 after t2 is an error."""
    compared = " union all ".join(_difference(each, moments) for each in _compared())
    first, second = (moments.instant(t) for t in ("t1", "t2"))
    return Macro(
        name="roster.changes_between(t1, t2)",
        query=moments.guarded(
            f"select * from ({compared}) as changes order by all",
            f"{moments.unless_time('t1')} or {moments.unless_time('t2')} or "
            f"case when {first} <= {second} then false else cast(error("
            "'t1 and t2 must be two times, the earlier one first.') as boolean) end",
        ),
        type="event",
        grain="record or association that came or went between two times, or field that changed",
        key=("object", "id", "related_object", "related_id", "field", "before", "after"),
        sample="from roster.changes_between('2026-08-17T12:00', '2026-10-01')",
        description=(
            "How the roster at t2 differs from that at t1: what `came`, what `went`, and which "
            "`field` of what was there at both times `changed`, from `before` to `after`. What "
            "changed and changed back in between does not show; `ops.roster_changes` has every "
            "step. Of a school membership that came or went they say the role, of a contact the "
            "relationship."
        ),
    )


def _compared() -> Iterator[_Compared]:
    columns = {node["alias"]: node["columns"] for node in models("roster")}
    for item in CLEVER_OBJECTS:
        for record in (item.record, *item.roles):
            history, key = f"{record.singular}_history", f"{record.singular}_id"
            fields = tuple(name for name in columns[history] if name not in {key, *_OF_VERSIONS})
            yield _Compared(history, record.plural, key, fields, is_record=True)
    yield _Compared("enrollment_history", "students", "student_id", (), "sections", "section_id")
    yield _Compared(
        "teaching_history", "teachers", "teacher_id", ("is_primary",), "sections", "section_id"
    )
    yield _Compared(
        "school_membership_history", "users", "user_id", ("is_primary",), "schools", "school_id",
        told=("role",),
    )  # fmt: skip
    yield _Compared(
        "contact_relationship_history", "contacts", "contact_id", (), "students", "student_id",
        told=("relationship", "relationship_type"),
    )  # fmt: skip


def _difference(each: _Compared, moments: Moments) -> str:
    t1, t2 = (moments.instant(t) for t in ("t1", "t2"))
    active = "record_status = 'active' and " if each.is_record else ""
    # What is one row at both times needs no look: few are left to compare.
    before = f"from roster.{each.history} where {active}valid_from <= {t1} and {t1} < valid_to "
    before += f"and valid_to <= {t2}"
    after = f"from roster.{each.history} where {active}{t1} < valid_from and valid_from <= {t2} "
    after += f"and (valid_to is null or {t2} < valid_to)"
    key = [name for name in (each.id, each.related_id, *each.told) if name]
    same = " and ".join(f"before.{name} is not distinct from after.{name}" for name in key)
    related = f"'{each.related_object}'" if each.related_object else "cast(null as varchar)"
    related_id = _either(each.related_id) if each.related_id else "cast(null as varchar)"
    return f"""
        select change.district_id, '{each.object}' as object, change.id,
            {related} as related_object, change.related_id, change.change,
            change.one.field, change.one.before, change.one.after
        from (
            select {_either("district_id")} as district_id, {_either(each.id)} as id,
                {related_id} as related_id,
                case when before.{each.id} is null then 'came'
                    when after.{each.id} is null then 'went' else 'changed' end as change,
                unnest(case
                    when before.{each.id} is null or after.{each.id} is null
                        then [{_one(None, _told(each, "before"), _told(each, "after"))}]
                    else {_changed_fields(each)}
                end) as one
            from ({before}) as before full join ({after}) as after on {same}
        ) as change
    """


def _either(column: str) -> str:
    return f"coalesce(after.{column}, before.{column})"


def _told(each: _Compared, side: str) -> str:
    """What a row's key tells beside its IDs, where the row is."""
    if not each.told:
        return "null"
    parts = ", ".join(f"{side}.{name}" for name in each.told)
    return f"nullif(concat_ws(', ', {parts}), '')"


def _changed_fields(each: _Compared) -> str:
    """The list of the fields that differ."""
    if not each.fields:
        return "[]"
    fields = ", ".join(_one(name, f'before."{name}"', f'after."{name}"') for name in each.fields)
    return f"list_filter([{fields}], lambda one: one.before is distinct from one.after)"


def _one(field: str | None, before: str, after: str) -> str:
    name = "null" if field is None else f"'{field}'"
    return (
        f"struct_pack(field := cast({name} as varchar), before := cast({before} as varchar), "
        f"after := cast({after} as varchar))"
    )
