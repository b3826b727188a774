"""What can happen in the application between two loads; nothing where it cannot apply."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from .edits import NEEDS
from .place import FAR, TABLES, Act, Odd, Place, add_user, move

APPLICATION_ACTS: dict[str, Act] = {}
#: Edits that meet others.
_OFTEN = (
    "add_student",
    "add_student",
    "remove_student",
    "add_to_group",
    "add_to_group",
    "add_group",
)
#: What may be no number or no time.
_MISSPELT = (
    ("progress", ("score", "duration_seconds", "occurred_at")),
    ("manual_edits", ("made_at", "withdrawn_at")),
)
#: How an application says nothing.
_NOTHING = (None, "")


def _act(act: Act) -> Act:
    APPLICATION_ACTS[act.__name__] = act
    return act


@_act
def delete(place: Place, rng: Random) -> None:
    """A row is deleted."""
    table = rng.choice(TABLES)
    if place.rows[table]:
        move(rng.choice(sorted(place.rows[table])), place.rows[table], place.deleted[table])


@_act
def undelete(place: Place, rng: Random) -> None:
    """A deleted row comes back."""
    table = rng.choice(TABLES)
    if place.deleted[table]:
        move(rng.choice(sorted(place.deleted[table])), place.deleted[table], place.rows[table])


@_act
def misspell(place: Place, rng: Random) -> None:
    """A value is none that its column could have: it is as if it were not there."""
    table, names = rng.choice(_MISSPELT)
    if place.rows[table]:
        row = place.rows[table][rng.choice(sorted(place.rows[table]))]
        row[rng.choice(names)] = Odd(rng.randrange(60))


@_act
def note(place: Place, rng: Random) -> None:
    """What is of no importance changes."""
    table = rng.choice(TABLES)
    if place.rows[table]:
        row = place.rows[table][rng.choice(sorted(place.rows[table]))]
        row["payload"] = f"note {rng.randint(1, 99)}"


# --- progress ------------------------------------------------------------------------------------


@_act
def do_something(place: Place, rng: Random) -> None:
    """Some did something, told at once, late, or ahead."""
    for _ in range(rng.randint(1, 4)):
        id_ = place.new_name("progress")
        place.rows["progress"][id_] = {"id": id_} | _doing(place, rng)


@_act
def correct(place: Place, rng: Random) -> None:
    """A record of progress is corrected, in any of its columns."""
    if place.rows["progress"]:
        row = place.rows["progress"][rng.choice(sorted(place.rows["progress"]))]
        doing = _doing(place, rng)
        names = rng.sample(sorted(doing), rng.randint(1, 2))
        row |= {name: doing[name] for name in names}


def _doing(place: Place, rng: Random) -> dict[str, Any]:
    return {
        "user_id": _somebody(place, rng),
        "kind": rng.choice(("assessment", "content")),
        "occurred_at": None if rng.random() < 0.05 else place.some_time(rng),
        "section_id": _section(place, rng) if rng.random() < 0.4 else rng.choice(_NOTHING),
        # Of 1e14 and tenths the sum of doubles depends on the order, and the true one is a double.
        "score": rng.choice((None, 0.1, 0.2, 0.7, 1e8, 1e14)),
        "duration_seconds": rng.choice((None, 0.1, 0.2, 60.0)),
    }


def _somebody(place: Place, rng: Random) -> str | None:
    """A user of Clever's, one that is yet to come, an account, or nobody."""
    if rng.random() < 0.1:
        return rng.choice((*_NOTHING, f"{place.id}-nobody"))
    students = [place.name("student", number) for number in (1, 2, 3, 4)]
    accounts = [place.name("account", number) for number in (1, 2, 3)]
    opened = rng.choice(sorted(place.rows["accounts"]) or accounts)
    teacher = place.name("teacher", rng.randint(1, 2))
    more = rng.choice((teacher, teacher, teacher, f"{FAR}-student1", *place.ever("users")))
    return rng.choice((*students, *accounts, opened, opened, more))


