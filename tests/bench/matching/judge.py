"""How right matches and suggestions are: precision and recall of each rule and of each threshold.

A match is right if the account is that user's. Recall is of the accounts whose user is there;
accounts of nobody can only be matched wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: From what probability on the first suggestion is taken; the page names it, and so does the guide.
STATED = 0.1
THRESHOLDS = (0.01, 0.05, STATED, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)

Truth = Mapping[str, str | None]


@dataclass(frozen=True)
class Match:
    """An account and a user; `by` is a rule, or `suggestion` with its probability."""

    account_id: str
    user_id: str
    by: str
    probability: float | None = None


@dataclass(frozen=True)
class Score:
    """How many matches there are, how many are right, and of how many that could be."""

    matches: int
    right: int
    possible: int

    @property
    def wrong(self) -> int:
        """Matches with another's user."""
        return self.matches - self.right

    @property
    def precision(self) -> float | None:
        """Of the matches, how many are right; None if there are none."""
        return self.right / self.matches if self.matches else None

    @property
    def recall(self) -> float:
        """Of what could be matched, how much is, and right."""
        return self.right / self.possible if self.possible else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.right / (self.matches + self.possible) if self.matches else 0.0


def judge(matches: Iterable[Match], truth: Truth) -> Score:
    """Compare matches with whose the accounts are."""
    made = list(matches)
    right = sum(truth[match.account_id] == match.user_id for match in made)
    return Score(len(made), right, sum(user is not None for user in truth.values()))


def by_rule(rules: Sequence[Match], truth: Truth) -> dict[str, Score]:
    """Each rule alone, in the order of how many it matched."""
    names = {match.by for match in rules}
    scores = {name: judge([match for match in rules if match.by == name], truth) for name in names}
    return dict(sorted(scores.items(), key=lambda each: (-each[1].matches, each[0])))


def with_first_suggestion(
    rules: Sequence[Match], firsts: Sequence[Match], threshold: float
) -> list[Match]:
    """What rules matched, and of the other accounts the first suggestion from a threshold on."""
    matched = {match.account_id for match in rules}
    return [
        *rules,
        *(
            match
            for match in firsts
            if match.account_id not in matched and (match.probability or 0) >= threshold
        ),
    ]


def missed_by_trap(
    matches: Sequence[Match], truth: Truth, traps: Mapping[str, Sequence[str]]
) -> dict[str, tuple[int, int, int]]:
    """Of each trap: accounts in it, those matched wrongly, those missed."""
    found = {match.account_id: match.user_id for match in matches}
    told: dict[str, list[int]] = {}
    for account_id, names in traps.items():
        for name in names or ["nothing in particular"]:
            counts = told.setdefault(name, [0, 0, 0])
            user, mine = found.get(account_id), truth[account_id]
            counts[0] += 1
            counts[1] += user is not None and user != mine
            counts[2] += user is None and mine is not None
    return {name: (counts[0], counts[1], counts[2]) for name, counts in sorted(told.items())}
