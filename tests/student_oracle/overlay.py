"""What edits make of the roster, asked at every time at which anything may change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .intervals import Interval, intervals
from .past import Past, Row

#: Who says so, Clever or the application by an edit, and of which district that is.
Said = tuple[str, str | None, str | None]
_Answer = Callable[[datetime], Said | None]


@dataclass(frozen=True)
class Overlay:
    """The past with the edits that have an effect, which are rows of `roster.manual_edits`."""

    past: Past
    edits: Sequence[Row]

    @classmethod
    def of(cls, past: Past, edits: Iterable[Row]) -> Overlay:
        """Edits with a problem have no effect."""
        return cls(past, [edit for edit in edits if edit["problem"] is None])

    def of_kinds(self, *kinds: str, **about: str | None) -> list[Row]:
        """The edits of some kinds that name what is asked for."""
        return [
            edit
            for edit in self.edits
            if edit["kind"] in kinds and all(edit[name] == value for name, value in about.items())
        ]

    def intervals(self, edits: Iterable[Row], answer: _Answer) -> list[Interval[Said]]:
        """Where one answer holds; it may change with the roster and with these edits."""
        bounds = {edit[end] for edit in edits for end in ("valid_from", "valid_to")} - {None}
        return intervals(self.past.turns | bounds, answer)

    def _told(self, interval: Interval[Said]) -> Row:
        managed_by, edit_id, district_id = interval.answer
        times = {"valid_from": interval.valid_from, "valid_to": interval.valid_to}
        told = {"managed_by": managed_by, "edit_id": edit_id, "district_id": district_id, **times}
        return told | {"is_current": _holds(times, self.past.now)}

    # --- enrollments -----------------------------------------------------------------------------

    def effective_enrollments(self) -> list[Row]:
        """The rows of `roster.effective_enrollments`."""
        looks = [look for looks in self.past.looks.values() for look in looks]
        listed = {
            (section_id, student_id)
            for look in looks
            for section_id, section in look.world["sections"].items()
            for student_id in section["students"]
        }
        edits = self.of_kinds("add_student", "remove_student")
        edited = {(edit["section_id"], edit["user_id"]) for edit in edits}
        return [row for pair in listed | edited for row in self._enrollment(*pair)]

    def _enrollment(self, section_id: str, student_id: str) -> list[Row]:
        about = {"section_id": section_id, "student_id": student_id}
        found = self.intervals(
            self.edits_of_enrollment(section_id, student_id),
            lambda at: self.enrolled_by(section_id, student_id, at),
        )
        return [about | self._told(interval) for interval in found]

    def edits_of_enrollment(self, section_id: str, student_id: str) -> list[Row]:
        """All edits on which it depends whether a student is in a section."""
        return [
            *self.of_kinds(
                "add_student", "remove_student", user_id=student_id, section_id=section_id
            ),
            *self.of_kinds("add_user", user_id=student_id),
        ]

    def enrolled_by(self, section_id: str, student_id: str, at: datetime) -> Said | None:
        """Who says that a student is in a section, if somebody does.

        The edit made last holds against others and, if it takes out, against Clever.
        """
        edits = self.of_kinds(
            "add_student", "remove_student", user_id=student_id, section_id=section_id
        )
        last = _last(edits, at)
        if last and last["kind"] == "remove_student":
            return None
        district_id = self.past.district_of("sections", section_id)
        if self.past.is_enrolled(section_id, student_id, at):
            return "clever", None, district_id
        section_is_there = self.past.record("sections", section_id, at) is not None
        if last and section_is_there and self._is_there(student_id, at, district_id):
            return "application", last["edit_id"], district_id
        return None

    def _is_there(self, student_id: str, at: datetime, in_district: str | None = None) -> bool:
        """A student is active at Clever, or is a user added by hand, and there is such an edit.

        Who has been seen at Clever is Clever's from then on. One who is in another district, or was
        added there, is there for that district only.
        """
        if self.past.role("student", student_id, at) is not None:
            return in_district in (None, self.past.district_of("users", student_id))
        added = {edit["district_id"] for edit in self._added(student_id, at)}
        return bool(added & {None, in_district} if in_district else added)

    def _added(self, user_id: str, at: datetime) -> list[Row]:
        """The edits in force that add a user who is not Clever's."""
        edits = self.of_kinds("add_user", user_id=user_id)
        is_clevers = self.past.is_clevers(user_id, at)
        return [] if is_clevers else [edit for edit in edits if _holds(edit, at)]

    # --- roles -----------------------------------------------------------------------------------

    def effective_roles(self) -> list[Row]:
        """The rows of `roster.effective_roles`."""
        at_clever = {
            (user_id, role, None)
            for looks in self.past.looks.values()
            for look in looks
            for user_id, user in look.world["users"].items()
            for role in user["roles"]
        }
        edited = {_given(edit) for edit in self._edits_of_roles()}
        return [row for given in at_clever | edited for row in self._role(*given)]

    def _edits_of_roles(self) -> list[Row]:
        return self.of_kinds("add_role", "add_permission", "add_user")

    def _role(self, user_id: str, role: str | None, permission: str | None) -> list[Row]:
        edits = [e for e in self._edits_of_roles() if _given(e) == (user_id, role, permission)]
        about = {"user_id": user_id, "role": role, "permission": permission}
        found = self.intervals(edits, lambda at: self._given_by(edits, user_id, role, at))
        return [about | self._told(interval) for interval in found]

    def _given_by(
        self, edits: Collection[Row], user_id: str, role: str | None, at: datetime
    ) -> Said | None:
        """Who gives a role or a permission to a user, who must not be archived at Clever."""
        home = self.past.district_of("users", user_id)
        if role and self.past.role(role, user_id, at) is not None:
            return "clever", None, home
        last = _last(edits, at)
        if last is None:
            return None
        if not self.past.is_clevers(user_id, at):
            named = _latest(edit["district_id"] for edit in edits if _holds(edit, at))
            return "application", last["edit_id"], named
        is_there = self.past.record("users", user_id, at) is not None
        return ("application", last["edit_id"], home) if is_there else None

    # --- groups ----------------------------------------------------------------------------------

    def group_members(self) -> list[Row]:
        """The rows of `roster.group_members`."""
        edits = self.of_kinds("add_to_group")
        pairs = {(edit["group_id"], edit["user_id"]) for edit in edits}
        return [row for pair in pairs for row in self._membership(*pair)]

    def _membership(self, group_id: str, student_id: str) -> list[Row]:
        groups = self.of_kinds("add_group", group_id=group_id)
        sections = {group["section_id"] for group in groups} - {None}
        edits = [
            *self.of_kinds("add_to_group", group_id=group_id, user_id=student_id),
            *self.of_kinds("add_user", user_id=student_id),
            *groups,
            *(edit for id_ in sections for edit in self.edits_of_enrollment(id_, student_id)),
        ]
        about = {"group_id": group_id, "student_id": student_id}
        found = self.intervals(edits, lambda at: self._member_by(group_id, student_id, at))
        return [about | self._told(interval) for interval in found]

    def _member_by(self, group_id: str, student_id: str, at: datetime) -> Said | None:
        """By which edit a student is in a group: one that is there, and lets the student in."""
        last = _last(self.of_kinds("add_to_group", group_id=group_id, user_id=student_id), at)
        let_in = [
            group
            for group in self.of_kinds("add_group", group_id=group_id)
            if _holds(group, at)
            if group["section_id"] is None or self.enrolled_by(group["section_id"], student_id, at)
        ]
        if last and let_in and self._is_there(student_id, at):
            groups = _latest(self._district_of_group(group) for group in let_in)
            return "application", last["edit_id"], self._district_of(student_id, at) or groups
        return None

    def _district_of(self, student_id: str, at: datetime) -> str | None:
        if self.past.role("student", student_id, at) is not None:
            return self.past.district_of("users", student_id)
        return _latest(edit["district_id"] for edit in self._added(student_id, at))

    def _district_of_group(self, group: Row) -> str | None:
        named: str | None = group["district_id"]
        return self.past.district_of("sections", group["section_id"]) or named

    def groups(self) -> list[Row]:
        """The rows of `roster.groups`."""
        members = [member["group_id"] for member in self.group_members() if member["is_current"]]
        return [
            self._group(edit, members.count(edit["group_id"]) if edit["is_current"] else 0)
            for edit in self.of_kinds("add_group")
        ]

    def _group(self, edit: Row, students: int) -> Row:
        names = (
            "group_id",
            "name",
            "section_id",
            "edit_id",
            "valid_from",
            "valid_to",
            "is_current",
        )
        return {name: edit[name] for name in names} | {
            "district_id": self._district_of_group(edit),
            "managed_by": "application",
            "students": students,
            "state": self._state(edit, students),
        }

    def _state(self, group: Row, students: int) -> str:
        if group["valid_from"] > self.past.now:
            return "planned"
        if not group["is_current"]:
            return "ended"
        section_id = group["section_id"]
        if section_id and self.past.record("sections", section_id, self.past.now) is None:
            return "asleep"
        return "active" if students else "empty"


def _holds(edit: Row, at: datetime) -> bool:
    return bool(edit["valid_from"] <= at) and (edit["valid_to"] is None or at < edit["valid_to"])


def _last(edits: Iterable[Row], at: datetime) -> Row | None:
    """Of the edits in force the one made last; of the same moment, one that takes out."""
    return max(
        (edit for edit in edits if _holds(edit, at)),
        key=lambda edit: (edit["valid_from"], edit["kind"] == "remove_student", edit["edit_id"]),
        default=None,
    )


def _given(edit: Row) -> tuple[str, str | None, str | None]:
    """What an edit gives to whom: a permission if that is its kind, else a role or none."""
    if edit["kind"] == "add_permission":
        return edit["user_id"], None, edit["permission"]
    return edit["user_id"], edit["role"], None


def _latest(names: Iterable[str | None]) -> str | None:
    return max((name for name in names if name), default=None)
