"""The masked copy tells of nobody, and answers as the published file does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib.home import Home
from orchestration.masking import masked_file, pseudonyms
from orchestration.masking.marks import Mark, published_marks
from orchestration.masking.masked_file import write_masked
from orchestration.masking.pseudonyms import Pseudonyms
from tests.listening import listening
from tests.masking.conftest import KEY, Masked, opened

_RELATIONS = """
select schema_name || '.' || table_name from duckdb_tables() where not internal
union all select schema_name || '.' || view_name from duckdb_views() where not internal
order by all
"""
#: Sentences of a view are made of what is masked, prints of a row likewise: they are other ones.
#: What happened at one moment is numbered by IDs, which are others.
_DERIVED = {
    ("ops.roster_changes", "name"),
    ("ops.roster_changes", "related_name"),
    ("ops.warnings", "line"),
    ("roster.student_timeline", "event_number"),
    ("ops.roster_changes", "line"),
    ("roster.student_timeline", "line"),
    ("intermediate.open_accounts", "print"),
    ("intermediate.open_users", "print"),
}
#: Titles of people in the sample, which are words of our own descriptions, too.
_OURS = {"Teacher", "Principal"}


def _found(texts: Iterable[str], file: Path) -> set[str]:
    """Which texts are among a file's bytes; capitals mean nothing if it is long enough."""
    data = file.read_bytes()
    small = data.lower()
    return {
        text
        for text in texts
        if (text.lower().encode() in small if len(text) >= 8 else text.encode() in data)
    }


# --- nobody is in it -----------------------------------------------------------------------------


def test_no_value_of_a_random_district_is_among_the_bytes(masked: Masked) -> None:
    """Every field of Clever's and of the application's but those it is to tell as they are."""
    made = masked.town.words.made

    assert _found(made, masked.in_clear) == set()
    assert _found(made, masked.home.masked) == set()


def test_no_value_of_the_sample_is_among_the_bytes(masked: Masked) -> None:
    """Shorter ones may be there by chance: the next test looks at them."""
    telling = {text for text in masked.sample - _OURS if len(text) >= 5}

    assert len(telling) > 500
    assert _found(telling, masked.in_clear) == set()
    assert _found(telling, masked.home.masked) == set()


def test_no_value_is_a_word_of_any_row(masked: Masked) -> None:
    telling = {text for text in masked.sample - _OURS if len(text) >= 3} | masked.town.words.made
    words: set[str] = set()
    with opened(masked.home.masked) as connection:
        relations = {name for (name,) in connection.execute(_RELATIONS).fetchall()}
        # A calendar has every birthday, and nobody's.
        for relation in relations - {"intermediate.local_days"}:
            for row in connection.execute(f"from {relation}").fetchall():
                words |= {text for value in row for text in _texts(value)}

    assert len(words) > 1000
    assert telling & words == set()


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, int | float) and abs(value) < 1_000:
        return ()  # A count of days may be a room's number, too; nobody's own number is so small.
    if isinstance(value, list):
        return (text for each in value for text in _texts(each))
    text = "" if value is None else str(value)
    return (text, *re.findall(r"\w+", text))


def test_what_is_looked_for_is_in_the_published_file(masked: Masked) -> None:
    """So the search finds what is there."""
    sample = {text for text in masked.sample if len(text) >= 5}
    town = masked.town.words.made

    assert _found(sample, masked.published_in_clear) == sample
    assert len(_found(town, masked.published_in_clear)) > 0.7 * len(town)


