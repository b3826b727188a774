"""Stories played through the real pipeline, round by round, with the model beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path

import duckdb

from .changelog import ChangeLog, Entry
from .contract import OBJECTS
from .dataset import write_dataset, write_day
from .limits import Rules, rules_of, settings
from .oracle import Key, World
from .pipeline import Pipeline, pipeline
from .stories import RETRACTING, ROUNDS, WRONG_CLOCK, Story, is_repeated, play
from .tables import actual_tables, differences, expected_tables

#: Rounds before which the caches beside the log are gone.
_CACHES_LOST = {2, 5}
#: Rounds after which the build breaks off; the next one has both to see.
_BROKEN_OFF = {4}
#: So many districts that follow each other show some records under the same ids.
_NEIGHBOURS = 3
#: What a round shows: the districts that are seen, by id.
Round = dict[str, World]


def play_stories(town: Sequence[Story], folder: Path) -> None:
    """Play every story in one warehouse; raises AssertionError with what is not as it should be."""
    by_district = {f"5d{number:022x}": story for number, story in enumerate(town, 1)}
    shown = {
        id_: play(number, story, number // _NEIGHBOURS)
        for number, (id_, story) in enumerate(by_district.items(), 1)
    }
    rounds = _write_rounds(folder / "dataset", shown)
    try:
        limits = settings(range(1, len(town) + 1))
        with pipeline(folder / "home", folder / "dataset", limits) as driven:
            _Playing(driven, by_district).play(rounds)
    except AssertionError as error:
        concerned = [id_ for id_ in by_district if id_ in str(error)]
        for id_ in concerned[:2]:
            error.add_note(f"The story of {id_}: {by_district[id_]!r}")
        raise


class _Playing:
    """The rounds as they are played, with the model beside the pipeline."""

    def __init__(self, driven: Pipeline, stories: Mapping[str, Story]) -> None:
        self._driven = driven
        self._stories = stories
        self._model = ChangeLog(_rules)
        self._due = self._told = False

    def play(self, rounds: Mapping[int, Round]) -> None:
        for number, seen in rounds.items():
            if number in RETRACTING:
                self._retract(number)
            if number in _CACHES_LOST:
                self._driven.lose_caches()
            self._sync(number, seen)
            if number in _BROKEN_OFF:
                self._driven.break_off_build()
            else:
                self._build(f"after the daily build of round {number}")
        self._driven.rebuild()
        self._expect_tables("after a rebuild from the log")

    def _sync(self, number: int, seen: Round) -> None:
        at = ROUNDS[number]
        result = self._driven.sync(number + 1, at, _only(number, seen))
        entries = self._model.sync(result.sync_id, at, seen)
        statuses = {line.district_id: line.status for line in result.districts}
        wrong = [each for each in entries if statuses[each.district_id] != each.status]
        assert not wrong, "\n".join(
            f"{each.district_id} is {statuses[each.district_id]} in round {number}, "
            f"should be {each.status}"
            for each in wrong
        )
        _expect_log(self._driven, self._model)
        self._driven.leave_rows_behind(result.sync_id, held=_by_token(number))
        self._due = self._due or any(each.gain for each in entries)
        # A form of roles that is new is news, though it changes no record.
        self._told = any(each.moment.keeping for each in entries)

    def _retract(self, number: int) -> None:
        """Take back what the stories say, then build as the command does, or with the next sync."""
        for id_, story in self._stories.items():
            entries = self._model.standing.get(id_, [])
            taken = min(story.days[number].retracted, len(entries))
            if taken:
                since = entries[-taken].sync
                shown = self._driven.retract(id_, since)
                reversals = [astuple(each) for each in self._model.retract(id_, since)]
                assert [astuple(each) for each in shown.reversals] == reversals, id_
                assert [each.sync_id for each in shown.syncs] == [
                    each.sync for each in entries[-taken:]
                ], id_
                self._due = True
        if number != WRONG_CLOCK + 1:
            self._build(f"after the retractions before round {number}")

    def _build(self, when: str) -> None:
        built = self._driven.build()
        due = built if self._told and not self._due else self._due
        assert built is due, "a build is due exactly if something changed"
        self._due = self._told = False
        self._expect_tables(when)

    def _expect_tables(self, when: str) -> None:
        expected = expected_tables(self._model.moments())
        with self._driven.opened() as connection:
            wrong = differences(expected, actual_tables(connection, list(expected)))
            lines = _of_syncs(connection, _LINES, self._model)
            _expect_same(f"{when}: syncs", _lines(self._model), lines)
        assert not wrong, f"{when}:\n" + "\n".join(wrong)


def _rules(district_id: str) -> Rules | None:
    return rules_of(int(district_id[2:], 16))


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


# --- the log -----------------------------------------------------------------------------------


def _expect_log(driven: Pipeline, model: ChangeLog) -> None:
    """The change log has the rows of what changed and no other; each sync's line counts them."""
    rows: list[Key] = []
    lines: list[Key] = []
    rejected: list[Key] = []
    for entry in model.entries:
        if entry.status == "complete":
            sync = (entry.sync, entry.district_id)
            rows += [(*sync, entry.moment.at, *change) for change in entry.gain]
            lines.append((*sync, entry.moment.at, *_counts(entry)))
            rejected += [(*sync, *record) for record in entry.moment.rejected]
    with driven.opened() as connection:
        logs = " union all ".join(_LOG.format(name=name) for name in OBJECTS)
        _expect_same("the log", rows, _of_syncs(connection, logs, model))
        _expect_same("complete syncs", lines, _of_syncs(connection, _COMPLETE, model))
        _expect_same("rejected records", rejected, _of_syncs(connection, _REJECTED, model))


