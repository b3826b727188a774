"""The application of a town: what it holds on each day, in a file of its own for each.

Students of the town do things and teachers change things by hand; from day to day there are new
rows, changed ones, and some are gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from dlt_sources.application.sample import make_sample
from tests.history_oracle.oracle import World
from tests.history_oracle.reading import roles_of

Row = tuple[object, ...]


def write_application(
    file: Path, worlds: Mapping[str, World], days: list[datetime], by_number: bool = False
) -> None:
    """What the application holds on the last of `days` of people who are there in `worlds`.

    Its tables are those of the sample, which the shipped mapping fits. `by_number` says that it
    knows the school and number of students whom it has not linked, by which they are matched: when
    they are depends on when somebody looks.
    """
    make_sample(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        for table, rows in (
            ("people", _people(worlds, days, by_number)),
            ("customers", _customers()),
            ("campuses", _campuses(worlds)),
            ("identity_decisions", _decisions()),
            ("activity", _activity(worlds, days)),
            ("admin_changes", _admin_changes(worlds, days)),
        ):
            connection.execute(f"delete from {table}")
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"insert into {table} values ({marks})", row)


def _people(worlds: Mapping[str, World], days: list[datetime], by_number: bool) -> Iterator[Row]:
    """Some students had accounts before Clever; who is who is found out later of some."""
    users = {id_: user for world in worlds.values() for id_, user in world["users"].items()}
    for number, student in enumerate(_students(worlds)):
        since = len(days) > 1 and number % 4 == 0 and not (by_number and number % 8 == 0)
        if number % 2 == 0:
            changed = _time(days[1 if since else 0])
            clever_id = student if since or number % 4 else None
            login = f"login-{number}"
            known = by_number and number % 4 == 0
            told = roles_of(users[student])["student"].get("student_number") if known else None
            campus = f"s-{users[student]['district']}" if known else None
            yield (
                f"p-{number}", clever_id, "student", None, None, None, login,
                told, None, campus, None, changed, changed,
            )  # fmt: skip


def _customers() -> Iterator[Row]:
    yield ("c-1", "A district that Clever does not show", "Nowhere", "OR", None)


def _campuses(worlds: Mapping[str, World]) -> Iterator[Row]:
    """A school of each district, by which its accounts are the district's."""
    for district in sorted(worlds):
        yield (f"s-{district}", district, "A school that Clever does not show", None, None, None)


def _decisions() -> Iterator[Row]:
    at = "2026-08-17 01:00:00.000000"
    yield (1, "p-0", "nobody-we-know", "accept", "admin-1", "a slip", at, at)


def _activity(worlds: Mapping[str, World], days: list[datetime]) -> Iterator[Row]:
    """Each student does something a day; of the first day some is corrected, some deleted later."""
    sections = [id_ for world in worlds.values() for id_ in sorted(world["sections"])]
    for day, at in enumerate(days):
        for number, student in enumerate(_students(worlds)):
            is_old = day == 0 and len(days) > 1
            if is_old and number % 3 == 0:
                continue
            person = f"p-{number}" if number % 2 == 0 else student
            points, changed = (0.9, days[1]) if is_old and number % 3 == 1 else (0.5, at)
            section = sections[number % len(sections)] if sections and number % 5 == 0 else None
            done = _time(at - timedelta(hours=6, minutes=number))
            yield (
                100 * day + number, person, "assessment", section, points, 60 * number, done,
                f'{{"unit": {day}}}', _time(changed),
            )  # fmt: skip


def _admin_changes(worlds: Mapping[str, World], days: list[datetime]) -> Iterator[Row]:
    """Every district has edits of every kind; later one is undone, one deleted, one is new."""
    for number, (district, world) in enumerate(sorted(worlds.items())):
        students = _students({district: world}) or ["nobody"]
        section = min(world["sections"], default=None)
        group, later = f"group-{number}", len(days) > 1
        for kind, (what, person, label) in enumerate(
            (
                ("add_student", students[0], None),
                ("remove_student", students[-1], None),
                ("add_group", None, "Chess" if later else "Checkers"),
                ("add_to_group", students[0], None),
                ("add_role", students[0], None),
                ("add_permission", students[-1], None),
                ("add_user", f"guest-{number}", "A Guest"),
                ("add_to_group", students[-1], None),
            )
        ):
            if (later and kind == 1) or (not later and kind == 7):
                continue
            made = days[1] if kind == 7 else days[0]
            undone = _time(days[1]) if later and kind == 3 else None
            yield (
                10 * number + kind, what, district, person,
                section if "student" in what else None, group if "group" in what else None,
                label, "tutor", "see_reports" if "permission" in what else None,
                _time(made - timedelta(hours=1)), undone, "a teacher",
                _time(days[1] if undone or (later and kind == 2) else made),
            )  # fmt: skip


def _students(worlds: Mapping[str, World]) -> list[str]:
    return [
        id_
        for _, world in sorted(worlds.items())
        for id_, user in sorted(world["users"].items())
        if "student" in roles_of(user)
    ]


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
