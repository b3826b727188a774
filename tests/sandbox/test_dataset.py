from __future__ import annotations

import json
from pathlib import Path

import pytest

from dlt_sources.errors import ConfigurationError
from dlt_sources.sandbox import Dataset, serve

from .client import DISTRICT, Client, small_id, users, write, write_dataset


def served(folder: Path, day: int = 1) -> list[str]:
    with serve(folder, day=day) as sandbox:
        return Client(sandbox).ids("/users")


def refusal(folder: Path, day: int = 1) -> str:
    with pytest.raises(ConfigurationError) as caught, serve(folder, day=day):
        pass
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_a_file_that_is_absent_is_as_on_the_day_before(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, [{"users": users(1)}, {}, {"users": users(1, 2)}])
    assert served(dataset, day=2) == [small_id(1)]
    assert served(dataset, day=3) == [small_id(1), small_id(2)]


def test_an_empty_file_is_an_empty_list(tmp_path: Path) -> None:
    assert served(write_dataset(tmp_path, [{"users": users(1)}, {"users": []}]), day=2) == []


def test_records_are_served_byte_for_byte(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, [{}])
    line = f'{{ "name" : {{"first":"N\\u00faria","last":"O\'Dell"}},  "id":"{small_id(1)}"}}'
    write(dataset / "days/01/small/users.jsonl", line + "\n")
    with serve(dataset) as sandbox:
        assert line in Client(sandbox).get("/users").text


def test_records_are_listed_by_id_whatever_their_order_in_the_file(tmp_path: Path) -> None:
    assert served(write_dataset(tmp_path, [{"users": users(3, 1, 2)}])) == [
        small_id(number) for number in (1, 2, 3)
    ]


def test_blank_lines_and_a_missing_last_line_break_are_no_records(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, [{}])
    text = "\n\n".join(json.dumps(user) for user in users(1, 2))
    write(dataset / "days/01/small/users.jsonl", text)
    assert served(dataset) == [small_id(1), small_id(2)]


def test_a_large_file_is_served_like_a_small_one(tmp_path: Path) -> None:
    many = [user | {"filler": "x" * 200} for user in users(*range(1, 6001))]
    dataset = write_dataset(tmp_path, [{"users": many}])
    assert (dataset / "days/01/small/users.jsonl").stat().st_size > 1 << 20
    with serve(dataset) as sandbox:
        assert Client(sandbox).records("/users", limit=10_000) == many


def test_a_day_written_while_the_server_runs_can_be_served(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, [{"users": users(1)}])
    with serve(dataset) as sandbox:
        write_dataset(tmp_path, [{"users": users(1)}, {"users": users(2)}])
        sandbox.set_day(2)
        assert Client(sandbox).ids("/users") == [small_id(2)]


def test_a_day_tells_its_date_and_story(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, [{}])
    write(dataset / "days/01/day.json", {"date": "2026-08-17", "story": ["School begins."]})
    (day,) = Dataset.open(dataset).days()
    assert (day.number, day.date.isoformat(), day.story) == (1, "2026-08-17", ("School begins.",))


def test_a_folder_that_is_no_dataset_is_refused(tmp_path: Path) -> None:
    assert "no dataset.json" in refusal(tmp_path)
    assert "no dataset.json" in refusal(tmp_path / "missing")


@pytest.mark.parametrize("day", [0, 3])
def test_a_day_that_does_not_exist_is_refused(tmp_path: Path, day: int) -> None:
    message = refusal(write_dataset(tmp_path, [{}, {}]), day)
    assert f"no day {day}" in message
    assert "1 to 2" in message


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "12"}',
        '{"name": "Ada Lovelace"}',
        '{"id": "Ada Lovelace',
        "[1]",
        "7",
        '{"id": null}',
    ],
)
def test_a_malformed_line_is_named_by_its_number_without_its_content(
    tmp_path: Path, line: str
) -> None:
    dataset = write_dataset(tmp_path, [{}])
    file = dataset / "days/01/small/users.jsonl"
    write(file, json.dumps(users(1)[0]) + "\n" + line + "\n")
    message = refusal(dataset)
    assert f"{file}, line 2" in message
    assert "Ada" not in message


def test_a_repeated_id_is_refused(tmp_path: Path) -> None:
    assert "line 3: repeats" in refusal(write_dataset(tmp_path, [{"users": users(1, 2, 1)}]))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("days/01/tokens.json", {"0" * 24: "x"}, "no folder holds the district"),
        ("days/01/tokens.json", "[", "malformed"),
        ("days/01/day.json", {"story": []}, "malformed"),
        ("days/01/small/district.json", {"name": "x"}, "line 1"),
        ("days/01/other/users.jsonl", "", "no district.json"),
        ("days/01/other/district.json", {"id": DISTRICT}, "two folders"),
    ],
)
def test_a_dataset_that_contradicts_itself_is_refused(
    tmp_path: Path, name: str, content: object, expected: str
) -> None:
    dataset = write_dataset(tmp_path, [{}])
    write(dataset / name, content)
    assert expected in refusal(dataset)


def test_a_wrong_day_leaves_the_present_one_in_place(tmp_path: Path) -> None:
    with serve(write_dataset(tmp_path, [{"users": users(1)}])) as sandbox:
        with pytest.raises(ConfigurationError):
            sandbox.set_day(9)
        assert Client(sandbox).ids("/users") == [small_id(1)]


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    dataset = write_dataset(tmp_path, [{}])
    with serve(dataset) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        with pytest.raises(ConfigurationError, match=f"Port {port}"), serve(dataset, port=port):
            pass
