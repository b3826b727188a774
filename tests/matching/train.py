"""Makes `orchestration/matching/parameters.json`: python -m tests.matching.train

From accounts whose owner is known. What outcomes of the comparisons the pairs that share a key
have, and whether they are right, is counted; a logistic regression weighs the outcomes. (Counting
how often each is met among right and wrong pairs would weigh each as if the others were not: but a
pair that shares a birthday by its key, or twins, share more than one thing at once.) No chance is
in it but the seed's, so the file is the same whenever it is made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from orchestration.matching.blocking import enter, pair
from orchestration.matching.comparisons import COMPARISONS, model
from orchestration.matching.preparing import prepare
from orchestration.matching.scoring import PARAMETERS, predictions
from tests.matching.people import Labelled, labelled
from tests.matching.relations import load

#: Accounts of districts of several sizes: in large ones more people share a key by accident.
_SIZES = (500, 1_000, 2_500, 6_000, 15_000)
#: In half of them people make more slips: an application is not known to be a careful one.
_SLIPS = (1.0, 4.0)
_SEED = 20260801

#: The regression: pulls towards no weight, steps, and the least weight of the best and the worst.
_PULL, _STEPS, _LEAST = 1.0, 4_000, 0.5

Floats = NDArray[np.float64]


def main() -> None:
    """Write the file."""
    PARAMETERS.write_bytes(parameters(training_people(_SIZES)))


def training_people(sizes: Sequence[int]) -> Labelled:
    """Two districts of each size."""
    together = Labelled()
    for size in sizes:
        for slips in _SLIPS:
            seed = _SEED + size + int(slips)
            together.add(labelled(size, seed, districts=1, slips=slips))
    return together


def parameters(people: Labelled) -> bytes:
    """The file's content, from labelled people."""
    with duckdb.connect() as connection:
        load(connection, people)
        counted = _patterns(connection)
    outcomes = [(column, level) for column, _, levels in COMPARISONS
                for level in range(len(levels), -1, -1)]  # fmt: skip
    seen = np.array(
        [[pattern[column] == level for column, level in outcomes] for pattern, _, _ in counted],
        dtype=np.float64,
    )
    right, wrong = (np.array([each[side] for each in counted], dtype=np.float64) for side in (1, 2))
    weights = _fitted(seen, right, wrong, outcomes)
    prior = weights[-1]
    by_column: dict[str, list[tuple[float, float]]] = {}
    for (column, _), weight in zip(outcomes, weights[:-1], strict=True):
        by_column.setdefault(column, []).append(_odds(float(weight)))
    settings = model(by_column, round(1 / (1 + 2.0 ** -float(prior)), 6))
    return json.dumps(settings, indent=1, ensure_ascii=False).encode() + b"\n"


def _patterns(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[dict[str, int], int, int]]:
    """Outcome of each column (Splink's number of the level, -1: not known), right pairs, wrong."""
    for side in ("accounts", "users"):
        prepare(connection, side, side)
        enter(connection, side)
    connection.execute(
        "create temp table chosen_accounts as select unique_id from prepared_accounts"
    )
    pair(connection)
    connection.execute("create temp table patterns (is_right boolean, pattern varchar)")
    settings: dict[str, Any] = model() | {"retain_matching_columns": True}
    columns = [column for column, _, _ in COMPARISONS]
    pattern = " || ' ' || ".join(f"gamma_{column}" for column in columns)
    for _ in predictions(connection, settings):
        connection.execute(
            f"insert into patterns select coalesce(truth.user_id = candidate.person_id, false), "
            f"{pattern} from predicted "
            "join prepared_accounts as account on account.unique_id = unique_id_l "
            "join prepared_users as candidate on candidate.unique_id = unique_id_r "
            "join truth on truth.account_id = account.person_id"
        )
    found = connection.execute(
        "select pattern, count(*) filter (where is_right), count(*) filter (where not is_right) "
        "from patterns group by pattern order by pattern"
    ).fetchall()
    return [
        (dict(zip(columns, map(int, text.split()), strict=True)), right, wrong)
        for text, right, wrong in found
    ]


def _fitted(
    seen: Floats, right: Floats, wrong: Floats, outcomes: Sequence[tuple[str, int]]
) -> Floats:
    """The weight, in bits, of each outcome, then that of any pair at all.

    The best outcome of a column never speaks against a pair, and the worst one never for it.
    """
    best = {column: len(levels) for column, _, levels in COMPARISONS}
    low = np.array([_LEAST if level == best[column] else -20.0 for column, level in outcomes])
    high = np.array([-_LEAST if level == 0 else 20.0 for _, level in outcomes])
    inputs = np.hstack([seen, np.ones((len(seen), 1))])
    low, high = np.append(low, -20.0), np.append(high, 20.0)
    pull = np.append(np.full(len(outcomes), _PULL), 0.0)
    total = right + wrong
    # Of the curve's steepest slope, so that no step goes too far.
    step = 1 / (np.linalg.norm(inputs * np.sqrt(total)[:, None], 2) ** 2 / 4 + _PULL)
    low, high = low * np.log(2), high * np.log(2)
    weights = ahead = np.clip(np.zeros(inputs.shape[1]), low, high)
    for number in range(_STEPS):
        expected = total / (1 + np.exp(-np.clip(inputs @ ahead, -50, 50)))
        slope = inputs.T @ (expected - right) + pull * ahead
        last, weights = weights, np.clip(ahead - step * slope, low, high)
        ahead = weights + number / (number + 3) * (weights - last)
    return np.asarray(weights / np.log(2))


def _odds(weight: float) -> tuple[float, float]:
    """Splink's (m, u) of a weight in bits: only their ratio counts, and the larger one is 1."""
    return round(min(1.0, 2.0**weight), 6), round(min(1.0, 2.0**-weight), 6)


if __name__ == "__main__":
    main()
