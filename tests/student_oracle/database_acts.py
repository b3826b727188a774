"""What can happen to an application's database and to its mapping between two loads."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from .application import ELSEWHERE, FUTURE, OPTIONAL, Application, Line, Table
from .place import Place, move

DatabaseAct = Callable[[Application, Sequence[Place], datetime], None]
DATABASE_ACTS: dict[str, DatabaseAct] = {}
_WORDS = {"text": "words", "words": "text"}
_WRITTEN_OTHERWISE = {
    "sqlite": {"any time": "any number", "any number": "any time", **_WORDS},
    "postgresql": {"timestamp": "timestamptz", "timestamptz": "timestamp", **_WORDS},
}


def _act(act: DatabaseAct) -> DatabaseAct:
    DATABASE_ACTS[act.__name__] = act
    return act


def happen(application: Application, places: Sequence[Place], at: datetime) -> None:
    """Mostly little happens, so that changes alone are read; what was broken is mended."""
    for table in application.tables.values():
        table.is_broken = table.loses_ids = False
    acts = (*sorted(DATABASE_ACTS), "lose_ids")
    for name in application.rng.choices(acts, k=application.rng.choice((0, 1, 2))):
        DATABASE_ACTS[name](application, places, at)


def _any_table(application: Application) -> Table:
    return application.rng.choice([*application.tables.values()])


# --- types and spellings -------------------------------------------------------------------------


@_act
def change_cursor(application: Application, places: Sequence[Place], at: datetime) -> None:
    """The cursor becomes one of another type, often of another kind."""
    table = _any_table(application)
    table.types["changed_at"] = application.draw_type(table.name, "changed_at")


@_act
def write_cursors_otherwise(
    application: Application, places: Sequence[Place], at: datetime
) -> None:
    """The same moments in another type: each table stays the same table.

    Where SQLite lets a column hold anything, times become numbers or numbers become times; in
    PostgreSQL times get a zone, or lose it; and of texts that were times nobody can say when.
    """
    other = _WRITTEN_OTHERWISE[application.backend]
    for table in application.tables.values():
        kind = table.types["changed_at"]
        table.types["changed_at"] = other.get(kind, kind)


@_act
def change_types(application: Application, places: Sequence[Place], at: datetime) -> None:
    """Two columns get other types, and IDs are spelt otherwise."""
    table = _any_table(application)
    table.spelling += 1
    for column in ("id", *application.rng.sample(sorted(table.types), 2)):
        table.types[column] = application.draw_type(table.name, column)


@_act
def respell(application: Application, places: Sequence[Place], at: datetime) -> None:
    """The same IDs and marks are written otherwise: nothing happened."""
    _any_table(application).spelling += 1


@_act
def lose_ids(application: Application, places: Sequence[Place], at: datetime) -> None:
    """Beside the rows are some without an ID, or with one that another has, too."""
    for table in application.tables.values():
        table.loses_ids = True


# --- rows and cursors ----------------------------------------------------------------------------


@_act
def delete_newest(application: Application, places: Sequence[Place], at: datetime) -> None:
    """The row whose cursor is the last one is deleted: the cursor falls."""
    table = _any_table(application)
    past = {id_: line.at for id_, line in table.rows.items() if line.at and line.at <= at}
    if past:
        newest = max(past, key=lambda id_: (past[id_], id_))
        del table.rows[newest]
        for place in places:
            if newest in place.rows[table.name]:
                move(newest, place.rows[table.name], place.deleted[table.name])


@_act
def correct_future(application: Application, places: Sequence[Place], at: datetime) -> None:
    """Rows of 2036 are corrected."""
    for table in application.tables.values():
        for line in table.rows.values():
            if line.at == FUTURE:
                line.at = at - timedelta(minutes=1)


@_act
def forget_moment(application: Application, places: Sequence[Place], at: datetime) -> None:
    """Some rows have no cursor any more, or one of 2036; what they say is the same."""
    table = _any_table(application)
    for id_ in application.rng.sample(sorted(table.rows), min(3, len(table.rows))):
        table.rows[id_].at = application.rng.choice((None, FUTURE))


@_act
def make_backup(application: Application, places: Sequence[Place], at: datetime) -> None:
    """All rows are kept as they are."""
    rows = {name: table.rows for name, table in application.tables.items()}
    application.backup = copy.deepcopy(
        {"rows": rows, "places": {place.id: (place.rows, place.deleted) for place in places}}
    )


@_act
def restore_backup(application: Application, places: Sequence[Place], at: datetime) -> None:
    """All rows are again as they once were."""
    if application.backup is None:
        return make_backup(application, places, at)
    kept = copy.deepcopy(application.backup)
    for name, table in application.tables.items():
        table.rows = kept["rows"][name]
    for place in places:
        place.rows, place.deleted = kept["places"][place.id]
    return None


# --- mapping and place ---------------------------------------------------------------------------


@_act
def map_otherwise(application: Application, places: Sequence[Place], at: datetime) -> None:
    """A column is left out of the mapping, or is in it again."""
    name = application.rng.choice(sorted(OPTIONAL))
    table, ours = application.tables[name], application.rng.choice(OPTIONAL[name])
    if ours in table.mapped:
        del table.mapped[ours]
    else:
        table.mapped[ours] = ours


@_act
def point_elsewhere(application: Application, places: Sequence[Place], at: datetime) -> None:
    """A column is read from another column of theirs: another unit, another name."""
    name = application.rng.choice(sorted(ELSEWHERE))
    table, (ours, other) = application.tables[name], ELSEWHERE[name]
    table.mapped[ours] = other if table.mapped.get(ours) == ours else ours


@_act
def swap_columns(application: Application, places: Sequence[Place], at: datetime) -> None:
    """Two columns of ours are read from each other's: the same columns of theirs are read."""
    mapped, (ours, other) = application.tables["progress"].mapped, ELSEWHERE["progress"]
    if {ours, other} <= mapped.keys():
        mapped[ours], mapped[other] = mapped[other], mapped[ours]


