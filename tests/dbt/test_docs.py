"""What the project says of itself: each fact once, and one page that shows all of it."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from orchestration.lib.dbt_docs import write_page
from orchestration.lib.dbt_runner import DBT_PROJECT, manifest

#: Whose relations an analyst reads.
_FOR_ANALYSTS = ("roster", "progress", "matching", "ops")


def _written() -> Iterator[str]:
    """The descriptions of columns as they stand in the YAML."""
    for file in sorted((DBT_PROJECT / "models").rglob("*.yml")):
        document = yaml.safe_load(file.read_text())
        tables = [*document.get("models", ())]
        for source in document.get("sources", ()):
            tables += source["tables"]
        for table in tables:
            yield from (column["description"] for column in table.get("columns", ()))


def test_what_is_said_of_several_columns_stands_in_one_place() -> None:
    plain = Counter(text for text in _written() if "doc(" not in text)
    blocks = Counter(
        " ".join(block["block_contents"].split())
        for block in manifest()["docs"].values()
        if block["package_name"] == "rollbook"
    )

    assert [text for text, times in (plain + blocks).items() if times > 1] == []
    assert len(blocks) > 200


def test_every_block_is_used() -> None:
    used = {name for text in _written() for name in re.findall(r"doc\('(\w+)'\)", text)}
    blocks = {
        block["name"]
        for block in manifest()["docs"].values()
        if block["package_name"] == "rollbook"
    }

    assert blocks == used


def test_every_table_of_the_logs_and_each_of_its_columns_says_what_it_is() -> None:
    silent = [
        f"{source['name']}.{column}" if column else source["name"]
        for source in manifest()["sources"].values()
        for column, description in [
            ("", source["description"]),
            *((name, about["description"]) for name, about in source["columns"].items()),
        ]
        if not description.strip()
    ]

    assert silent == []


def test_the_guide_the_report_and_the_export_say_what_they_are_made_of() -> None:
    exposures = {each["name"]: each for each in manifest()["exposures"].values()}
    published = {
        unique_id
        for unique_id, node in manifest()["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] in _FOR_ANALYSTS
    }

    assert exposures.keys() >= {"guide", "report", "export"}
    assert all(each["description"].strip() for each in exposures.values())
    for name in ("guide", "export"):
        assert set(exposures[name]["depends_on"]["nodes"]) == published
    assert set(exposures["report"]["depends_on"]["nodes"]) <= published
    assert exposures["report"]["depends_on"]["nodes"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_page(tmp_path_factory.mktemp("docs") / "deep" / "index.html").read_text()


def test_the_page_shows_every_model_and_column(page: str) -> None:
    said = html.unescape(page)
    nodes = [node for node in manifest()["nodes"].values() if node["resource_type"] == "model"]

    assert len(nodes) > 100
    for node in nodes:
        assert f'"{node["unique_id"]}"' in said
        for column, about in node["columns"].items():
            assert json.dumps(about["description"])[1:-1] in said, f"{node['name']}.{column}"
    for exposure in ("guide", "report", "export"):
        assert f'"exposure.rollbook.{exposure}"' in said


def test_the_page_knows_the_type_of_every_column(page: str) -> None:
    catalog, _ = json.JSONDecoder().raw_decode(page, page.index(",catalog:") + len(",catalog:"))

    for unique_id, node in {**manifest()["nodes"], **manifest()["sources"]}.items():
        if node["resource_type"] in ("model", "source"):
            columns = catalog[f"{node['resource_type']}s".replace("models", "nodes")][unique_id]
            assert {name: each["type"] for name, each in columns["columns"].items()} == {
                name: about["data_type"] or "" for name, about in node["columns"].items()
            }


def test_the_page_asks_nothing_of_a_network(page: str) -> None:
    """dbt's page carries a tracker, which this flag keeps from being fetched."""
    assert '"send_anonymous_usage_stats": false' in page
    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//', page) == []


def test_a_page_that_cannot_be_made_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.lib import dbt_docs
    from orchestration.lib.dbt_runner import BuildError

    page = tmp_path / "index.html"
    page.write_text("the old one")

    def fails(_: Path) -> Path:
        raise BuildError("dbt cannot describe it")

    monkeypatch.setattr(dbt_docs, "document", fails)
    with pytest.raises(BuildError):
        write_page(page)

    assert page.read_text() == "the old one"
    assert [*tmp_path.iterdir()] == [page]
