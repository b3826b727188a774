"""A mistake at Clever through the real command: held, named, approved once, told afterwards."""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from typing import Any

import pytest

from dlt_sources.sandbox import Fault, serve
from tests.clever.world import ELM, OAK, World, oid, school, section, student
from tests.end_to_end.conftest import Installation

_CHECK = ("clever_raw", "syncs", "every_district_is_complete")
_ACTIVE = "select count(*) from roster.students where record_status = 'active'"
#: Not in a rollover window.
_DAYS = {number: f"2026-10-{11 + number}T02:00:00" for number in range(1, 6)}


@pytest.fixture(scope="module")
def slipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Elm's sixty students; on the second day twelve are gone by mistake, while Oak goes on."""
    folder = tmp_path_factory.mktemp("slipped")
    world = World(folder / "dataset")
    elm = {"schools": [school()], "sections": [section(1, range(60))]}
    everybody = [student(number) for number in range(60)]
    world.day(1, {**elm, "users": everybody}, {"users": [student(500, OAK)]})
    world.day(2, {"users": everybody[12:]}, {"users": [student(500, OAK, grade="4")]})
    back = [student(0, nickname="Al"), *everybody[1:]]
    world.day(3, {"users": back})
    strangers = [student(number, OAK) for number in range(1, 5)]
    odd = {**back[10], "roles": ["student"]}
    world.day(4, {"users": [*strangers, *back[5:10], odd, *back[11:]]})
    world.day(5, {"users": [student(number, OAK) for number in range(58)]})
    with serve(world.folder) as sandbox:
        installation = Installation(folder / "home", sandbox)
        assert _sync(installation, 1).returncode == 0
        yield installation


def _sync(installation: Installation, day: int, *arguments: str) -> Any:
    installation.sandbox.set_day(day)
    return installation.run("sync", "--observed-at", _DAYS[day], "--ahead-of-clock", *arguments)


def test_a_slip_is_held_named_approved_once_and_told(slipped: Installation) -> None:
    held = _sync(slipped, 2)
    check = slipped.last_check(*_CHECK)

    assert held.returncode == 3, held.stderr
    assert f"--approve-removals --district {ELM}" in " ".join(held.stdout.split())
    assert slipped.query(f"{_ACTIVE} and district_id = '{ELM}'") == [(60,)]
    assert slipped.query("select grade from roster.students where district_id = " + f"'{OAK}'") == [
        ("4",)
    ]
    assert not check.passed and not check.blocking
    assert ELM in str(check.description) and OAK not in str(check.description)
    assert slipped.query(
        "select object, present, removed, sample_ids[1] from ops.held_changes"
    ) == [("students", 60, 12, oid(0))]
    _expect_status(slipped)

    approved = _sync(slipped, 2, "--approve-removals")

    assert approved.returncode == 0, approved.stderr
    assert slipped.last_check(*_CHECK).passed
    assert slipped.query(f"{_ACTIVE} and district_id = '{ELM}'") == [(48,)]
    assert slipped.query("select district_id, object, removed, approved_by from ops.approvals") == [
        (ELM, "students", 12, getpass.getuser())
    ]
    assert slipped.query(
        "select distinct archive_reason from roster.student_history "
        "where record_status = 'archived'"
    ) == [("approved",)]

    _expect_restored(slipped)
    _expect_rejected_and_odd_told(slipped)
    _expect_unreadable_held(slipped)


def _expect_status(slipped: Installation) -> None:
    """The status says what is held, since when and why, to people and to programs."""
    shown = slipped.run("status")
    elm, oak = json.loads(slipped.run("status", "--json").stdout)

    assert "Elm is held" in shown.stdout and "more than 10 % removed" in shown.stdout
    assert (elm["status"], elm["since"][:10]) == ("held", "2026-10-13")
    assert elm["last_complete_at"][:10] == "2026-10-12"
    assert [(change["object"], change["removed"]) for change in elm["held"]] == [("students", 12)]
    assert (oak["status"], oak["held"]) == ("complete", [])


def _expect_restored(slipped: Installation) -> None:
    """What comes back is restored, enrolled again, and a new field of it is told by its path."""
    ended = _sync(slipped, 3)

    assert ended.returncode == 0, ended.stderr
    assert slipped.query(f"{_ACTIVE} and restored_at is not null") == [(12,)]
    assert slipped.query("select count(*) from roster.enrollments") == [(60,)]
    assert slipped.query("select object, path, kind from ops.schema_drift") == [
        ("users", "roles.student.nickname", "field")
    ]


def _expect_rejected_and_odd_told(slipped: Installation) -> None:
    """Nobody is lost by either: what cannot be kept is warned of, what nobody knows is drift.

    One record tells no ID: it may be the one that is not shown.
    """
    slipped.sandbox.inject(Fault("records", "/users", district=ELM, records=(b'{"id": null}',)))
    ended = _sync(slipped, 4)
    check = slipped.last_check("clever_raw", "rejected_records", "every_record_is_kept")

    told = (
        "Elm: 5 of 63 records (7.9%) were rejected; 1 of them without an ID: nothing of their list "
        "counts as gone; ops.rejected_records says why"
    )
    assert ended.returncode == 0, ended.stderr
    for shown in (ended.stdout, slipped.run("status").stdout):
        assert told in " ".join(shown.split())
    assert json.loads(slipped.run("status", "--json").stdout)[0]["without_id"] == 1
    assert not check.passed and not check.blocking
    assert ELM in str(check.description)
    assert "5 of users rejected" in str(check.description)
    lines = "select rejected from ops.syncs order by sync_id desc, 1 desc limit 2"
    assert slipped.query(lines) == [
        (5,), (0,)
    ]  # fmt: skip
    assert slipped.query(f"{_ACTIVE} and district_id = '{ELM}'") == [(60,)]
    assert slipped.query("select count(*) from roster.enrollments") == [(60,)]
    assert slipped.query("select path, kind from ops.schema_drift order by path") == [
        ("roles", "type"), ("roles.student.nickname", "field")
    ]  # fmt: skip


def _expect_unreadable_held(slipped: Installation) -> None:
    ended = _sync(slipped, 5)

    assert ended.returncode == 3
    assert "58 of 58 shown were rejected" in " ".join(ended.stdout.split())
    assert slipped.query(
        "select rejected, limit_hit like '%names another district (58)' from ops.held_changes "
        "where object = 'users'"
    ) == [(58, True)]
    assert slipped.query(f"{_ACTIVE} and district_id = '{ELM}'") == [(60,)]
    assert json.loads(slipped.run("status", "--json").stdout)[0]["rejected"] == 58


def test_a_limit_that_makes_no_sense_is_refused_before_anything_is_done(
    slipped: Installation,
) -> None:
    before = slipped.query("select count(*) from ops.syncs")

    ended = slipped.run("sync", SOURCES__CLEVER__LIMITS='{"removed": "much"}')

    assert ended.returncode == 2
    assert "SOURCES__CLEVER__LIMITS" in ended.stderr and "removed" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert slipped.query("select count(*) from ops.syncs") == before