def _of_syncs(connection: duckdb.DuckDBPyConnection, query: str, model: ChangeLog) -> list[Key]:
    """What a query finds of the syncs that were; other numbers are of rows left behind."""
    numbers = ", ".join(str(entry.sync) for entry in model.entries)
    found = connection.execute(f"select * from ({query}) as rows where sync_id in ({numbers})")
    return found.fetchall()


def _lines(model: ChangeLog) -> list[Key]:
    """Each look at a district as it stands now: what was taken back says so."""
    return [
        (each.sync, each.district_id, "retracted" if each in model.retracted else each.status)
        for each in model.entries
    ]


def _expect_same(what: str, expected: list[Key], actual: list[Key]) -> None:
    missing, surplus = Counter(expected) - Counter(actual), Counter(actual) - Counter(expected)
    assert not missing and not surplus, (
        f"{what}: {len(missing)} rows missing, such as {list(missing)[:_SHOWN]}, "
        f"{len(surplus)} too many, such as {list(surplus)[:_SHOWN]}"
    )


_SHOWN = 4
_RAW = "warehouse.clever_raw"
_LOG = f"""
    select sync_id, district_id, observed_at, '{{name}}', id, change from {_RAW}.{{name}}
"""
_COMPLETE = f"""
    select
        sync_id, district_id, observed_at,
        records_seen, created, updated, archived, restored, unchanged
    from {_RAW}.syncs
    where status = 'complete'
"""
_REJECTED = f"""
    select sync_id, district_id, rejected.object, rejected.id
    from {_RAW}.rejected_records as rejected
"""
#: Nobody looked at a district that is suspended.
_LINES = f"""
    select sync_id, district_id, shown.status
    from warehouse.ops.syncs as shown
    join {_RAW}.syncs as looks using (sync_id, district_id)
    where looks.status <> 'suspended'
"""


def _counts(entry: Entry) -> tuple[int, ...]:
    world = entry.moment.world
    kept = {(name, id_) for name, records in world.items() for id_ in records}
    seen = len(kept - entry.moment.rejected)
    changes = Counter(change for _, _, change in entry.gain)
    counts = [changes[change] for change in ("created", "updated", "removed", "restored")]
    created, updated, _, restored = counts
    return (seen, *counts, seen - created - updated - restored)