def _section(place: Place, rng: Random) -> str:
    if rng.random() < 0.1:
        return rng.choice((f"{FAR}-section1", f"{place.id}-nowhere"))
    return rng.choice(place.ever("sections"))


# --- accounts ------------------------------------------------------------------------------------


@_act
def open_account(place: Place, rng: Random) -> None:
    """Somebody gets an account, perhaps one that is called as a Clever ID."""
    id_ = place.name("account", rng.randint(1, 3))
    if rng.random() < 0.3:
        id_ = rng.choice((place.name("student", rng.randint(1, 3)), _own(place, rng)))
    if id_ not in place.deleted["accounts"]:
        place.rows["accounts"].setdefault(id_, {"id": id_, "clever_id": rng.choice(_NOTHING)})


@_act
def link(place: Place, rng: Random) -> None:
    """An account is linked to a user, to nobody known, or to nobody again."""
    if place.rows["accounts"]:
        row = place.rows["accounts"][rng.choice(sorted(place.rows["accounts"]))]
        to_come = place.name("student", place.made["student"] + 1)
        students = [*(place.name("student", number) for number in (1, 2, 3)), to_come, to_come]
        others = (*_NOTHING, f"{place.id}-nobody", place.name("teacher", 1))
        row["clever_id"] = rng.choice((*students, rng.choice(others), rng.choice(others)))


@_act
def unlink(place: Place, rng: Random) -> None:
    """An account is linked to nobody any more: the link that may follow is not its first."""
    accounts = place.rows["accounts"]
    if linked := sorted(id_ for id_, row in accounts.items() if row["clever_id"]):
        accounts[rng.choice(linked)]["clever_id"] = rng.choice(_NOTHING)


@_act
def open_and_link(place: Place, rng: Random) -> None:
    """A user of the application's own gets an account that is linked at once."""
    id_ = _own(place, rng)
    if id_ not in place.deleted["accounts"] and id_ not in place.rows["accounts"]:
        clever_id = place.name("student", rng.randint(1, 3))
        place.rows["accounts"][id_] = {"id": id_, "clever_id": clever_id}


@_act
def share_own(place: Place, rng: Random) -> None:
    """Clever shares a user whom the application had added, under the same ID."""
    edits = place.rows["manual_edits"].values()
    added = sorted({edit["user_id"] for edit in edits if edit["kind"] == "add_user"} - {*_NOTHING})
    id_ = rng.choice([id_ for id_ in added if f"{place.id}-own" in id_] or [_own(place, rng)])
    if id_ not in place.ever("users"):
        add_user(place, id_, rng.choice(("student", "student", "teacher")), {"school": None})


# --- edits ---------------------------------------------------------------------------------------


@_act
def edit(place: Place, rng: Random) -> None:
    """Somebody changes the roster by hand."""
    for _ in range(rng.randint(1, 3)):
        id_ = place.new_name("edit")
        kind = rng.choice((*NEEDS, *_OFTEN))
        place.rows["manual_edits"][id_] = {"id": id_} | _wish(place, kind, rng)


@_act
def plan(place: Place, rng: Random) -> None:
    """A group, or another edit, is to begin later than anybody looks."""
    id_, kind = place.new_name("edit"), rng.choice(("add_group", *sorted(NEEDS)))
    begins = place.times[-1] + timedelta(days=30)
    place.rows["manual_edits"][id_] = {"id": id_} | _wish(place, kind, rng) | {"made_at": begins}


@_act
def reach_out(place: Place, rng: Random) -> None:
    """A student of another district is put into a group, which may be of any, or of this one."""
    student, group_id = f"{FAR}-student1", place.name("group", rng.randint(1, 2))
    groups = [("add_group", id_) for id_ in (None, place.id) if rng.random() < 0.7]
    for kind, district_id in (*groups, ("add_to_group", None)):
        id_ = place.new_name("edit")
        says = _wish(place, kind, rng) | {"group_id": group_id, "district_id": district_id}
        place.rows["manual_edits"][id_] = {"id": id_} | says | {
            "user_id": student, "section_id": None
        }  # fmt: skip


