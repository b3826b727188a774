"""The guards of the reading of the application and of its models, and what each would be without.

`mutations` tries them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """In a file the text of a guard, and what takes its place."""

    name: str
    file: str
    guard: str
    instead: str


def _source(name: str, module: str, guard: str, instead: str) -> Mutant:
    return Mutant(name, f"dlt_sources/application/{module}.py", guard, instead)


def _model(name: str, file: str, guard: str, instead: str) -> Mutant:
    return Mutant(name, f"dbt_project/{file}.sql", guard, instead)


SOURCE = (
    _source("cursor: NULL is not read", "looking",
            "return told | tells_nothing(reader, kind)", "return told"),
    _source("cursor: year 1 is not read", "looking",
            "return cursor.is_(None) | (cursor < _bound(reader, kind, EARLIEST))",
            "return cursor.is_(None)"),
    _source("cursor: the future is not capped", "looking",
            "        query = query.where(cursor <= _bound(reader, kind, at))\n", "        pass\n"),
    _source("cursor: the future is not counted", "looking",
            "return int(reader.connection.execute(query).scalar_one())\n\n\ndef rows_without",
            "return 0\n\n\ndef rows_without"),
    _source("cursor: no overlap", "cursors", "_DEFAULT_OVERLAP = 3600.0", "_DEFAULT_OVERLAP = 1.0"),
    _source("cursor: it never falls", "cursors",
            "bool(_sortable(self.kind, mine) < _sortable(self.kind, others))", "False"),
    _source("cursor: its mark never falls", "cursors",
            "pairs = ((self.value, other.value), (self.mark, other.mark))",
            "pairs = ((self.value, other.value),)"),
    _source("cursor: read on from the last one", "cursors",
            "since = _earlier(moment_of(last.mark) or EARLIEST, mapping)",
            "since = _earlier(moment_of(last.value) or EARLIEST, mapping)"),
    _source("cursor: it may vanish", "comparing",
            "if not look.last or look.last.is_before(known.cursor)",
            "if look.last and look.last.is_before(known.cursor)"),
    _source("cursor: its kind may change", "comparing",
            "if look.last and known.cursor and look.last.kind != known.cursor.kind:", "if False:"),
    *(
        _source(f"mapping: another {part} is not noticed", "comparing",
                f'    "{part}": "', f'    # "{part}": "')
        # Another database or table has another identity; another cursor is often of another type.
        for part in ("columns", "types", "cursor_type", "identity")
    ),
    _source("index: its loss is not noticed", "comparing",
            'return "its index was lost" if indexed != known.present else None', "return None"),
    _source("comparison: never due", "comparing",
            "if period and (known.compared_at is None or at - known.compared_at >= period):",
            "if False:"),
    _source("comparison: not when asked for", "comparing", "    if asked:", "    if False:"),
    _source("comparison: IDs only", "comparing",
            "theirs = reader.sums(contents=contents)\n"
            "    buckets = merge.differing(theirs, contents=contents)",
            "theirs = reader.sums(contents=False)\n"
            "    buckets = merge.differing(theirs, contents=False)"),
    _source("comparison: heals in secret", "comparing",
            "if compares and plan.since else 0", "if False else 0"),
    _source("deletion: not in buckets", "comparing", "merge.withdraw_unread(buckets)", "pass"),
    _source("deletion: not among all", "comparing",
            "unreadable = merge.take(_all_rows(reader))\n    merge.withdraw_unread()",
            "unreadable = merge.take(_all_rows(reader))"),
    _source("deletion: not in a whole reading", "merging",
            "        self._withdraw_unindexed()\n", ""),
    _source("deletion: the index is kept", "merging",
            '        self._run(f"delete from {self._index}")\n', ""),
    _source("deletion: IDs are not read", "comparing",
            "if contents or merge.withdraw_absent(reader.ids()):", "if contents:"),
    _source("deletion: marks are not compared", "merging", "using (id, is_gone)", "using (id)"),
    _source("deletion: marks are not hashed", "reading",
            "hashes.hashed([id_text, *marks])", "hashes.hashed([id_text])"),
    _source("restore: not without news", "merging",
            "                or (known.change = 'withdrawn') <> hashed.is_gone\n", ""),
    _source("restore: what is gone is told again", "merging",
            "or known.hash <> hashed.hash and not hashed.is_gone",
            "or known.hash <> hashed.hash"),
    _source("values: UUIDs keep their case", "values",
            "then lower({text}) \"\n        f\"else", "then {text} \"\n        f\"else"),
    _source("values: IDs keep their point", "values",
            "when contains({text}, '.') and regexp", "when false and regexp"),
    _source("values: a blank ID is one", "values",
            "case when {is_blank(text)} then null \"", "case when false then null \""),
    _source("values: users are texts", "values", '"id", "user_id", ', '"id", '),
    _source("values: links are texts", "values", '"clever_id", ', ""),
    _source("values: NaN is a number", "values",
            "when regexp_full_match({trimmed}, '{_NUMBER}') and isfinite({number}) then",
            "when true then"),
    _source("values: infinity is a time", "values",
            "case when regexp_full_match(trim({text}), '{_TIME}') and trim({text}) >= '0001' \"\n"
            "        f\"and {time} between timestamp '{_FIRST}' and timestamp '{_LAST}' \"",
            "case when true \""),
    _source("values: false is a deletion", "values", 'r"|f|false|n|no|', 'r"|f|n|no|'),
    _source("values: 1970 is a deletion", "values",
            'r"|1970-01-01([ t]00:00:00(\\.0+)?(z|[+-]00(:?00)?)?)?"', 'r"|1970"'),
    _source("values: unreadable ones are not counted", "merging",
            'return " + ".join(counted) or "0"', 'return "0"'),
    _source("failure: the mapping of a missing table passes", "syncing",
            "line = _failed(load, mapping.name, reason(error, mapping, reader))", "raise"),
)  # fmt: skip

MODELS = (
    _model(
        "models: last link for all time",
        "models/history/accounts/account_links",
        "        or load_id > first_linked and clever_id is distinct from previous_clever_id\n",
        "",
    ),
    _model(
        "models: every link reaches back",
        "models/history/accounts/account_links",
        "load_id = first_linked or first_linked is null as is_first",
        "load_id = first_linked or first_linked is null or clever_id is not null and "
        "previous_clever_id is null as is_first",
    ),
    _model(
        "models: first link does not take the past",
        "models/history/accounts/account_links",
        "case when is_first then {{ far_past() }} else linked_at end",
        "case when is_first and clever_id is null then {{ far_past() }} else linked_at end",
    ),
    _model(
        "models: edits as linked first",
        "models/history/edits/edit_versions",
        "(called.told_before is null or versions.load_id < called.told_before)",
        "called.told_before is null",
    ),
    _model(
        "models: edits ignore load of link",
        "models/history/edits/edit_versions",
        "and (called.told_before is null or versions.load_id < called.told_before)",
        "and (called.told_before is null or versions.load_id <= called.told_before)",
    ),
    _model(
        "models: added users vanish",
        "macros/student/people",
        "(users.user_id is null or edits.valid_from < users.first_seen_at)",
        "users.user_id is null",
    ),
    _model(
        "models: added users for ever",
        "macros/student/people",
        "least(edits.valid_to, users.first_seen_at) as valid_to",
        "edits.valid_to",
    ),
    _model(
        "models: added before clever unknown",
        "models/history/edits/edit_versions",
        "(users.user_id is null or pieces.valid_from < users.first_seen_at)",
        "users.user_id is null",
    ),
    _model(
        "models: roles: not yet clevers",
        "models/marts/roster/effective_roles",
        "left join {{ ref('users') }} as known on edited.user_id = known.user_id",
        "left join {{ ref('users') }} as known on edited.user_id = known.user_id\n"
        "    where known.user_id is null",
    ),
    _model(
        "models: keys joined",
        "macros/student/stretches",
        "    {%- for part in key -%}\n"
        "    {{ left }}.{{ part }} = {{ right }}.{{ part }}{{ ' and ' if not loop.last "
        "}}\n"
        "    {%- endfor -%}",
        "    {% for part in key %}{{ left }}.{{ part }}{{ \" || ' ' || \" if not loop.last "
        "}}{% endfor %} = {% for part in key %}{{ right }}.{{ part }}{{ \" || ' ' || \" if "
        "not loop.last }}{% endfor %}",
    ),
    _model(
        "models: plain sums",
        "macros/student/exact",
        "    case\n"
        "        when abs({{ number }}) < 1e18\n"
        "            then\n"
        "                cast(cast(trunc({{ number }}) as bigint) as decimal(28, 9))\n"
        "                + cast({{ number }} - trunc({{ number }}) as decimal(28, 9))\n"
        "    end",
        "    {{ number }}",
    ),
    _model(
        "models: leading zeros of the account itself",
        "models/marts/progress/unmatched_progress",
        "numbers.number is not null and accounts.account_id is null",
        "numbers.number is not null",
    ),
    _model(
        "models: now is open end",
        "macros/student/last_look",
        "coalesce({{ valid_from }} <= {{ last_look() }} and ({{ valid_to }} is null or "
        "{{ valid_to }} > {{ last_look() }}), false)",
        "{{ valid_to }} is null",
    ),
    _model(
        "models: now is last sync only",
        "macros/student/last_look",
        "        union all\n"
        "        select observed_at from {{ ref('application_loads') }}\n"
        "        where status = 'complete'\n",
        "",
    ),
    _model(
        "models: no planned",
        "models/marts/roster/groups",
        "        when edits.is_ahead then 'planned'\n",
        "",
    ),
    _model(
        "models: state of link",
        "models/history/progress/progress_users",
        "coalesce(max(record_status), 'not yet seen')",
        "coalesce(max(record_status), 'active')",
    ),
    _model(
        "models: per clever id",
        "macros/student/progress_totals",
        "count(distinct reporting_student_id)",
        "count(distinct student_id)",
    ),
    _model(
        "models: district of all time",
        "models/marts/roster/group_members",
        "districts=['students', 'group_is_there']",
        "districts=['group_is_there', 'students']",
    ),
    _model(
        "models: added elsewhere",
        "models/marts/roster/effective_enrollments",
        "            and (people.district_id is null or concerned.district_id = "
        "people.district_id)\n",
        "",
    ),
    _model(
        "models: lines: of two namesakes who were there, the last",
        "macros/student/lineage",
        "{{ '<= predecessor_came_at' if are_people else '< predecessor_archived_at' }}",
        "< predecessor_archived_at",
    ),
    _model(
        "models: lines: two at a time",
        "macros/student/lineage",
        "            and (other.archived_at is null or other.archived_at > mine.first_seen_at)\n",
        "            and other.archived_at < mine.first_seen_at\n",
    ),
    _model(
        "models: lines: not in the very sync",
        "macros/matching/same_person",
        "and gone_by.archived_at <= telling.first_seen_at",
        "and gone_by.archived_at < telling.first_seen_at",
    ),
    _model(
        "models: lines: suffixes",
        "macros/matching/same_person",
        "        or coalesce(came.suffix <> gone.suffix, false)\n",
        "",
    ),
    _model(
        "models: lines: birthdays",
        "macros/matching/same_person",
        "        or coalesce(came.birthday <> gone.birthday, false)\n",
        "",
    ),
    _model(
        "models: lines: twins",
        "models/marts/roster/student_lineage",
        "and not (same_birthday and same_last_name and has_other_first_name and has_one_number)",
        "",
    ),
    _model(
        "models: lines: middle names",
        "models/marts/roster/student_lineage",
        " and not has_other_middle_name",
        "",
    ),
    _model(
        "models: lines: a teacher's number alone",
        "models/marts/roster/teacher_lineage",
        "and (same_first_name or same_last_name or same_email)",
        "",
    ),
    _model(
        "models: lines: a contact's student",
        "models/marts/roster/contact_lineage",
        "and same_first_name and same_last_name and same_student",
        "and same_first_name and same_last_name",
    ),
    _model(
        "models: lines: half of a section's students",
        "models/marts/roster/section_lineage",
        "common_students * 2 > students and common_students * 2 > students_before",
        "common_students * 2 >= students and common_students * 2 >= students_before",
    ),
    _model(
        "models: lines: a section's students by ID",
        "models/marts/roster/section_lineage",
        "on enrollments.student_id = student_lineage.student_id",
        "on student_lineage.student_id is null",
    ),
    _model(
        "models: lines: totals by section ID",
        "models/marts/progress/student_progress",
        "coalesce(section_lineage.lineage_id, records.section_id) as reporting_section_id",
        "records.section_id as reporting_section_id",
    ),
)