def test_the_key_is_nowhere(masked: Masked, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    said: list[str] = []
    write = masked_file._write
    monkeypatch.setattr(
        masked_file, "_write", lambda connection, made: write(listening(connection, said), made)
    )
    write_masked(home, KEY)

    assert any(pseudonyms.MASKED_ID in each for each in said)
    derived = Pseudonyms(KEY)._key
    for secret in (KEY, KEY.encode().hex(), derived.hex()):
        assert not any(secret in each for each in said)
        assert _found([secret], masked.in_clear) == set()
    assert derived not in masked.in_clear.read_bytes()


def test_birthdays_are_years(masked: Masked) -> None:
    with opened(masked.home.masked) as connection:
        days = connection.execute(
            "select distinct month(dob), day(dob) from roster.student_history where dob is not null"
        ).fetchall()

    assert days == [(1, 1)]


def test_the_order_of_rows_does_not_tell_that_of_the_ids(masked: Masked) -> None:
    with opened(masked.home.masked) as connection:
        for relation, column in (
            ("roster.student_history", "student_id"),
            ("roster.user_history", "user_id"),
            ("roster.enrollment_history", "district_id || section_id || student_id"),
        ):
            rows = connection.execute(f"select {column} from {relation} order by rowid").fetchall()
            assert rows == sorted(rows), relation


# --- it answers as before ------------------------------------------------------------------------


def test_every_relation_has_the_rows_of_the_published_one_masked(masked: Masked) -> None:
    """Joins, counts, histories: whatever a view derives of masked tables is what it derived."""
    of_key = Pseudonyms(KEY)
    with opened(masked.home.published) as published, opened(masked.home.masked) as copy:
        relations = [name for (name,) in published.execute(_RELATIONS).fetchall()]
        others = {name for (name,) in copy.execute(_RELATIONS).fetchall()} - {*relations}
        wrong = []
        for relation in relations:
            columns = [name for name, *_ in published.execute(f"describe {relation}").fetchall()]
            columns = [name for name in columns if (relation, name) not in _DERIVED]
            query = f"select {', '.join(map(_quoted, columns))} from {relation}"
            marks = [published_marks()[relation].get(column) for column in columns]
            expected = Counter(
                tuple(_masked(value, mark, of_key) for value, mark in zip(row, marks, strict=True))
                for row in published.execute(query).fetchall()
            )
            actual = Counter(
                tuple(_sorted(value) for value in row) for row in copy.execute(query).fetchall()
            )
            if expected != actual:
                wrong.append((relation, [*(expected - actual)][:1], [*(actual - expected)][:1]))

    assert wrong == []
    assert others == {"ops.k_anonymity"}


def _quoted(name: str) -> str:
    return f'"{name}"'


def _masked(value: Any, mark: Mark | None, of_key: Pseudonyms) -> Any:
    if value is None or mark is None or mark.mask is None:
        return _sorted(value)
    if isinstance(value, list):
        return tuple(sorted(of_key.id(each) for each in value))
    masks: dict[str, Callable[[Any], Any]] = {
        "id": of_key.id,
        "name": of_key.name,
        "birthday": _year,
    }
    return masks[mark.mask](value) if mark.mask in masks else None


def _year(day: date) -> date:
    return date(day.year, 1, 1)


def _sorted(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, list) else value


def test_types_and_comments_are_those_of_the_published_file(masked: Masked) -> None:
    about = (
        "select schema_name, table_name, column_name, data_type, comment from duckdb_columns() "
        "where not internal and table_name <> 'k_anonymity' order by all"
    )
    with opened(masked.home.published) as published, opened(masked.home.masked) as copy:
        assert copy.execute(about).fetchall() == published.execute(about).fetchall()


#: The macro that only its own file has is another one.
_MACROS = """
select schema_name || '.' || function_name, parameters, comment from duckdb_functions()
where function_type = 'table_macro' and database_name = current_database()
and schema_name = 'roster' order by all
"""
_TIMES = ("2026-08-17 02:00", "2026-08-19 12:00", "2026-08-25 03:00", "2030-01-01")


def _calls(name: str, parameters: list[str], ids: dict[str, str]) -> Iterable[str]:
    """Calls of a macro at several times, of the ones that are asked for something, of that."""
    for time in _TIMES:
        given = {
            "t": time, "t1": _TIMES[0], "t2": time, "date": time[:10], "day": time[:10], **ids,
        }  # fmt: skip
        yield f"{name}({', '.join(repr(given[each]) for each in parameters)})"


def test_the_macros_answer_with_as_many_rows_at_any_time(masked: Masked) -> None:
    """Also of days, which begin elsewhere in the district of random values."""
    [section], students = masked.town.lists["sections"][:1], masked.town.ids("student")
    ids = {"section": section["id"], "student": students[1]}
    pseudonyms_ = {name: Pseudonyms(KEY).id(text) for name, text in ids.items()}
    with opened(masked.home.published) as published, opened(masked.home.masked) as copy:
        macros = published.execute(_MACROS).fetchall()
        assert copy.execute(_MACROS).fetchall() == macros
        counts = {
            call: [
                connection.execute(f"select count(*) from {each}").fetchall()[0][0]
                for connection, each in ((published, call), (copy, masked_call))
            ]
            for name, parameters, _ in macros
            for call, masked_call in zip(
                _calls(name, parameters, ids), _calls(name, parameters, pseudonyms_), strict=True
            )
        }

    assert len(macros) >= 40
    assert {call: both for call, both in counts.items() if len({*both}) > 1} == {}
    assert sum(one for one, _ in counts.values()) > 1000
    assert any(one for call, (one, _) in counts.items() if "class_list" in call)


def test_days_begin_in_the_copy_when_they_did(masked: Masked) -> None:
    """Macros name districts that have a time zone of their own; the copy knows them masked."""
    day_end = "select intermediate.day_end('{}', '2026-08-25')"
    district = masked.town.district_id
    with opened(masked.home.published) as published, opened(masked.home.masked) as copy:
        theirs = published.execute(day_end.format(district)).fetchall()
        assert theirs != published.execute(day_end.format("another")).fetchall()
        assert copy.execute(day_end.format(Pseudonyms(KEY).id(district))).fetchall() == theirs


def test_a_macro_of_the_one_file_is_never_answered_by_the_other(masked: Masked) -> None:
    with duckdb.connect() as connection:
        for name, file in (("clear", masked.home.published), ("copy", masked.home.masked)):
            connection.execute(f"attach '{file}' as {name} (read_only)")
        for used, other in (("clear", "copy"), ("copy", "clear")):
            connection.execute(f"use {used}")
            connection.execute("from roster.students_as_of('2026-08-19')").fetchall()
            with pytest.raises(duckdb.Error, match="use the database of this macro first"):
                connection.execute(f"from {other}.roster.students_as_of('2026-08-19')").fetchall()


# --- how anonymous it is -------------------------------------------------------------------------


def test_k_anonymity_is_counted_as_by_hand(masked: Masked) -> None:
    quasi = ("school_id", "grade", "gender", "dob", "race")
    with opened(masked.home.masked) as connection:
        rows = connection.execute(
            f"select district_id, {', '.join(quasi)} from roster.students "
            "where record_status = 'active'"
        ).fetchall()
        told = connection.execute(
            "select district_id, students, groups, smallest_group, alone, below_5, below_10 "
            f"from ops.k_anonymity where columns = {[*quasi]}"
        ).fetchall()

    expected = []
    for district in {row[0] for row in rows}:
        sizes = Counter(row for row in rows if row[0] == district).values()
        small = [sum(size for size in sizes if size < limit) for limit in (2, 5, 10)]
        expected.append((district, sum(sizes), len(sizes), min(sizes), *small))
    assert sorted(told) == sorted(expected)
    assert len(told) == 3