@_act
def add_own(place: Place, rng: Random) -> None:
    """A user of the application's own is added, and put into a section and into a group.

    Two of these users and groups read the same when they are joined by a blank.
    """
    group, first, second = place.name("group", 1), place.name("own", 1), place.name("own", 2)
    pairs = ((group, f"{second} {first}"), (f"{group} {second}", first), (group, second))
    group_id, user_id = rng.choice(pairs)
    for kind in ("add_user", "add_student", "add_to_group", "add_group"):
        id_ = place.new_name("edit")
        says = _wish(place, kind, rng) | {"user_id": user_id, "group_id": group_id}
        place.rows["manual_edits"][id_] = {"id": id_} | says


@_act
def contradict(place: Place, rng: Random) -> None:
    """A student who was put into a section, or out of it, is again: at the same time, or now."""
    edits = place.rows["manual_edits"].values()
    pairs = ("add_student", "remove_student")
    if earlier := [edit for edit in edits if edit["kind"] in pairs]:
        id_, other = place.new_name("edit"), rng.choice(earlier)
        made = rng.choice((other["made_at"], place.now))
        place.rows["manual_edits"][id_] = other | {
            "id": id_, "kind": rng.choice(pairs), "made_at": made
        }  # fmt: skip


@_act
def change_edit(place: Place, rng: Random) -> None:
    """An edit is changed: whom or what it names, or even its kind and when it was made."""
    if place.rows["manual_edits"]:
        row = place.rows["manual_edits"][rng.choice(sorted(place.rows["manual_edits"]))]
        wish = _wish(place, row["kind"], rng)
        names = ("user_id", "section_id", "group_id", "role", "name")
        row |= {name: wish.get(name) for name in rng.sample(names, 2)}
        row["made_by"] = f"somebody {rng.randint(1, 9)}"
        if rng.random() < 0.2:
            row |= {"kind": rng.choice(sorted(NEEDS)), "made_at": place.some_time(rng)}


@_act
def withdraw(place: Place, rng: Random) -> None:
    """An edit is taken back, or is to be at some time; or it is not after all."""
    if place.rows["manual_edits"]:
        row = place.rows["manual_edits"][rng.choice(sorted(place.rows["manual_edits"]))]
        row["withdrawn_at"] = rng.choice((None, place.some_time(rng), place.some_time(rng)))


def _wish(place: Place, kind: str, rng: Random) -> dict[str, Any]:
    """What an edit of a kind says: mostly what it needs, sometimes more, sometimes less."""
    group = place.name("group", 1)
    group = rng.choice((group, place.name("group", 2), f"{group} {place.name('own', 2)}"))
    says = {
        "user_id": _somebody_to_edit(place, rng),
        "section_id": _section(place, rng),
        "group_id": group,
        "role": rng.choice(("student", "teacher", "staff", "tutor", *_NOTHING)),
        "permission": rng.choice(("reports", "settings")),
        "district_id": rng.choice((place.id, None)),
        "name": rng.choice(("Lab", "Club", None)),
    }
    sometimes = {"district_id", "name"} | ({"role"} if kind == "add_user" else set())
    sometimes |= {"section_id"} if kind == "add_group" else set()
    needs = NEEDS.get(kind, ())
    for name in sorted(says.keys() - {*needs}):
        if rng.random() < (0.5 if name in sometimes else 0.95):
            says[name] = rng.choice(_NOTHING)
    for name in needs:
        if rng.random() < 0.03:
            says[name] = rng.choice(_NOTHING)
    wrong = "add_studnet" if rng.random() < 0.03 else kind
    made = place.some_time(rng) if rng.random() < 0.3 else place.now
    return {**says, "kind": wrong, "made_at": rng.choice((made,) * 9 + (None,))}


def _somebody_to_edit(place: Place, rng: Random) -> str | None:
    """One of the users progress may name, or one that only the application knows."""
    if rng.random() < 0.25:
        return _own(place, rng)
    return _somebody(place, rng)


def _own(place: Place, rng: Random) -> str:
    """A user that only the application knows; one is called like two joined by a blank."""
    first, second = place.name("own", 1), place.name("own", 2)
    return rng.choice((first, second, f"{second} {first}"))
