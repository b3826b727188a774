"""The guards of what is derived from the application's data, and what each would be without.

`mutations` tries them.
"""

from __future__ import annotations

from .mutants import Mutant


def _model(name: str, file: str, guard: str, instead: str) -> Mutant:
    return Mutant(name, f"dbt_project/{file}.sql", guard, instead)


MODELS = (
    _model(
        "models: last link for all time",
        "models/history/accounts/account_links",
        "    where begun.place = 1 and ended.place_from_end = 1\n",
        "    where begun.place = 1 and ended.place_from_end = 1 and ended.next_from is null\n",
    ),
    _model(
        "models: every link reaches back",
        "models/history/accounts/account_links",
        "case when begun.link_number = 1 then begun.begins_at else begun.valid_from end",
        "coalesce((select max(ended_before.valid_to) from spells as ended_before where "
        "ended_before.account_id = begun.account_id "
        "and ended_before.valid_to <= begun.valid_from), "
        "begun.begins_at)",
    ),
    _model(
        "models: first link does not take the past",
        "models/history/accounts/account_links",
        "when begun.link_number = 1 then begun.begins_at",
        "when false then begun.begins_at",
    ),
    _model(
        "models: a withdrawal ends a link",
        "models/history/accounts/account_links",
        "when ended.end_reason = 'withdrawn' then coalesce(ended.next_from, ended.ends_at)",
        "when false then coalesce(ended.next_from, ended.ends_at)",
    ),
    _model(
        "models: somebody else keeps what was before",
        "models/history/accounts/account_links",
        "    where is_another\n",
        "    where false\n",
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
        "models: linked by and by",
        "models/history/progress/progress_users",
        "when users.is_not_linked and users.is_current then",
        "when users.is_not_linked then",
    ),
    _model(
        "models: edits with a problem",
        "macros/student/overlay",
        " and problem is null",
        "",
    ),
    _model(
        "models: sections of another district",
        "models/history/edits/edit_versions",
        "when kinds.kind in ('add_student', 'remove_student') and neighbours.user_id is null",
        "when false",
    ),
    _model(
        "models: groups of another district",
        "models/history/edits/edit_versions",
        "when kinds.kind = 'add_to_group' and companions.user_id is null then",
        "when false then",
    ),
    _model(
        "models: a change reaches back",
        "models/history/edits/edit_versions",
        "case when is_first then made_at else greatest(made_at, observed_at) end",
        "made_at",
    ),
    _model(
        "models: a withdrawal is for ever",
        "models/history/edits/edit_versions",
        " or coalesce(withdrawn_at, {{ far_future() }}) > previously_withdrawn_at",
        "",
    ),
    _model(
        "models: a withdrawal told later",
        "models/history/edits/edit_versions",
        "least(lead(observed_at) over (partition by edit_id order by load_id), ends_at)",
        "least(lead(observed_at) over (partition by edit_id order by load_id), withdrawn_at)",
    ),
    _model(
        "models: versions that never held",
        "models/history/edits/edit_versions",
        "where has_held or last_that_held is null and load_id = last_load_id",
        "where true",
    ),
    _model(
        "models: added and removed at once",
        "macros/student/overlay",
        "(removed_at is null or added_at > removed_at)",
        "(removed_at is null or added_at >= removed_at)",
    ),
    _model(
        "models: members outside the section",
        "models/marts/roster/group_members",
        "where groups.section_id is null or enrolled.section_id is not null",
        "where true",
    ),
    _model(
        "models: no sleep",
        "models/marts/roster/groups",
        "        when sections.record_status = 'archived' then 'asleep'\n",
        "",
    ),
    _model(
        "models: two of a line at a time",
        "macros/student/lineage",
        "            other.lineage_id = mine.lineage_id\n",
        "            false\n",
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
