"""Edits of Ana and the section x, and what comes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.dbt.side_by_side import Told
from tests.dbt.story import HOUR, MON, Story, student

ANA, BEN = student("ana"), student("ben")


def edit(id_: str, kind: str, made: datetime = MON + HOUR, **about: Any) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "made_at": made, **about}


def enrollments(story: Story | Told, where: str = "student_id = 'ana'") -> list[tuple[Any, ...]]:
    return story.ask(
        "select managed_by, edit_id, valid_from, valid_to from roster.effective_enrollments "
        f"where section_id = 'x' and {where} order by valid_from"
    )


ADD = edit("e1", "add_student", user_id="ana", section_id="x")
REMOVE = edit("e2", "remove_student", user_id="ana", section_id="x")
