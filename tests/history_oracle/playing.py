"""Stories played through the real pipeline, round by round, with the model beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from .changelog import committed, log
from .contract import OBJECTS
from .dataset import write_dataset, write_day
from .limits import rules_of, settings
from .oracle import Key, Moment, World
from .pipeline import NEVER_COMMITTED, Pipeline, pipeline
from .stories import ROUNDS, Story, is_repeated, play
from .tables import actual_tables, differences, expected_tables

#: Rounds before which the caches beside the log are gone.
_CACHES_LOST = {2, 5}
#: Rounds after which the build breaks off; the next one has both to see.
_BROKEN_OFF = {4}
#: What a round shows: the districts that are seen, by id.
Round = dict[str, World]


def play_stories(town: Sequence[Story], folder: Path) -> None:
    """Play every story in one warehouse; raises AssertionError with what is not as it should be."""
    by_district = {f"5d{number:022x}": story for number, story in enumerate(town, 1)}
    shown = {id_: play(number, story) for number, (id_, story) in enumerate(by_district.items(), 1)}
    rounds = _write_rounds(folder / "dataset", shown)
    try:
        limits = settings(range(1, len(town) + 1))
        with pipeline(folder / "home", folder / "dataset", limits) as driven:
            _play_rounds(driven, rounds)
    except AssertionError as error:
        concerned = [id_ for id_ in by_district if id_ in str(error)]
        for id_ in concerned[:2]:
            error.add_note(f"The story of {id_}: {by_district[id_]!r}")
        raise


def _play_rounds(driven: Pipeline, rounds: Mapping[int, Round]) -> None:
    due = False
    for number, seen in rounds.items():
        so_far = {n: rounds[n] for n in rounds if n <= number}
        if number in _CACHES_LOST:
            driven.lose_caches()
        driven.sync(number + 1, ROUNDS[number], _only(number, seen))
        _expect_log(driven, so_far)
        driven.leave_rows_behind(held=_by_token(number))
        due = due or _has_news(so_far)
        if due and number in _BROKEN_OFF:
            driven.break_off_build()
        else:
            built = driven.build()
            # A form of roles that is new is news, though it changes no record.
            told = not due and _keeps_roles(so_far)
            assert told or built is due, "a build is due exactly if something changed"
            _expect_tables(driven, so_far, f"after the daily build of round {number}")
            due = False
    driven.rebuild()
    _expect_tables(driven, rounds, "after a rebuild from the log")


def _write_rounds(dataset: Path, shown: Mapping[str, list[World | None]]) -> dict[int, Round]:
    """Write the dataset, a day a round, and return what each round shows, if anything."""
    write_dataset(dataset)
    rounds: dict[int, Round] = {}
    ever: set[str] = set()
    for number in range(len(ROUNDS)):
        seen = {id_: world for id_, days in shown.items() if (world := days[number]) is not None}
        if is_repeated(number):
            seen = {id_: world for id_, world in seen.items() if id_ in rounds.get(number - 1, {})}
        ever |= set(seen)
        write_day(dataset, number + 1, seen, seen if _by_token(number) else sorted(ever))
        if seen:
            rounds[number] = seen
    return rounds


def _by_token(number: int) -> bool:
    """Whether a district is not seen because its token is gone, or because nobody asks for it."""
    return number % 2 == 0


def _only(number: int, seen: Round) -> tuple[str, ...]:
    return () if _by_token(number) else tuple(seen)


def _moments(rounds: Mapping[int, Round]) -> dict[str, list[Moment]]:
    """What counts of each district."""
    looks: dict[str, list[tuple[datetime, World]]] = {}
    for number, seen in rounds.items():
        for district_id, world in seen.items():
            looks.setdefault(district_id, []).append((ROUNDS[number], world))
    return {id_: committed(id_, shown, rules_of(_number(id_))) for id_, shown in looks.items()}


def _number(district_id: str) -> int:
    return int(district_id[2:], 16)


def _expect_tables(driven: Pipeline, rounds: Mapping[int, Round], when: str) -> None:
    expected = expected_tables(_moments(rounds))
    with driven.opened() as connection:
        wrong = differences(expected, actual_tables(connection, list(expected)))
    assert not wrong, f"{when}:\n" + "\n".join(wrong)


# --- the log -----------------------------------------------------------------------------------


def _expect_log(driven: Pipeline, rounds: Mapping[int, Round]) -> None:
    """The change log has the rows of what changed and no other; each sync's line counts them."""
    rows: list[Key] = []
    lines: list[Key] = []
    rejected: list[Key] = []
    for district_id, moments in _moments(rounds).items():
        for moment, gain in zip(moments, log(moments), strict=True):
            rows += [(moment.at, district_id, *change) for change in gain]
            lines.append((moment.at, district_id, *_counts(moment, gain)))
            rejected += [(moment.at, district_id, *record) for record in moment.rejected]
    with driven.opened() as connection:
        logs = " union all ".join(_LOG.format(name=name) for name in OBJECTS)
        _expect_same("the log", rows, connection.execute(logs).fetchall())
        _expect_same("complete syncs", lines, connection.execute(_LINES).fetchall())
        _expect_same("held syncs", _held(rounds), connection.execute(_HELD_LINES).fetchall())
        _expect_same("rejected records", rejected, connection.execute(_REJECTED).fetchall())


