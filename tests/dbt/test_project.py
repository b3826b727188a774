"""Rules of the dbt project, read from its manifest: what a reader of any model may rely on."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dlt_sources.application.columns import application_raw_tables, matching_raw_tables
from dlt_sources.clever.columns import raw_tables
from dlt_sources.clever.objects import CLEVER_OBJECTS, COMMON_USER_FIELDS, Field, Record
from orchestration.lib import dbt_runner, published_file
from orchestration.lib.dbt_runner import DBT_PROJECT, manifest, models
from orchestration.lib.guide import FOR_ANALYSTS

#: What Spark lacks or reads otherwise; each belongs into a macro of `macros/dialect`, if anywhere.
_NOT_PORTABLE = {
    "a cast by ::": r"::",
    "qualify": r"\bqualify\b",
    "exclude or replace of columns": r"\*\s*(exclude|replace|except)\b",
    "a JSON arrow": r"->>?",
    "json_extract": r"\bjson_extract",
    "arg_max, arg_min": r"\barg_(max|min)\b",
    "group by all": r"group by all",
    "ignore nulls": r"ignore nulls",
    "unnest": r"\bunnest\b",
    "the target's type": r"target\.type",
    "the clock": r"\b(now\(|current_timestamp|current_date)",
}
_TYPES = {"VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean", "JSON": "json"}


def _models() -> dict[str, Mapping[str, Any]]:
    nodes = manifest()["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


def _records() -> Iterator[tuple[Record, tuple[Field, ...]]]:
    for item in CLEVER_OBJECTS:
        yield item.record, item.record.fields
        for role in item.roles:
            yield role, (*COMMON_USER_FIELDS, *role.fields)


_RECORDS = [pytest.param(*pair, id=pair[0].singular) for pair in _records()]


@pytest.mark.parametrize(("record", "fields"), _RECORDS)
def test_every_field_of_clevers_is_a_column_of_the_history_and_the_current_table(
    record: Record, fields: tuple[Field, ...]
) -> None:
    for name in (f"{record.singular}_history", record.plural):
        columns = _models()[name]["columns"]
        for field in fields:
            assert field.column in columns, f"{name} lacks {field.column}"
            expected = _TYPES.get(field.type, "varchar[]")
            assert columns[field.column]["data_type"] == expected, f"{name}.{field.column}"


def test_the_original_of_a_birthday_is_kept_beside_the_date() -> None:
    assert {"dob", "dob_raw"} <= _models()["student_history"]["columns"].keys()


def test_the_sources_are_the_raw_tables() -> None:
    nodes = manifest()["sources"].values()
    sources = {(node["source_name"], node["name"]): node for node in nodes}
    declared = {
        name: {column: about["data_type"] for column, about in node["columns"].items()}
        for name, node in sources.items()
    }
    raw = {
        (source, name): {column: kind.lower() for column, kind in columns.items()}
        for source, tables in {
            "clever_raw": raw_tables(),
            "application_raw": application_raw_tables(),
            "matching_raw": matching_raw_tables(),
        }.items()
        for name, columns in tables.items()
    }

    assert {name: columns.keys() for name, columns in declared.items()} == {
        name: columns.keys() for name, columns in raw.items()
    }


def test_every_model_and_column_says_what_it_is() -> None:
    silent = [
        f"{name}.{column}" if column else name
        for name, node in _models().items()
        for column, description in [
            ("", node["description"]),
            *((column, about["description"]) for column, about in node["columns"].items()),
        ]
        if not description.strip()
    ]

    assert silent == []


def test_every_published_model_says_what_a_row_is_and_how_to_ask_it() -> None:
    """`roster.guide` and the comments are made of it."""
    published = {*published_file.needed(), *(node["alias"] for node in models(*FOR_ANALYSTS))}
    silent = [
        f"{name} lacks {fact}"
        for name, node in _models().items()
        for fact in ("type", "grain", "key", "sample")
        if name in published and fact not in node["config"]["meta"]
    ]

    assert silent == []


def test_the_key_that_a_test_looks_at_is_the_one_in_the_guide() -> None:
    nodes = manifest()["nodes"]
    differing = []
    for node in nodes.values():
        if (node.get("test_metadata") or {}).get("name") == "has_grain":
            model = nodes[node["attached_node"]]
            if node["test_metadata"]["kwargs"]["key"] != model["config"]["meta"].get("key"):
                differing.append(model["name"])

    assert differing == []


def test_every_history_and_mart_keeps_a_contract() -> None:
    loose = [
        name
        for name, node in _models().items()
        if node["fqn"][1] in ("history", "matching", "marts")
        and not node["config"]["contract"]["enforced"]
    ]

    assert loose == []


def test_every_history_is_tested_for_its_grain_and_its_intervals() -> None:
    tested: dict[str, set[str]] = {}
    for node in manifest()["nodes"].values():
        if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error":
            about = node.get("test_metadata") or {"name": node["name"]}
            attached = str(node.get("attached_node") or "").split(".")[-1]
            tested.setdefault(attached, set()).add(about["name"])

    histories = {
        name
        for name, node in _models().items()
        if name.endswith("_history") and node["fqn"][1] == "history"
    }
    assert {
        name for name in histories if not tested.get(name, set()) & {"is_history", "is_association"}
    } == set()


def test_a_table_that_is_left_out_without_news_says_all_it_is_made_of() -> None:
    """Its `changes_with` are the logs it comes from; what marks that there is news is none."""
    nodes = {**manifest()["nodes"], **manifest()["sources"]}
    # What a step after the build writes, and the views it reads.
    made_by_scoring = dict.fromkeys(
        ("suggestions", "scored_accounts"), ("open_accounts", "open_users")
    )
    not_made_of = {"touched_records", "stg_clever__syncs", "stg_clever__foreign_records", "loads"}

    def logs(unique_id: str) -> set[str]:
        if nodes[unique_id]["name"] in not_made_of:
            return set()
        if scored := made_by_scoring.get(nodes[unique_id]["name"]):
            return {log for name in scored for log in logs(_models()[name]["unique_id"])}
        if nodes[unique_id]["resource_type"] == "source":
            return {nodes[unique_id]["name"]} - {"turnover"}
        return {log for parent in nodes[unique_id]["depends_on"]["nodes"] for log in logs(parent)}

    said = {
        name: set(node["config"]["meta"]["changes_with"])
        for name, node in _models().items()
        if "changes_with" in node["config"]["meta"]
    }

    assert said == {name: logs(_models()[name]["unique_id"]) for name in said}
    assert len(said) >= 20


def test_columns_that_identify_a_person_are_marked() -> None:
    for record in ("student", "teacher", "staff", "district_admin", "contact", "user"):
        columns = _models()[f"{record}_history"]["columns"]
        for column in ("first_name", "middle_name", "last_name", "email"):
            assert columns[column]["config"]["meta"].get("pii") is True, f"{record}.{column}"


@pytest.mark.parametrize("idiom", _NOT_PORTABLE)
def test_models_speak_sql_that_spark_understands(idiom: str) -> None:
    spoken = []
    for file in [*_sql("models"), *_sql("macros"), *_sql("tests")]:
        if "dialect" not in file.parts:
            sql = re.sub(r"\{#.*?#\}|--[^\n]*", "", file.read_text(), flags=re.DOTALL)
            if re.search(_NOT_PORTABLE[idiom], sql, flags=re.IGNORECASE):
                spoken.append(file.name)

    assert spoken == []


def _sql(folder: str) -> list[Path]:
    return sorted((DBT_PROJECT / folder).rglob("*.sql"))


def test_every_dialect_macro_has_a_body_for_spark_too() -> None:
    names = {macro["name"] for macro in manifest()["macros"].values() if _is_dialect(macro)}
    default = {name.removeprefix("default__") for name in names if name.startswith("default__")}
    spark = {name.removeprefix("spark__") for name in names if name.startswith("spark__")}

    assert default
    assert default <= spark


def _is_dialect(macro: Mapping[str, Any]) -> bool:
    return str(macro["original_file_path"]).startswith("macros/dialect/")


def test_the_manifest_is_the_same_whatever_the_home_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt names the database by the warehouse's path and cuts that at a `#`: no home may decide."""
    monkeypatch.setenv("ROLLBOOK_HOME", str(tmp_path / "a #b"))
    monkeypatch.setattr(dbt_runner, "_TARGET", tmp_path)
    monkeypatch.setattr(dbt_runner, "_FINGERPRINT_FILE", tmp_path / "fingerprint")

    nodes = json.loads(dbt_runner.manifest_path().read_bytes())["nodes"]

    assert {node["database"] for node in nodes.values() if node["resource_type"] == "model"} == {
        "build",
        "warehouse",
    }