@_act
def use_cursor(application: Application, places: Sequence[Place], at: datetime) -> None:
    """The cursor is taken out of the mapping, or put in again."""
    table = _any_table(application)
    table.has_cursor = not table.has_cursor


@_act
def use_marks(application: Application, places: Sequence[Place], at: datetime) -> None:
    """Marks of deletion are mapped, or not any more."""
    table = _any_table(application)
    table.has_marks = not table.has_marks


@_act
def compare_at(application: Application, places: Sequence[Place], at: datetime) -> None:
    """The whole table is compared more often, or less."""
    _any_table(application).reconcile = application.rng.choice(("daily", "weekly", "never"))


@_act
def rename_table(application: Application, places: Sequence[Place], at: datetime) -> None:
    """The data moves to another table."""
    table = _any_table(application)
    is_other = table.called.startswith("other")
    table.called = f"{'their' if is_other else 'other'}_{table.name}"


@_act
def move_database(application: Application, places: Sequence[Place], at: datetime) -> None:
    """The data moves to another database, which may be of another kind."""
    application.place = (application.place + 1) % len(application.backends)
    application.draw_types()


@_act
def lose_index(application: Application, places: Sequence[Place], at: datetime) -> None:
    """What Rollbook keeps beside its log of a table is lost."""
    _any_table(application).has_lost_index = True


@_act
def break_table(application: Application, places: Sequence[Place], at: datetime) -> None:
    """A table cannot be read: the others can."""
    _any_table(application).is_broken = True


@_act
def change_and_hide(application: Application, places: Sequence[Place], at: datetime) -> None:
    """A row changes whose cursor stays where it was, long ago: a comparison finds it."""
    place = application.rng.choice([*places])
    table = _any_table(application)
    known = sorted(place.rows[table.name].keys() & table.rows.keys())
    if known:
        id_ = application.rng.choice(known)
        place.rows[table.name][id_]["payload"] = f"hidden {application.rng.randint(1, 99)}"
        says = copy.deepcopy(place.rows[table.name][id_])
        table.rows[id_] = Line(says, at - timedelta(days=9))
