"""Matching really switched off: a replay in which the accounts have nothing to match by."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dlt_sources.certification.catalogue import FOLDER, cases
from dlt_sources.certification.ids import clever_id
from dlt_sources.certification.script import APPLICATION
from expectations.certification.asking import ask
from orchestration.certification.replay import replay

#: The days on which something happens to accounts, and all that is kept of one.
_DAYS = (0, 3, 4, 5)
_KEPT = ("id", "role", "district_id")
#: The large district has nobody who is matched.
_LARGE = "certification-isd"

_Row = Mapping[str, Any]


def _silenced(tables: Mapping[str, list[_Row]]) -> dict[str, list[_Row]]:
    """The application's tables without evidence, links, customers and decisions."""
    nobody: dict[str, list[_Row]] = {"crm_districts": [], "crm_schools": [], "match_decisions": []}
    accounts: list[_Row] = [
        {key: row[key] for key in _KEPT if key in row} for row in tables["accounts"]
    ]
    return {**tables, **nobody, "accounts": accounts}


@pytest.fixture(scope="module")
def silenced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset without the large district, and with accounts that say nothing."""
    folder = tmp_path_factory.mktemp("silenced") / "dataset"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns(_LARGE))
    for file in folder.glob("days/*/tokens.json"):
        tokens = json.loads(file.read_text())
        tokens.pop(clever_id("district 1"), None)
        file.write_text(json.dumps(tokens))
    for file in folder.glob(f"days/*/{APPLICATION}"):
        file.write_text(json.dumps(_silenced(json.loads(file.read_text()))))
    return folder


def test_every_case_of_matching_fails_where_nobody_is_matched(
    silenced: Path, tmp_path: Path
) -> None:
    evidence = replay(tmp_path, _DAYS, lambda _: None, dataset=silenced)
    of_matching = [case for case in cases() if case.table == "M"]

    findings = ask(evidence, of_matching)

    asked = {finding.case for finding in findings}
    failing = {finding.case for finding in findings if not finding.holds}
    assert asked == {case.id for case in of_matching}
    assert failing == asked
