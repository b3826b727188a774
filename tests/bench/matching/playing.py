"""A labelled set through the pipeline: synced from the sandbox, matched, read as analysts do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.lib.home import Home
from orchestration.matching.scoring import score
from tests.bench.commands import Measured, rollbook
from tests.bench.contest import environment, sandbox
from tests.bench.matching.dataset import DAY, write_application, write_districts
from tests.bench.matching.judge import Match
from tests.matching.people import Labelled
from tests.matching.relations import load


@dataclass(frozen=True)
class Played:
    """A set, what the rules matched, the first suggestion of each account, and the first sync.

    `alone` are the first suggestions for all accounts, as if no rule had matched any.
    """

    name: str
    people: Labelled
    rules: Sequence[Match]
    firsts: Sequence[Match]
    alone: Sequence[Match]
    sync: Measured


def play(name: str, people: Labelled, folder: Path) -> Played:
    """Sync the set twice: what is suggested after the first time is published by the second."""
    home = Home(folder / "home")
    home.root.mkdir(parents=True)
    write_districts(people, folder / "dataset")
    with sandbox(folder / "dataset") as url:
        settings = environment(url, home.root) | write_application(people, folder)
        os.sync()
        sync = _synced(home, settings, f"{DAY}T02:00:00")
        _synced(home, settings, f"{DAY}T03:00:00", "--reconcile")
    rules = _asked(home.published, "select account_id, user_id, rule, null from {matches}")
    firsts = _asked(
        home.published,
        "select account_id, user_id, 'suggestion', probability from {review} "
        "where probability is not null qualify row_number() over (partition by account_id "
        "order by probability desc, user_id) = 1",
    )
    return Played(name, people, rules, firsts, splink_alone(people), sync)


def _synced(home: Home, settings: dict[str, str], at: str, *more: str) -> Measured:
    return rollbook(home, settings, "sync", "--observed-at", at, "--ahead-of-clock", *more)


def _asked(published: Path, sql: str) -> list[Match]:
    with duckdb.connect(str(published), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(
            sql.format(matches="matching.account_matches", review="matching.match_review")
        ).fetchall()
    return [Match(*row) for row in found]


def splink_alone(people: Labelled) -> list[Match]:
    """The first suggestion of every account of a set, without a pipeline."""
    with duckdb.connect() as connection:
        load(connection, people)
        score(connection, "accounts", "users")
        found = connection.execute(
            "select account_id, user_id, 'suggestion', probability from scored where rank = 1"
        ).fetchall()
    return [Match(*row) for row in found]