def _expect_same(what: str, expected: list[Key], actual: list[Key]) -> None:
    missing, surplus = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    assert not missing and not surplus, (
        f"{what}: {len(missing)} rows missing, such as {list(missing)[:_SHOWN]}, "
        f"{len(surplus)} too many, such as {list(surplus)[:_SHOWN]}"
    )


def _has_news(rounds: Mapping[int, Round]) -> bool:
    """Whether the last round added to the log of any district."""
    last = max(rounds)
    return not is_repeated(last) and any(
        moments[-1].at == ROUNDS[last] and log(moments)[-1] for moments in _moments(rounds).values()
    )


def _keeps_roles(rounds: Mapping[int, Round]) -> bool:
    """Whether the last round showed roles in a form that nobody knows."""
    last = ROUNDS[max(rounds)]
    moments = (each[-1] for each in _moments(rounds).values() if each)
    return any(moment.at == last and moment.keeping for moment in moments)


def _held(rounds: Mapping[int, Round]) -> list[Key]:
    """(when, district) of the looks that the limits hold back."""
    held: list[Key] = []
    moments = _moments(rounds)
    for number, seen in rounds.items():
        so_far = _moments({n: rounds[n] for n in rounds if n <= number})
        past = _moments({n: rounds[n] for n in rounds if n < number})
        for id_ in seen:
            rules = rules_of(_number(id_))
            counted = len(so_far[id_]) > len(past.get(id_, []))
            repeated = past.get(id_) and past[id_][-1].at == ROUNDS[number]
            if rules and not counted and not repeated:
                held.append((ROUNDS[number], id_))
    assert moments.keys() >= {id_ for _, id_ in held}
    return held


_SHOWN = 4
_RAW = "warehouse.clever_raw"
_LOG = f"""
    select observed_at, district_id, '{{name}}', id, change
    from {_RAW}.{{name}} where sync_id < {NEVER_COMMITTED}
"""
_LINES = f"""
    select
        observed_at, district_id,
        records_seen, created, updated, archived, restored, unchanged
    from {_RAW}.syncs
    where status = 'complete'
"""
_HELD_LINES = f"""
    select observed_at, district_id from {_RAW}.syncs
    where status = 'held' and sync_id < {NEVER_COMMITTED}
"""
_REJECTED = f"""
    select syncs.observed_at, district_id, rejected.object, rejected.id
    from {_RAW}.rejected_records as rejected
    join {_RAW}.syncs as syncs using (sync_id, district_id)
    where syncs.status = 'complete'
"""


def _counts(moment: Moment, gain: list[tuple[str, str, str]]) -> tuple[int, ...]:
    kept = {(name, id_) for name, records in moment.world.items() for id_ in records}
    seen = len(kept - moment.rejected)
    changes = Counter(change for _, _, change in gain)
    counts = [changes[change] for change in ("created", "updated", "removed", "restored")]
    created, updated, _, restored = counts
    return (seen, *counts, seen - created - updated - restored)
